//! CPU time that is used while others have their turns: work that goes on after its pass, outside the clock.

use super::Suspect;
use crate::stats::median;

/// The part of its passes' CPU time that a cell may use in the rests after them.
const PART: f64 = 0.1;
/// And after each pass, in nanoseconds: the harness itself needs some ten microseconds to wait.
const LEAST_NS: f64 = 500_000.0;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let part = median(&suspect.facts.between)?;
    let each = median(&suspect.facts.between_ns)?;
    (part > PART && each > LEAST_NS).then(|| {
        format!(
            "after a pass, while others had their turns, it used {:.0} % of the CPU time of the pass itself: work goes on \
             outside the clock",
            part * 100.0
        )
    })
}
