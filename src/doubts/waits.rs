//! A function that only waits says how many may wait at once, and nothing of interpreters or CPUs.

use super::Suspect;
use crate::stats::median;

/// CPUs that a cell keeps busy below which it does nothing but wait. Waking up alone costs some ten microseconds; work
/// that waits for others on purpose, as a request to a server does, computes for more of its time than this.
const NEXT_TO_NONE: f64 = 0.02;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let cores = median(&suspect.facts.cores).filter(|cores| *cores < NEXT_TO_NONE)?;
    Some(format!(
        "it waits: it computes for {:.1} % of its time, so what is compared is how many wait at once, not how fast \
         anything is",
        cores * 100.0
    ))
}
