//! Passes that only get slower say how many there were, and not how fast the work is.

use super::Suspect;
use crate::stats::{median, spearman_trend};

/// Passes of a process from which on their order says anything.
const PASSES: usize = 3;
/// Of all processes so many must have slowed down, no fewer than this, and by chance they all do so in fewer cases than
/// this.
const SHARE: f64 = 2.0 / 3.0;
const FEWEST: usize = 2;
const CHANCE: f64 = 1e-4;
/// A process slows down where by chance its order is rarer than this, or rises without a break.
const RARE: f64 = 0.01;
/// The last third of the passes takes longer than the first by at least this part, in CPU time: more than a slower CPU
/// adds (the two speeds of a virtual machine were seen 47 % apart).
const MARGIN: f64 = 0.6;
/// And from third to third by this part of that: a CPU that changes its speed does so once.
const STEP: f64 = 0.2;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let all = &suspect.facts.slowing;
    let slower: Vec<&Slowing> = all.iter().filter(|it| it.by > 0.0).collect();
    let chance: f64 = slower.iter().map(|it| it.chance).product();
    let many = slower.len() >= FEWEST && slower.len() as f64 >= SHARE * all.len() as f64 && chance < CHANCE;
    let by = median(&slower.iter().map(|it| it.by).collect::<Vec<_>>()).filter(|_| many)?;
    Some(format!(
        "in {} of {} processes its passes got slower all the time, by {:.0} % from the first to the last: what it keeps \
         from call to call grows, and no time is its own",
        slower.len(),
        all.len(),
        by * 100.0
    ))
}

/// How a process slowed down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slowing {
    /// By this part from its first passes to its last; 0: it didn't.
    by: f64,
    /// In so many cases passes in random order would look so.
    chance: f64,
}

/// Looks at the passes of a process, in their order; `None`: too few.
pub(super) fn slowing(times: &[f64]) -> Option<Slowing> {
    let third = times.len() / 3;
    if times.len() < PASSES {
        return None;
    }
    let rises = times.is_sorted_by(|before, after| before < after);
    let (rising, chance) = match spearman_trend(times) {
        Some(trend) => (trend.rho > 0.0 && trend.p / 2.0 < RARE, trend.p / 2.0),
        // Too few for its approximation: one order of all.
        None => (rises, 1.0 / (1..=times.len()).map(|n| n as f64).product::<f64>()),
    };
    let (first, rest) = times.split_at(third);
    let (middle, last) = rest.split_at(rest.len() - third);
    let (first, middle, last) = (median(first)?, median(middle)?, median(last)?);
    let by = last / first - 1.0;
    let on_and_on = (middle / first).min(last / middle) >= 1.0 + STEP * by;
    Some(Slowing { by: if rising && on_and_on && by >= MARGIN { by } else { 0.0 }, chance })
}

#[cfg(test)]
mod tests {
    use super::slowing;

    #[test]
    fn what_rises_clearly_is_slowing() {
        let by = |times: &[f64]| slowing(times).map(|it| it.by);
        let rising: Vec<f64> =
            (4..20).map(|pass| f64::from(pass) * if pass % 3 == 0 { 0.9 } else { 1.0 }).collect();
        assert!(by(&rising).is_some_and(|by| by > 1.0), "{rising:?}");
        assert!(by(&[1.0, 1.2, 1.3, 1.5, 1.7]).is_some_and(|by| by > 0.6));
        assert_eq!(by(&[1.0, 1.2, 1.3, 1.4, 1.5]), Some(0.0), "so much a slower CPU adds");
        assert_eq!(by(&[1.0, 1.2, 1.1, 1.5, 1.6]), Some(0.0));
        assert_eq!(by(&[1.0, 1.1, 1.2, 1.3, 1.3]), Some(0.0), "too little");
        let step: Vec<f64> =
            (0..24).map(|pass| 3.1 + if pass < 14 { 0.0 } else { 2.0 } + 0.01 * f64::from(pass)).collect();
        assert_eq!(by(&step), Some(0.0), "a CPU that became slower, once");
        assert_eq!((by(&[1.0; 12]), by(&[1.0, 2.0])), (Some(0.0), None));
    }
}
