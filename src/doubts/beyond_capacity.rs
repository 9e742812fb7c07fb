//! What computes can't be faster than its workers, the CPUs that there are, and what the machine had to give allow.

use super::Suspect;
use crate::plural::count;
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
    // By its upper end: the machine may have had more to give when it was not asked.
    let capacity = suspect.capacity.and_then(log_ratio_interval).map(|it| it.high.exp());
    let allowed = match capacity.filter(|capacity| *capacity < most) {
        Some(capacity) => format!(
            "where {} processes at once did no more than {capacity:.2} times the work of one in this run",
            suspect.workers
        ),
        None => format!(
            "where {} and {} allow {most:.2}",
            count(suspect.workers as usize, "worker"),
            count(facts.cpus as usize, "CPU")
        ),
    };
    (low > MORE * capacity.map_or(most, |capacity| capacity.min(most))).then(|| {
        format!(
            "it was at least {low:.2} times as fast as a plain loop that computes all the time, {allowed}"
        )
    })
}
