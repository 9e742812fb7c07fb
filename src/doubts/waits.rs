//! A function that only waits says how many may wait at once, and nothing of interpreters or CPUs.

use super::{CellFacts, Suspect};
use crate::stats::median;

/// CPUs that a cell keeps busy below which it does nothing but wait. Waking up alone costs some ten microseconds; work
/// that waits for others on purpose, as a request to a server does, computes for more of its time than this.
pub(crate) const NEXT_TO_NONE: f64 = 0.02;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let by = |facts: &CellFacts| median(&facts.cores).filter(|cores| *cores < NEXT_TO_NONE);
    // The loop says it of every mode: those that hand tasks out compute for that.
    let cores = suspect.single.and_then(by).or_else(|| by(suspect.facts))?;
    Some(format!(
        "a task computes for {:.1} % of its time and waits for the rest, so what is compared is how many wait at once, not \
         how fast anything is",
        cores * 100.0
    ))
}
