//! Workers that use no CPU time beside a main process that does: the work isn't done where it was handed to, as with
//! results that are only made when they are unpickled.

use super::Suspect;
use crate::stats::median;

/// The part of a pass's CPU time below which its workers did nothing. Of tasks so short that handing them out is all
/// that is measured, workers still have a fifth.
const NOTHING: f64 = 0.05;
/// The plain loop's thread does the work itself where it has this part of the CPU time: else threads and processes that
/// a call starts do it, whatever the mode.
const ITSELF: f64 = 0.5;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let part = median(&suspect.facts.by_workers).filter(|part| *part < NOTHING)?;
    let itself = median(&suspect.single?.by_workers)? > ITSELF;
    itself.then(|| {
        format!(
            "its workers used {:.0} % of its CPU time: the main process did the work that was handed to them",
            part * 100.0
        )
    })
}
