//! How often the rules went wrong, beside what is promised. Pure.

use serde::Serialize;

use crate::stats::{FULL_PAIRS, Interval, LEVEL, clopper_pearson, differs_by, median, t_critical};

/// The planted slowdown.
pub(super) const SLOWER: f64 = 1.03;
/// How often a change of 3 % is found once the interval is no wider than `POWER_FROM` (see `stats::differs`).
const POWER: f64 = 0.95;
const POWER_FROM: f64 = 0.0115;
/// How often an interval of 95 % holds the truth at least, by simulation with the stopping rule on.
const COVERAGE: f64 = 0.925;

/// One name of the interpreter compared with another.
#[derive(Debug, Clone, Copy)]
pub(super) struct SelfComparison {
    pub planted: bool,
    /// The interval of the log ratio.
    pub interval: Interval,
    pub pairs: usize,
}

/// How many of a number of trials hit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Share {
    pub hits: u32,
    pub trials: u32,
    pub ci95: [f64; 2],
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Score {
    /// Comparisons of identical code that were called different.
    pub false_alarms: Share,
    /// Comparisons of slowed code that were called slower; then only those whose interval was narrow enough for what
    /// is promised.
    pub found: Share,
    pub found_of_narrow: Share,
    /// Intervals that hold the truth.
    pub covered: Share,
    /// Median half-width of the intervals.
    pub half_width: f64,
    /// Half-width of one comparison that has a minute for itself.
    pub half_width_of_a_minute: f64,
    /// The promises that don't hold; empty: nothing contradicts them.
    pub broken: Vec<String>,
}

/// Scores the comparisons; `ns` is the time that they took together.
pub(super) fn score(comparisons: &[SelfComparison], ns: u64) -> Score {
    let truth = |one: &SelfComparison| if one.planted { -SLOWER.ln() } else { 0.0 };
    let differs = |one: &SelfComparison| differs_by(&one.interval, one.pairs);
    let found = |one: &SelfComparison| differs(one) && one.interval.estimate < 0.0;
    let share = |of: &dyn Fn(&SelfComparison) -> bool, hit: &dyn Fn(&SelfComparison) -> bool| {
        let all: Vec<&SelfComparison> = comparisons.iter().filter(|one| of(one)).collect();
        let (hits, trials) = (all.iter().filter(|one| hit(one)).count() as u32, all.len() as u32);
        let (low, high) = clopper_pearson(hits, trials);
        Share { hits, trials, ci95: [low, high] }
    };
    let narrow = |one: &SelfComparison| one.planted && one.interval.half_width <= POWER_FROM;
    let false_alarms = share(&|one| !one.planted, &differs);
    let found_of_narrow = share(&narrow, &found);
    let covered = share(&|_| true, &|one| one.interval.holds(truth(one)));
    let mut broken = Vec::new();
    let mut note = |breaks: bool, text: String| broken.extend(breaks.then_some(text));
    note(
        false_alarms.ci95[0] > LEVEL,
        format!("identical code is called different more often than {:.0} %", 100.0 * LEVEL),
    );
    note(
        found_of_narrow.ci95[1] < POWER,
        format!("a change of 3 % is found less often than {:.0} %", 100.0 * POWER),
    );
    note(covered.ci95[1] < COVERAGE, "intervals hold the truth less often than they say".to_owned());
    let widths: Vec<f64> = comparisons.iter().map(|one| one.interval.half_width).collect();
    Score {
        false_alarms,
        found: share(&|one| one.planted, &found),
        found_of_narrow,
        covered,
        half_width: median(&widths).unwrap_or(f64::NAN),
        half_width_of_a_minute: of_a_minute(comparisons, ns),
        broken,
    }
}

/// Foretells the half-width of a comparison that has a minute for itself, from the pairs' median variance and the
/// time of a pair.
fn of_a_minute(comparisons: &[SelfComparison], ns: u64) -> f64 {
    let deviations: Vec<f64> = comparisons
        .iter()
        .map(|one| one.interval.half_width / t_critical(one.pairs - 1) * (one.pairs as f64).sqrt())
        .collect();
    let pairs: usize = comparisons.iter().map(|one| one.pairs).sum();
    let pair_ns = ns as f64 / pairs.max(1) as f64;
    let in_a_minute = ((60e9 / pair_ns.max(1.0)) as usize).max(FULL_PAIRS);
    median(&deviations)
        .map_or(f64::NAN, |deviation| t_critical(in_a_minute - 1) * deviation / (in_a_minute as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::log_ratio_interval;
    use crate::stats::simulate::Random;

    fn comparisons(random: &mut Random, bias: f64, spread: f64) -> Vec<SelfComparison> {
        let one = |index: usize, random: &mut Random| {
            let planted = index >= 16;
            let truth = if planted { -SLOWER.ln() } else { 0.0 };
            let values: Vec<f64> = (0..40).map(|_| truth + bias + spread * random.normal()).collect();
            let interval = log_ratio_interval(&values).expect("an interval");
            SelfComparison { planted, interval, pairs: values.len() }
        };
        (0..20).map(|index| one(index, random)).collect()
    }

    #[test]
    fn sound_rules_pass_and_a_biased_machine_does_not() {
        let mut random = Random::new(12);
        for _ in 0..20 {
            let sound = score(&comparisons(&mut random, 0.0, 0.02), 400_000_000_000);
            assert_eq!(sound.broken, [""; 0], "{sound:?}");
            assert_eq!((sound.false_alarms.trials, sound.found.trials, sound.covered.trials), (16, 4, 20));
            assert_eq!(sound.found_of_narrow.hits, sound.found_of_narrow.trials, "{sound:?}");
        }
        let biased = score(&comparisons(&mut random, 0.03, 0.02), 400_000_000_000);
        assert_eq!(biased.broken.len(), 3, "{biased:?}");
    }

    #[test]
    fn a_minute_alone_is_foretold() {
        // 800 pairs took 400 s: 120 in a minute, 40 in each comparison.
        let found = score(&comparisons(&mut Random::new(1), 0.0, 0.02), 400_000_000_000);
        let expected = 1.98 * 0.02 / 120f64.sqrt();
        assert!((found.half_width_of_a_minute / expected - 1.0).abs() < 0.15, "{found:?}");
        assert!(score(&[], 1).half_width_of_a_minute.is_nan());
    }
}
