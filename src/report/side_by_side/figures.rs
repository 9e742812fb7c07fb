//! What a run says of one cell, in words for every format.

use crate::analysis::{CellResult, Speedup};

use super::super::format;

/// A cell's figures, each with its mark.
pub struct Figures {
    pub time: String,
    /// Over the interpreter's own `single`.
    pub own: String,
    /// Over the baseline interpreter's.
    pub base: String,
    pub memory: String,
}

impl Figures {
    /// `Err`: what stands in their place.
    pub fn of(cell: Option<&CellResult>) -> Result<Self, String> {
        let Some(cell) = cell else { return Err("not in this run".to_owned()) };
        if !cell.has_numbers() {
            return Err(cell.why_none());
        }
        let none = || format::NONE.to_owned();
        let memory = cell.peak_bytes();
        Ok(Self {
            time: cell.wall_ns.as_ref().map_or_else(none, |wall| format::ns(wall.median)),
            own: ratio(cell.speedup_self.as_ref()),
            base: ratio(cell.speedup.as_ref()),
            memory: memory.map_or_else(none, format::bytes),
        })
    }
}

/// `~1.96×`.
pub fn ratio(speedup: Option<&Speedup>) -> String {
    speedup.map_or_else(|| format::NONE.to_owned(), Speedup::text)
}

/// `~1.96× (1.56–2.46)`.
pub fn with_interval(speedup: Option<&Speedup>) -> String {
    let interval = speedup.and_then(Speedup::shown_interval);
    let interval = interval.map_or_else(String::new, |ci| format!(" ({})", format::interval(ci)));
    format!("{}{interval}", ratio(speedup))
}
