//! Passes that only get slower say how many there were, and not how fast the work is.

use super::Suspect;
use crate::stats::{median, spearman_trend};

/// Passes of a process from which on their order says anything.
const PASSES: usize = 5;
/// Processes that must have slowed down, and their share of all: by chance one does in a hundred.
const PROCESSES: usize = 3;
const SHARE: f64 = 2.0 / 3.0;
const CHANCE: f64 = 0.01;
/// The last third of the passes takes longer than the first by at least this part: more than a warm CPU loses.
const MARGIN: f64 = 0.2;
/// From this part on fewer processes are enough: no CPU loses so much, step by step.
const AT_ONCE: f64 = 1.0;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let all = &suspect.facts.slowing;
    let slower: Vec<f64> = all.iter().copied().filter(|by| *by > 0.0).collect();
    let enough = slower.len() >= PROCESSES || slower.iter().all(|by| *by >= AT_ONCE);
    let many = enough && slower.len() as f64 >= SHARE * all.len() as f64;
    let by = median(&slower).filter(|_| many)?;
    Some(format!(
        "in {} of {} processes its passes got slower all the time, by {:.0} % from the first to the last: what it keeps \
         from call to call grows, and no time is its own",
        slower.len(),
        all.len(),
        by * 100.0
    ))
}

/// Returns by which part the passes of a process, in their order, came to take longer, 0 where they didn't; `None`: too few.
pub(super) fn slowing(times: &[f64]) -> Option<f64> {
    let third = times.len() / 3;
    if times.len() < PASSES {
        return None;
    }
    let rising = match spearman_trend(times) {
        Some(trend) => trend.rho > 0.0 && trend.p / 2.0 < CHANCE,
        // Too few for its approximation: one order of at least 120.
        None => times.is_sorted_by(|before, after| before < after),
    };
    let by = median(&times[times.len() - third..])? / median(&times[..third])? - 1.0;
    Some(if rising && by >= MARGIN { by } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::slowing;

    #[test]
    fn what_rises_clearly_is_slowing() {
        let rising: Vec<f64> =
            (4..20).map(|pass| f64::from(pass) * if pass % 3 == 0 { 0.9 } else { 1.0 }).collect();
        assert!(slowing(&rising).is_some_and(|by| by > 1.0), "{rising:?}");
        assert!(slowing(&[1.0, 1.2, 1.3, 1.5, 1.6]).is_some_and(|by| by > 0.5));
        assert_eq!(slowing(&[1.0, 1.2, 1.1, 1.5, 1.6]), Some(0.0));
        assert_eq!(slowing(&[1.0, 1.01, 1.02, 1.03, 1.04]), Some(0.0), "too little");
        assert_eq!((slowing(&[1.0; 12]), slowing(&[1.0, 2.0, 3.0])), (Some(0.0), None));
    }
}
