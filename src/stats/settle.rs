//! When to stop.

use super::interval::Interval;
use super::student::{bisect, t_critical};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Pairs from which on their variance says something.
pub(crate) const MIN_PAIRS: usize = 5;
/// Pairs from which on a ratio may be called settled.
pub(crate) const FULL_PAIRS: usize = 10;

/// Whether the interval is as narrow as was asked, from at least [`FULL_PAIRS`] pairs. The one rule, for when to stop
/// and for what is shown as settled, whatever ended the run.
///
/// Looking after every pair and stopping at the first narrow interval favours samples whose spread
/// happens to look small, so the interval shown covers less than it says (Anscombe 1953; Chow and
/// Robbins, "On the asymptotic theory of fixed-width sequential confidence intervals", Annals of
/// Mathematical Statistics 36 (1965)). So does a budget that ends early: of many ratios it leaves the lucky ones narrow.
/// The fewer the pairs, the more luck there is: of 5 pairs whose spread is 8 %, those that are narrow hold the truth in
/// less than three quarters. From 10 on it is 93 % or more, for spreads up to 1.6 times the precision. The tests below
/// simulate both.
pub fn settled(interval: &Interval, precision: f64, pairs: usize) -> bool {
    pairs >= FULL_PAIRS && interval.half_width <= precision
}

/// The fewest pairs that would be [`settled`] to `half_width`, if the pair values keep the variance `variance`.
/// Saturates at `u32::MAX`.
pub(crate) fn pairs_needed(variance: f64, half_width: f64) -> u32 {
    fewest(FULL_PAIRS, |n| t_critical(n - 1) * (variance / n as f64).sqrt() <= half_width)
}

/// The least variance that `n` values with the sample variance `variance` allow for, at 95 %: the lower end
/// of the one-sided chi-square interval of normal values. 0 for fewer than 2.
pub(crate) fn variance_at_least(variance: f64, n: usize) -> f64 {
    let df = n.saturating_sub(1) as f64;
    let Ok(distribution) = ChiSquared::new(df) else { return 0.0 };
    // Bisected, as Student's t is.
    let most = df + 10.0 * (2.0 * df).sqrt() + 10.0;
    variance * df / bisect(50, (df, most), |x| distribution.cdf(x) < 0.95)
}

/// The first `n` from `least` on for which `enough` holds; `enough` must stay true once it is.
fn fewest(least: usize, enough: impl Fn(usize) -> bool) -> u32 {
    let mut high = least;
    while !enough(high) {
        if high > 1 << 28 {
            return u32::MAX;
        }
        high *= 2;
    }
    let mut low = least;
    while low < high {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle + 1 }
    }
    u32::try_from(high).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::log_ratio_interval;
    use crate::stats::simulate::Random;

    fn interval(half_width: f64) -> Interval {
        Interval { estimate: 0.0, low: -half_width, high: half_width, half_width }
    }

    #[test]
    fn few_pairs_settle_nothing() {
        assert!(!settled(&interval(0.0), 0.05, 9));
        assert!(settled(&interval(0.05), 0.05, 10));
        assert!(settled(&interval(0.05), 0.05, 50));
        assert!(!settled(&interval(0.051), 0.05, 50));
        assert!(!settled(&interval(f64::NAN), 0.05, 50));
    }

    /// Quantiles of chi-square in NIST/SEMATECH's table 1.3.6.7.4: 9.488 for 4, 30.144 for 19.
    #[test]
    fn few_values_allow_for_a_much_smaller_variance() {
        assert!((variance_at_least(1.0, 5) - 4.0 / 9.488).abs() < 1e-4);
        assert!((variance_at_least(2.0, 20) - 2.0 * 19.0 / 30.144).abs() < 1e-4);
        assert_eq!((variance_at_least(1.0, 1), variance_at_least(1.0, 0)), (0.0, 0.0));
    }

    #[test]
    fn predictions_agree_with_the_rules() {
        let half = |variance: f64, n: u32| t_critical(n as usize - 1) * (variance / f64::from(n)).sqrt();
        let n = pairs_needed(0.0025, 0.02);
        assert!(half(0.0025, n) <= 0.02 && half(0.0025, n - 1) > 0.02, "{n}");
        assert_eq!(pairs_needed(0.0, 0.02), FULL_PAIRS as u32);
        assert_eq!(pairs_needed(1.0, 0.0), u32::MAX);
        assert_eq!(pairs_needed(f64::NAN, 0.1), u32::MAX);
    }

    /// Why so many pairs are asked for: of few, the narrow ones are the lucky ones.
    #[test]
    fn five_narrow_pairs_often_miss_the_truth() {
        let mut random = Random::new(1953);
        let drawn = (0..8_000).map(|_| (0..5).map(|_| 0.08 * random.normal()).collect::<Vec<_>>());
        let found: Vec<Interval> = drawn.filter_map(|values| log_ratio_interval(&values)).collect();
        let narrow: Vec<&Interval> = found.iter().filter(|found| found.half_width <= 0.05).collect();
        let share = narrow.iter().filter(|found| found.holds(0.0)).count() as f64 / narrow.len() as f64;
        assert!(narrow.len() > 300 && share < 0.75, "{share} of {}", narrow.len());
    }

    /// What is shown as settled must hold the truth although it was looked at after every pair, and although a budget
    /// ended most of them before they were.
    #[test]
    fn what_is_labelled_holds_the_truth() {
        let mut random = Random::new(1965);
        for heavy in [false, true] {
            for spread in [0.03, 0.08] {
                let (mut labelled, mut held) = (0, 0);
                for _ in 0..8_000 {
                    let (last, mut values) = (5 + random.below(36), Vec::new());
                    while values.len() < last {
                        let noise = if heavy { random.student3() } else { random.normal() };
                        values.push(spread * noise);
                        let interval = log_ratio_interval(&values);
                        if let Some(found) = interval.filter(|found| settled(found, 0.05, values.len())) {
                            labelled += 1;
                            held += usize::from(found.holds(0.0));
                            break;
                        }
                    }
                }
                let share = held as f64 / f64::from(labelled);
                assert!(share >= 0.93, "heavy tails {heavy}, spread {spread}: {share} of {labelled}");
            }
        }
    }
}
