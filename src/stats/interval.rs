//! 95 % intervals.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, DiscreteCDF};

use super::combine::Estimated;
use super::quantile::{mean, median, variance};
use super::student::{t_critical, t_critical_fractional};

/// An estimate and its 95 % interval, in whatever unit went in (natural logs for ratios).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub estimate: f64,
    pub low: f64,
    pub high: f64,
    /// Half of `high - low`; the estimate need not lie in the middle.
    pub half_width: f64,
}

impl Interval {
    pub(crate) fn around(estimate: f64, half_width: f64) -> Option<Self> {
        (estimate.is_finite() && half_width.is_finite()).then_some(Self {
            estimate,
            low: estimate - half_width,
            high: estimate + half_width,
            half_width,
        })
    }

    /// Reaches further by so much: upwards, or downwards where it is below 0.
    pub(crate) fn reaching(self, further: f64) -> Self {
        let (low, high) = (self.low + further.min(0.0), self.high + further.max(0.0));
        Self { low, high, half_width: (high - low) / 2.0, ..self }
    }

    /// The value is inside: for log ratios, `holds(0.0)` means that no difference is shown.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// The mean of independent log ratios, one per process pair, with Student's t interval. `None` for
/// fewer than 3 values: no interval is invented.
///
/// Why t and not a bootstrap: with the 3 to 12 pairs that a run can afford, the percentile bootstrap
/// is too narrow by about √((n−1)/n)·z/t (Hesterberg, "What teachers should know about the bootstrap",
/// The American Statistician 69 (2015), section 4; at n = 5 it covers some 83 %), while t on
/// the mean keeps its level for symmetric errors and errs on the safe side with heavy tails. A log ratio of
/// two processes of like kind is close to symmetric, and each pair value is already a robust centre of its
/// sweeps, which takes out the bursts. The tests below simulate its coverage. Kalibera and Jones,
/// "Rigorous benchmarking in reasonable time" (ISMM 2013), use the same mean over processes.
pub fn log_ratio_interval(values: &[f64]) -> Option<Interval> {
    let found = Estimated::of(values)?;
    Interval::around(found.mean, t_critical(values.len() - 1) * found.error)
}

/// For values that have no partners: the interval of mean(`base`) − mean(`cell`) of logs of times,
/// so that above 0 the cell is faster. Welch, "The generalization of Student's problem when several
/// different population variances are involved", Biometrika 34 (1947). `None` for fewer than 3 on a side.
pub(crate) fn unpaired_log_ratio_interval(base: &[f64], cell: &[f64]) -> Option<Interval> {
    if base.len() < 3 || cell.len() < 3 {
        return None;
    }
    let difference = mean(base)? - mean(cell)?;
    let (n_base, n_cell) = (base.len() as f64, cell.len() as f64);
    let (e_base, e_cell) = (variance(base)? / n_base, variance(cell)? / n_cell);
    let error = e_base + e_cell;
    if error == 0.0 {
        return Interval::around(difference, 0.0);
    }
    let df = error.powi(2) / (e_base.powi(2) / (n_base - 1.0) + e_cell.powi(2) / (n_cell - 1.0));
    Interval::around(difference, t_critical_fractional(df) * error.sqrt())
}

/// An interval for the median of positive values, in their unit. From 6 values on it runs between
/// two order statistics and supposes nothing about their distribution (David and Nagaraja, "Order
/// statistics", 3rd edition, 7.1); from 3 to 5, where no order statistics reach 95 %, it is
/// Student's t on the logs, widened to hold the median. `None` below.
pub(crate) fn median_interval(values: &[f64]) -> Option<(f64, f64)> {
    let mut sorted: Vec<f64> =
        values.iter().copied().filter(|value| *value > 0.0 && value.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    if n >= 6 {
        let rank = median_rank(n);
        return Some((sorted[rank], sorted[n - 1 - rank]));
    }
    let logs: Vec<f64> = sorted.iter().map(|value| value.ln()).collect();
    let interval = log_ratio_interval(&logs)?;
    let middle = median(&sorted)?;
    Some((interval.low.exp().min(middle), interval.high.exp().max(middle)))
}

/// The largest rank r (from 0) with P(X₍ᵣ₊₁₎ ≤ median ≤ X₍ₙ₋ᵣ₎) ≥ 0.95, by the binomial(n, ½) distribution.
fn median_rank(n: usize) -> usize {
    Binomial::new(0.5, n as u64).map_or(0, |half| half.inverse_cdf(0.025).saturating_sub(1) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::{Noise, PairModel, Random, coverage};

    #[test]
    fn ranks_by_the_binomial_distribution() {
        // R: qbinom(0.025, n, 0.5) - 1.
        for (n, rank) in [(6, 0), (8, 0), (9, 1), (20, 5), (100, 39), (1000, 468)] {
            assert_eq!(median_rank(n), rank, "{n}");
        }
    }

    #[test]
    fn too_few_values_get_no_interval() {
        assert_eq!(log_ratio_interval(&[0.1, 0.2]), None);
        assert_eq!(unpaired_log_ratio_interval(&[0.1, 0.2], &[0.1, 0.2, 0.3]), None);
        assert_eq!(median_interval(&[1.0, 2.0]), None);
        assert_eq!(log_ratio_interval(&[0.1, f64::NAN, 0.2]), None);
    }

    #[test]
    fn agrees_with_a_hand_calculation() {
        let interval = log_ratio_interval(&[0.1, 0.2, 0.3]).unwrap();
        assert!((interval.estimate - 0.2).abs() < 1e-12);
        assert!((interval.half_width - 4.302_652_7 * 0.1 / 3f64.sqrt()).abs() < 1e-6);
        // s²/n = 0.4167 and 0.0833, so df = 0.25/(0.4167²/3 + 0.0833²/2) = 4.08 and t = 2.757.
        let welch = unpaired_log_ratio_interval(&[1.0, 2.0, 3.0, 4.0], &[2.0, 2.5, 3.0]).unwrap();
        assert!((welch.estimate - 0.0).abs() < 1e-12);
        assert!((welch.half_width - 1.949).abs() < 1e-3, "{}", welch.half_width);
    }

    #[test]
    fn order_statistics_of_the_median() {
        let values = |n: usize| (1..=n).map(|i| i as f64).collect::<Vec<_>>();
        assert_eq!(median_interval(&values(6)), Some((1.0, 6.0)));
        assert_eq!(median_interval(&values(9)), Some((2.0, 8.0)));
        assert_eq!(median_interval(&values(20)), Some((6.0, 15.0)));
        let (low, high) = median_interval(&values(3)).unwrap();
        assert!(low < 2.0 && high > 2.0);
        let (low, high) = median_interval(&values(1000)).unwrap();
        assert_eq!((low, high), (469.0, 532.0));
    }

    /// Whole pairs are simulated: heavy-tailed passes, a layout of its own for each process, a drift that
    /// both sides share and bursts of a neighbour. The nominal level is 95 %.
    #[test]
    fn the_interval_covers_the_truth() {
        let mut random = Random::new(20_130_620);
        for (noise, pairs) in [
            (Noise::Normal, 3),
            (Noise::HeavyTails, 3),
            (Noise::HeavyTails, 5),
            (Noise::Bursts, 8),
            (Noise::Bursts, 12),
        ] {
            let model = PairModel {
                truth: 0.3,
                between: 0.04,
                within: 0.05,
                heavy_layout: false,
                drift: 0.02,
                sweeps: 7,
                noise,
            };
            let share = coverage(2_000, model.truth, || {
                let values: Vec<f64> = (0..pairs).map(|pair| model.pair(&mut random, pair)).collect();
                log_ratio_interval(&values)
            });
            assert!((0.93..0.99).contains(&share), "{noise:?}, {pairs} pairs: {share}");
        }
    }

    #[test]
    fn the_bootstrap_would_be_too_narrow() {
        let mut random = Random::new(7);
        let share = coverage(1_000, 0.0, || {
            let values: Vec<f64> = (0..5).map(|_| random.normal()).collect();
            let means: Vec<f64> =
                (0..100).map(|_| (0..5).map(|_| values[random.below(5)]).sum::<f64>() / 5.0).collect();
            let low = crate::stats::quantile(&means, 0.025)?;
            let high = crate::stats::quantile(&means, 0.975)?;
            Some(Interval { estimate: f64::midpoint(low, high), low, high, half_width: (high - low) / 2.0 })
        });
        assert!((0.75..0.88).contains(&share), "{share}");
    }
}
