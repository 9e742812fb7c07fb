//! A picture with two axes: where its values land, and the lines and names behind them.

use super::super::canvas::{Canvas, Font, HPos, Stroke};
use super::super::theme::Rgb;

/// Edges in pixels, and the values at them; at the lower one is 0.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Plot {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub first: f64,
    pub last: f64,
    pub high: f64,
    /// Pixels that `first` and `last` lie inside of their edges.
    pub inset: f64,
    /// The lower axis goes by logarithms.
    pub logarithmic: bool,
}

impl Plot {
    pub(super) fn x(&self, value: f64) -> f64 {
        let share = match self.logarithmic {
            true => (value / self.first).ln() / (self.last / self.first).ln().max(1e-9),
            false => (value - self.first) / (self.last - self.first).max(1.0),
        };
        self.left + self.inset + share * (self.right - self.left - 2.0 * self.inset)
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom - value / self.high * (self.bottom - self.top)
    }

    /// A line across at each of these values, its name so many pixels left of it.
    pub(super) fn levels(&self, canvas: &mut Canvas, ticks: Vec<(f64, String)>, gap: f64) {
        for (value, name) in ticks {
            let y = self.y(value);
            canvas.line((self.left, y), (self.right, y), Stroke::new(1.0, canvas.theme.grid));
            canvas.text(&name, self.left - gap, y, HPos::Right, Font::plain(10.0, canvas.theme.muted));
        }
    }

    /// An upright line at each of these values, its name so many pixels below it.
    pub(super) fn uprights(&self, canvas: &mut Canvas, ticks: Vec<(f64, String)>, gap: f64) {
        for (value, name) in ticks {
            let x = self.x(value);
            canvas.line((x, self.top), (x, self.bottom), Stroke::new(1.0, canvas.theme.grid));
            let font = Font::plain(10.0, canvas.theme.muted);
            canvas.text(&name, x, self.bottom + gap, HPos::Center, font);
        }
    }

    /// A fitted law, broad and pale, as far as it is inside.
    pub(super) fn curve(&self, canvas: &mut Canvas, points: impl Iterator<Item = (f64, f64)>, colour: Rgb) {
        let inside = points.filter(|(_, value)| *value <= self.high);
        let path: Vec<(f64, f64)> = inside.map(|(at, value)| (self.x(at), self.y(value))).collect();
        canvas.path(&path, Stroke::new(5.0, colour).opacity(0.22));
    }

    /// An interval at a place in pixels; one that goes on beyond the picture has no bar at its end.
    pub(super) fn whisker(&self, canvas: &mut Canvas, x: f64, interval: [f64; 2], colour: Rgb) {
        let stroke = Stroke::new(1.3, colour);
        let [low, high] = interval.map(|end| self.y(end.clamp(0.0, self.high)));
        canvas.line((x, low), (x, high), stroke);
        for (end, y) in interval.into_iter().zip([low, high]) {
            if (0.0..=self.high).contains(&end) {
                canvas.line((x - 3.0, y), (x + 3.0, y), stroke);
            }
        }
    }
}
