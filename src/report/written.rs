//! How a figure is written, by its unit.

use crate::analysis::metrics::{CellMetric, MetricValue, Unit};
use crate::analysis::{CellResult, OpenFigure};

use super::format;
use super::wording::mark;

impl Unit {
    /// A value alone: `41.3 ms`, `1.87×`.
    pub(in crate::report) fn write(self, value: f64) -> String {
        match self {
            Self::Nanoseconds => format::ns_f64(value),
            Self::Bytes => {
                let sign = if value < 0.0 { "−" } else { "" };
                format!("{sign}{}", format::bytes(value.abs().round() as u64))
            }
            Self::Ratio => format::ratio(value),
            Self::Share | Self::SerialFraction => format::percent(value),
            Self::Cpus => format::cores(value),
            Self::Workers => format!("{value:.1} workers"),
        }
    }

    /// The ends of an interval beside its value: `41.0–42.2 ms`, `1.80–1.94`.
    pub(in crate::report) fn write_interval(self, ends: [f64; 2]) -> String {
        match self {
            Self::Nanoseconds => format::ns_interval(ends.map(|end| end.max(0.0).round() as u64)),
            Self::Ratio => format::interval(ends),
            _ => format!("{} to {}", self.write(ends[0]), self.write(ends[1])),
        }
    }

    /// A derived figure with its interval, and in words what lies beyond all numbers.
    pub(in crate::report) fn in_full(self, figure: impl Into<OpenFigure>) -> String {
        let OpenFigure { value, low, high } = figure.into();
        let write = |value: f64| self.write(value);
        let one_decimal = |[low, high]: [f64; 2]| format!(" ({low:.1}–{high:.1})");
        match (self, value, low, high) {
            (Self::SerialFraction, Some(value), ..) if value > 1.0 => {
                "all of it: slower than one worker".to_owned()
            }
            (Self::SerialFraction, Some(value), ..) if value < 0.0 => "none: faster than ideal".to_owned(),
            (Self::Share | Self::SerialFraction, Some(value), ..) => {
                let ends = low.zip(high).map(|(low, high)| one_decimal([low * 100.0, high * 100.0]));
                format!("{:.1} %{}", value * 100.0, ends.unwrap_or_default())
            }
            (Self::Ratio, Some(value), Some(low), Some(high)) if low < high => {
                format!("{} ({})", write(value), self.write_interval([low, high]))
            }
            // A cell over itself: there is nothing to be unsure of.
            (Self::Ratio, Some(value), ..) => write(value),
            (Self::Workers, Some(value), Some(low), Some(high)) => {
                format!("{}{}", write(value), one_decimal([low, high]))
            }
            (Self::Workers, Some(value), Some(low), None) => format!("{} ({low:.1} or more)", write(value)),
            (Self::Workers, None, Some(low), _) => format!("none shown, if any beyond {low:.1}"),
            (Self::Workers, None, ..) => "none shown".to_owned(),
            (_, Some(value), Some(low), Some(high)) => {
                format!("{} ({} to {})", write(value), write(low), write(high))
            }
            (Self::Nanoseconds, Some(value), Some(low), None) => {
                format!("{} ({} or more, or never)", write(value), write(low))
            }
            (_, Some(value), ..) => write(value),
            (_, None, Some(low), _) => format!("never, or beyond {}", write(low)),
            _ => "never".to_owned(),
        }
    }
}

impl CellMetric {
    /// `~1.87×`, or the dash where the cell has no such figure.
    pub(in crate::report) fn text(&self, cell: &CellResult) -> String {
        let text =
            |found: MetricValue<'_>| format!("{}{}", mark(found.settled), self.unit.write(found.value));
        (self.of)(cell).map_or_else(none, text)
    }

    /// `~1.87× (1.80–1.94)`.
    pub(in crate::report) fn with_interval(&self, cell: &CellResult) -> String {
        let interval = (self.of)(cell).map(|found| found.interval_text(self.unit)).unwrap_or_default();
        let text = self.text(cell);
        if interval.is_empty() { text } else { format!("{text} ({interval})") }
    }
}

impl MetricValue<'_> {
    /// The interval to print: none where a cell is its own baseline.
    pub(in crate::report) fn shown_interval(&self) -> Option<[f64; 2]> {
        self.ci95.filter(|ci| *ci != [1.0, 1.0])
    }

    /// `1.80–1.94`; `2 pairs` where they are too few for an interval; empty where there is none to tell.
    pub(in crate::report) fn interval_text(&self, unit: Unit) -> String {
        match (self.shown_interval(), self.speedup) {
            (Some(ends), _) => unit.write_interval(ends),
            (None, Some(speedup)) if !speedup.settled => format::count(speedup.pairs as usize, "pair"),
            _ => String::new(),
        }
    }
}

/// What stands where a figure doesn't exist.
pub(super) fn none() -> String {
    format::NONE.to_owned()
}
