//! What all charts share: width, title that states the finding, subtitle, axis ticks.

use super::super::canvas::{Canvas, Font, HPos, picture};
use super::super::format;
use super::super::theme::Theme;

/// Width of a chart in a file, in pixels.
pub(crate) const WIDE: f64 = 800.0;
/// Width of the same chart on a phone.
pub(crate) const NARROW: f64 = 370.0;
pub(super) const MARGIN: f64 = 16.0;
/// How two claims of a title are joined.
pub(super) const JOIN: &str = "; ";
const TITLE: f64 = 17.0;
const SUBTITLE: f64 = 12.0;
const KEY: f64 = 20.0;

/// What a shade means: its name and opacity.
pub(super) type Key = (&'static str, f64);

/// What a chart is drawn on.
#[derive(Clone, Copy)]
pub(crate) struct Sheet<'a> {
    pub title: &'a str,
    pub theme: &'a Theme,
    /// Pixels of the whole chart.
    pub width: f64,
}

/// Title and subtitle, broken into lines, and a key below them.
pub(crate) struct Heading<'a> {
    pub sheet: Sheet<'a>,
    title: Vec<String>,
    subtitle: Vec<String>,
    key: Vec<Key>,
}

impl<'a> Heading<'a> {
    pub(crate) fn new(sheet: Sheet<'a>, subtitle: &str) -> Self {
        let room = sheet.width - 2.0 * MARGIN;
        let subtitle = Font::plain(SUBTITLE, sheet.theme.muted).wrap(subtitle, room);
        let title = balanced(sheet.title, Font::bold(TITLE, sheet.theme.ink), room);
        Self { sheet, title, subtitle, key: Vec::new() }
    }

    pub(crate) fn with_key(self, key: Vec<Key>) -> Self {
        Self { key, ..self }
    }

    /// The chart: this heading and, drawn by `draw`, what stands in the `below` pixels under it.
    pub(crate) fn picture(&self, below: f64, draw: impl FnOnce(&mut Canvas)) -> String {
        let Sheet { title, theme, width } = self.sheet;
        picture(width, self.height() + below, title, theme, |canvas| {
            self.draw(canvas);
            draw(canvas);
        })
    }

    pub(crate) fn height(&self) -> f64 {
        MARGIN
            + self.title.len() as f64 * 22.0
            + self.subtitle.len() as f64 * 17.0
            + 10.0
            + if self.key.is_empty() { 0.0 } else { KEY }
    }

    fn draw(&self, canvas: &mut Canvas) {
        let theme = canvas.theme;
        let mut y = MARGIN + 10.0;
        for line in &self.title {
            canvas.text(line, MARGIN, y, HPos::Left, Font::bold(TITLE, theme.ink));
            y += 22.0;
        }
        for line in &self.subtitle {
            canvas.text(line, MARGIN, y, HPos::Left, Font::plain(SUBTITLE, theme.muted));
            y += 17.0;
        }
        let mut x = MARGIN;
        for (name, opacity) in &self.key {
            canvas.rect(x, y - 3.0, 11.0, 11.0, theme.ink, *opacity);
            let font = Font::plain(11.0, theme.ink);
            canvas.text(name, x + 15.0, y + 2.5, HPos::Left, font);
            x += 15.0 + font.width(name) + 14.0;
        }
    }
}

/// Draws small multiples of one size, each under its own title: two side by side where there is room. `draw` gets the
/// upper left corner of what stands under a panel's title, `height` pixels high, and its width.
pub(super) fn grid<P>(
    heading: &Heading<'_>,
    height: f64,
    panels: &[(String, P)],
    draw: impl Fn(&mut Canvas, &P, (f64, f64), f64),
) -> String {
    const HEAD: f64 = 30.0;
    const GAP: f64 = 12.0;
    let columns = if panels.len() == 1 || heading.sheet.width < WIDE { 1 } else { 2 };
    let column = (heading.sheet.width - 2.0 * MARGIN) / columns as f64;
    let (width, line) = (column - GAP, HEAD + height);
    heading.picture(panels.len().div_ceil(columns) as f64 * line, |canvas| {
        for (place, (title, panel)) in panels.iter().enumerate() {
            let x = MARGIN + (place % columns) as f64 * column;
            let y = heading.height() + (place / columns) as f64 * line;
            let font = Font::bold(14.0, canvas.theme.ink);
            canvas.fitted(title, width, x, y + 8.0, HPos::Left, font);
            draw(canvas, panel, (x, y + HEAD), width);
        }
    })
}

/// As few lines as fit, all about as long: no word is left alone on the last one.
fn balanced(title: &str, font: Font, room: f64) -> Vec<String> {
    let lines = font.wrap(title, room);
    (6..10)
        .map(|tenths| font.wrap(title, room * f64::from(tenths) / 10.0))
        .find(|narrower| narrower.len() == lines.len() && narrower.join(" ") == lines.join(" "))
        .unwrap_or(lines)
}

/// What an axis from zero shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Nanoseconds,
    Bytes,
    /// How many times as much.
    Times,
    Share,
    Cpus,
}

impl Axis {
    /// About `n` round values up to `max`, with their labels.
    pub(super) fn ticks(self, max: f64, n: f64) -> Vec<(f64, String)> {
        let (unit, name) = match self {
            Self::Nanoseconds => format::time_unit(max),
            Self::Bytes => format::byte_unit(max),
            Self::Times | Self::Share | Self::Cpus => (1.0, ""),
        };
        let label = |tick: f64| match self {
            Self::Times => format!("{}×", short(tick)),
            Self::Share => format!("{:.0} %", tick * 100.0),
            Self::Cpus => short(tick),
            _ if tick == 0.0 => "0".to_owned(),
            _ => format!("{} {name}", short(tick)),
        };
        ticks(max / unit, n).into_iter().map(|tick| (tick * unit, label(tick))).collect()
    }
}

/// A tick without the noise of binary fractions: `0.3`, not `0.30000000000000004`.
fn short(tick: f64) -> String {
    let text = format!("{tick:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Round values from 0 up to at most `max`, about `n` of them: steps of 1, 2 or 5 times a power of ten.
fn ticks(max: f64, n: f64) -> Vec<f64> {
    if !(max.is_finite() && max > 0.0 && n > 0.0) {
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
    use super::{Axis, ticks};

    #[test]
    fn labels_have_one_unit_and_no_idle_zeros() {
        let labels =
            |axis: Axis, max| axis.ticks(max, 4.0).into_iter().map(|tick| tick.1).collect::<Vec<_>>();
        assert_eq!(labels(Axis::Nanoseconds, 4.3e7), ["0", "20 ms", "40 ms"]);
        assert_eq!(labels(Axis::Bytes, 50.0 * 1_048_576.0), ["0", "20 MiB", "40 MiB"]);
        assert_eq!(labels(Axis::Nanoseconds, 1.0e9), ["0", "0.5 s", "1 s"]);
    }

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(2.1, 4.0), [0.0, 1.0, 2.0]);
        assert_eq!(ticks(430.0, 4.0), [0.0, 200.0, 400.0]);
        assert_eq!(ticks(f64::NAN, 4.0), [0.0]);
        assert_eq!(ticks(0.0, 4.0), [0.0]);
        assert_eq!(ticks(1.0, -0.5), [0.0], "where there is no room");
    }
}
