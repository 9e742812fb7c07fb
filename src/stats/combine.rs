//! Means with their standard errors, put together.

use super::interval::Interval;
use super::quantile::{mean, variance};
use super::student::{t_critical, t_critical_fractional, upper_tail};

/// A mean of independent values: what a figure that is derived from several cells starts from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimated {
    pub mean: f64,
    /// Standard error of the mean.
    pub error: f64,
    /// Degrees of freedom of `error`; infinite for what is exact by definition.
    pub df: f64,
}

impl Estimated {
    /// `None` for fewer than 3 values, as everywhere: no interval is invented.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let n = values.len();
        if n < 3 {
            return None;
        }
        let error = (variance(values)? / n as f64).sqrt();
        let mean = mean(values)?;
        (mean.is_finite() && error.is_finite()).then_some(Self { mean, error, df: (n - 1) as f64 })
    }

    /// From a 95 % interval of `n` values, by half of its width.
    pub(crate) fn by_interval(mean: f64, half: f64, n: usize) -> Self {
        let df = n.max(2) - 1;
        Self { mean, error: half / t_critical(df), df: df as f64 }
    }

    /// P of a mean so far above 0, were the truth 0: Student's t.
    pub(super) fn chance(&self) -> f64 {
        match self.error > 0.0 {
            true => upper_tail(self.mean / self.error, self.df),
            false if self.mean > 0.0 => 0.0,
            false => 1.0,
        }
    }

    /// Known without error.
    pub(crate) fn exact(mean: f64) -> Self {
        Self { mean, error: 0.0, df: f64::INFINITY }
    }
}

/// Σ weight · mean with its 95 % interval, the parts independent of each other. The degrees of freedom
/// are Welch's and Satterthwaite's: Satterthwaite, "An approximate distribution of estimates of
/// variance components", Biometrics Bulletin 2 (1946). `None` without parts.
pub(crate) fn weighted_sum(parts: &[(f64, Estimated)]) -> Option<Interval> {
    if parts.is_empty() {
        return None;
    }
    let estimate: f64 = parts.iter().map(|(weight, part)| weight * part.mean).sum();
    let variances: Vec<(f64, f64)> =
        parts.iter().map(|(weight, part)| ((weight * part.error).powi(2), part.df)).collect();
    let total: f64 = variances.iter().map(|(variance, _)| variance).sum();
    let below: f64 = variances.iter().map(|(variance, df)| variance.powi(2) / df).sum();
    let half = if below > 0.0 { t_critical_fractional(total.powi(2) / below) * total.sqrt() } else { 0.0 };
    Interval::around(estimate, half)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::log_ratio_interval;
    use crate::stats::simulate::{Random, coverage};

    #[test]
    fn of_one_part_it_is_students_interval() {
        let values = [0.1, 0.25, 0.3, 0.15];
        let part = Estimated::of(&values).unwrap();
        let (found, expected) = (weighted_sum(&[(1.0, part)]).unwrap(), log_ratio_interval(&values).unwrap());
        assert!((found.low - expected.low).abs() < 1e-9 && (found.high - expected.high).abs() < 1e-9);
        assert_eq!(Estimated::of(&values[..2]), None);
        assert_eq!(weighted_sum(&[]), None);
        assert_eq!(weighted_sum(&[(1.0, Estimated::exact(0.5))]).unwrap().half_width, 0.0);
    }

    /// The mean of three figures that are known from 4, 6 and 12 pairs.
    #[test]
    fn the_interval_of_a_mean_covers_the_truth() {
        let mut random = Random::new(1986);
        let share = coverage(2_000, 0.2, || {
            let parts: Vec<(f64, Estimated)> = [(4, 0.1), (6, 0.05), (12, 0.2)]
                .into_iter()
                .filter_map(|(n, spread)| {
                    let values: Vec<f64> = (0..n).map(|_| 0.2 + spread * random.normal()).collect();
                    Some((1.0 / 3.0, Estimated::of(&values)?))
                })
                .collect();
            weighted_sum(&parts)
        });
        assert!((0.93..0.975).contains(&share), "{share}");
    }
}
