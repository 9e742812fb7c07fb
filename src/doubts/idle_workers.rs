//! Workers that don't do what was handed to them, beside a main process that does: as with results that are only made when
//! they are unpickled.

use super::Suspect;
use crate::stats::median;

/// The part of the plain loop's work that workers do at least: their own clocks show it, what hands out the tasks uses
/// more. Measured in honest modes: 0.9 and more.
const LESS: f64 = 0.5;
/// The part of a pass's own CPU time below which its workers did nothing. Of tasks so short that handing them out is all
/// that is measured, workers still have a fifth.
const NOTHING: f64 = 0.05;
/// The plain loop's thread does the work itself where it has this part of the CPU time: else threads and processes that
/// a call starts do it, whatever the mode.
const ITSELF: f64 = 0.5;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let itself = median(&suspect.single?.by_workers).filter(|part| *part > ITSELF)?;
    let part = median(&suspect.facts.by_workers)?;
    // What handing out short tasks costs is known from blocks; before there are any, workers must have done nothing.
    let whole = median(&suspect.facts.cpu).map(f64::exp);
    let workers = part * whole.unwrap_or(1.0);
    let idle = match whole {
        Some(whole) => workers / itself < LESS && whole - workers > LESS,
        None => part < NOTHING,
    };
    idle.then(|| {
        format!(
            "its workers used {:.0} % of the CPU time that the same tasks take in a plain loop: the main process did the \
             work that was handed to them",
            workers / itself * 100.0
        )
    })
}
