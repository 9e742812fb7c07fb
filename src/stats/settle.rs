//! When to stop.

use super::interval::Interval;
use super::student::t_critical;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Pairs below which nothing is called settled.
pub(crate) const MIN_PAIRS: usize = 5;
/// Pairs from which the wanted precision counts in full.
pub(crate) const FULL_PAIRS: usize = 10;

/// Whether the interval is as narrow as was asked: at least [`MIN_PAIRS`] pairs and a half-width of at
/// most `precision` × min(1, n / [`FULL_PAIRS`]).
///
/// Looking after every pair and stopping at the first narrow interval favours samples whose spread
/// happens to look small, so the interval shown covers less than it says (Anscombe 1953; Chow and
/// Robbins, "On the asymptotic theory of fixed-width sequential confidence intervals", Annals of
/// Mathematical Statistics 36 (1965)). Simulated over spreads from 0.2 to 2.6 times the precision: stopping
/// from 3 pairs on covers 90 %, from 5 on 92 %, from 8 on 93 %. Asking more of few pairs keeps 93 %
/// and still lets a quiet cell go after 5.
pub(crate) fn settled(interval: &Interval, precision: f64, pairs: usize) -> bool {
    pairs >= MIN_PAIRS && interval.half_width <= allowed(precision, pairs)
}

/// Whether an interval may be shown as settled: as narrow as was asked, and from at least [`MIN_PAIRS`].
/// What [`settled`] stops is, and what a used-up budget stops may be: there the number of pairs didn't
/// depend on the width, so nothing is favoured.
pub(crate) fn narrow(interval: &Interval, precision: f64, pairs: usize) -> bool {
    pairs >= MIN_PAIRS && interval.half_width <= precision
}

fn allowed(precision: f64, pairs: usize) -> f64 {
    precision * (pairs as f64 / FULL_PAIRS as f64).min(1.0)
}

/// The fewest pairs (at least 3) whose interval would have a half-width of at most `half_width`, if the
/// pair values keep the variance `variance`. Saturates at `u32::MAX`.
pub(crate) fn pairs_needed(variance: f64, half_width: f64) -> u32 {
    fewest(3, |n| t_critical(n - 1) * (variance / n as f64).sqrt() <= half_width)
}

/// The least variance that `n` values with the sample variance `variance` allow for, at 95 %: the lower end
/// of the one-sided chi-square interval of normal values. 0 for fewer than 2.
pub(crate) fn variance_at_least(variance: f64, n: usize) -> f64 {
    let df = n.saturating_sub(1) as f64;
    let Ok(distribution) = ChiSquared::new(df) else { return 0.0 };
    // Bisected, as Student's t is.
    let (mut low, mut high) = (df, df + 10.0 * (2.0 * df).sqrt() + 10.0);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if distribution.cdf(middle) < 0.95 { low = middle } else { high = middle }
    }
    variance * df / high
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
    use crate::stats::simulate::{Random, coverage};

    fn interval(half_width: f64) -> Interval {
        Interval { estimate: 0.0, low: -half_width, high: half_width, half_width }
    }

    #[test]
    fn few_pairs_must_be_narrower() {
        assert!(!settled(&interval(0.0), 0.05, 4));
        assert!(settled(&interval(0.025), 0.05, 5));
        assert!(!settled(&interval(0.026), 0.05, 5));
        assert!(settled(&interval(0.05), 0.05, 10));
        assert!(settled(&interval(0.05), 0.05, 50));
        assert!(!settled(&interval(0.051), 0.05, 50));
        assert!(!settled(&interval(f64::NAN), 0.05, 50));
        assert!(narrow(&interval(0.05), 0.05, 5) && !narrow(&interval(0.05), 0.05, 4));
        assert!(!narrow(&interval(0.051), 0.05, 9));
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
        assert_eq!(pairs_needed(0.0, 0.02), 3);
        assert_eq!(pairs_needed(1.0, 0.0), u32::MAX);
        assert_eq!(pairs_needed(f64::NAN, 0.1), u32::MAX);
    }

    /// The interval shown must cover the truth although it was looked at after every pair.
    #[test]
    fn stopping_early_keeps_the_coverage() {
        let mut random = Random::new(1965);
        for heavy in [false, true] {
            for spread in [0.02, 0.05, 0.09] {
                let share = coverage(2_000, 0.0, || {
                    let mut values = Vec::new();
                    loop {
                        let noise = if heavy { random.student3() } else { random.normal() };
                        values.push(spread * noise);
                        let interval = log_ratio_interval(&values);
                        if values.len() >= 60
                            || interval.is_some_and(|found| settled(&found, 0.05, values.len()))
                        {
                            return interval;
                        }
                    }
                });
                assert!(share >= 0.925, "heavy tails {heavy}, spread {spread}: {share}");
            }
        }
    }
}
