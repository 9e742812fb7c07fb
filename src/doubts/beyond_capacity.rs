//! What computes can't be faster than its workers, or the CPUs that there are, allow.

use super::Suspect;
use crate::stats::{log_ratio_interval, mean, median};

/// What caches that fit better, and a fresh worker's smaller heap, may add.
const MORE: f64 = 1.25;
/// The plain loop computes for so much of its time; what waits may overlap as often as it likes.
const COMPUTES: f64 = 0.9;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let facts = suspect.facts;
    let low = log_ratio_interval(&facts.speed)?.reaching(mean(&facts.waiting)?).low.exp();
    let cores = median(&suspect.single?.cores).filter(|cores| *cores >= COMPUTES)?;
    let cpus = if facts.cpus > 0 { f64::from(facts.cpus) / cores.max(1.0) } else { f64::INFINITY };
    let most = f64::from(suspect.workers).min(cpus);
    (low > MORE * most).then(|| {
        format!(
            "it was at least {low:.2} times as fast as a plain loop that computes all the time, where {} and {} CPUs \
             allow {most:.2}",
            if suspect.workers == 1 { "1 worker".to_owned() } else { format!("{} workers", suspect.workers) },
            facts.cpus
        )
    })
}
