//! What all charts share: width, title that states the finding, subtitle, axis ticks.

use super::super::canvas::{Anchor, Canvas, Font, wrap};
use super::super::theme::Theme;

/// Every chart is readable at this width.
pub const WIDTH: f64 = 800.0;
pub const MARGIN: f64 = 16.0;
const TITLE: f64 = 17.0;
const SUBTITLE: f64 = 12.0;

/// Title and subtitle, broken into lines.
pub struct Heading {
    title: Vec<String>,
    subtitle: Vec<String>,
}

impl Heading {
    pub fn new(title: &str, subtitle: &str) -> Self {
        let room = WIDTH - 2.0 * MARGIN;
        Self { title: wrap(title, room, TITLE, true), subtitle: wrap(subtitle, room, SUBTITLE, false) }
    }

    pub fn height(&self) -> f64 {
        MARGIN + self.title.len() as f64 * 22.0 + self.subtitle.len() as f64 * 17.0 + 10.0
    }

    pub fn draw(&self, canvas: &mut Canvas, theme: &Theme) {
        let mut y = MARGIN + 10.0;
        for line in &self.title {
            let font = Font { px: TITLE, bold: true, colour: theme.ink };
            canvas.text(line, MARGIN, y, Anchor::Start, font);
            y += 22.0;
        }
        for line in &self.subtitle {
            let font = Font { px: SUBTITLE, bold: false, colour: theme.muted };
            canvas.text(line, MARGIN, y, Anchor::Start, font);
            y += 17.0;
        }
    }
}

/// Round values from 0 up to at most `max`, about `n` of them: steps of 1, 2 or 5 times a power of ten.
pub fn ticks(max: f64, n: f64) -> Vec<f64> {
    if !(max.is_finite() && max > 0.0) {
        return vec![0.0];
    }
    let rough = max / n;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|&s| s >= rough * 0.999);
    let step = step.unwrap_or(rough);
    (0..).map(|i| f64::from(i) * step).take_while(|&tick| tick <= max * 1.0001).collect()
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(2.1, 4.0), [0.0, 1.0, 2.0]);
        assert_eq!(ticks(430.0, 4.0), [0.0, 200.0, 400.0]);
        assert_eq!(ticks(f64::NAN, 4.0), [0.0]);
        assert_eq!(ticks(0.0, 4.0), [0.0]);
    }
}
