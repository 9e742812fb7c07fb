//! A function that is parallel by itself: workers compete with its own threads for the same CPUs.

use super::Suspect;
use crate::stats::median;

/// How doubts and notes about such a function begin.
pub(crate) const PARALLEL_INSIDE: &str = "parallel inside";
/// The part of its CPU time that a call leaves to others from which they do its work.
const ELSEWHERE: f64 = 0.3;
/// CPUs that the plain loop kept busy in a pass from which it was parallel. Beside busy neighbours no pass may have got
/// so many: then its threads were seen.
const PARALLEL: f64 = 1.3;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let single = suspect.single?;
    let elsewhere = 1.0 - median(&single.by_workers)?;
    let at_once = single.most_cores > PARALLEL || single.own_threads > 0;
    (elsewhere > ELSEWHERE && at_once).then(|| {
        format!(
            "{PARALLEL_INSIDE}: threads or processes that a call starts itself use {:.0} % of its CPU time, up to {:.2} \
             CPUs at once in a plain loop, so workers only compete with them",
            elsewhere * 100.0,
            single.most_cores
        )
    })
}
