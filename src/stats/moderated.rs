//! Variances of many small samples, each made steadier by what all of them say together.
//!
//! Smyth, "Linear models and empirical Bayes methods for assessing differential expression in microarray
//! experiments", Statistical Applications in Genetics and Molecular Biology 3 (2004), sections 3 and 6.2.

use statrs::function::gamma::digamma;

use super::student::bisect;

/// Degrees of freedom from which on the variances are taken for one and the same.
const SAME: f64 = 1e6;

/// What is known of a variance before its own sample is looked at: a scaled inverse chi-square.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// How many degrees of freedom it is worth.
    pub df: f64,
    pub variance: f64,
}

impl Prior {
    /// Estimates the prior from sample variances with their degrees of freedom: the moments of log s² (Smyth's
    /// equations 6.2). `None` for fewer than 3 samples with a variance above 0.
    pub fn of(samples: &[(f64, f64)]) -> Option<Self> {
        let usable: Vec<(f64, f64)> = samples
            .iter()
            .copied()
            .filter(|&(variance, df)| variance > 0.0 && variance.is_finite() && df > 0.0)
            .collect();
        if usable.len() < 3 {
            return None;
        }
        let n = usable.len() as f64;
        let logs: Vec<f64> = usable
            .iter()
            .map(|&(variance, df)| variance.ln() - digamma(df / 2.0) + (df / 2.0).ln())
            .collect();
        let mean = logs.iter().sum::<f64>() / n;
        let spread = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let chance = usable.iter().map(|&(_, df)| trigamma(df / 2.0)).sum::<f64>() / n;
        if spread <= chance {
            // They differ by no more than chance: all have the same variance.
            let df: f64 = usable.iter().map(|(_, df)| df).sum();
            let pooled = usable.iter().map(|(variance, df)| variance * df).sum::<f64>() / df;
            return Some(Self { df: SAME, variance: pooled });
        }
        let half = trigamma_inverse(spread - chance);
        Some(Self { df: 2.0 * half, variance: (mean + digamma(half) - half.ln()).exp() })
    }

    /// Returns the moderated variance of a sample, and the degrees of freedom that it is worth.
    pub fn moderate(&self, variance: f64, df: f64) -> (f64, f64) {
        let total = self.df + df;
        ((self.df * self.variance + df * variance) / total, total)
    }
}

/// ψ′(x) for x > 0: the recurrence up to 6, then the asymptotic series (Abramowitz and Stegun, 6.4.6 and 6.4.12).
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 6.0 {
        sum += x.powi(-2);
        x += 1.0;
    }
    let square = x.powi(-2);
    let series = 1.0 / 6.0 - square * (1.0 / 30.0 - square * (1.0 / 42.0 - square / 30.0));
    sum + 1.0 / x + square / 2.0 + square / x * series
}

/// The x with ψ′(x) = `value` (above 0), bisected on a logarithmic scale: ψ′ falls.
fn trigamma_inverse(value: f64) -> f64 {
    bisect(60, (1e-4f64.ln(), 1e7f64.ln()), |log| trigamma(log.exp()) > value).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;
    use crate::stats::variance;

    #[test]
    fn trigamma_agrees_with_known_values() {
        let pi2 = std::f64::consts::PI.powi(2);
        for (x, expected) in
            [(1.0, pi2 / 6.0), (0.5, pi2 / 2.0), (2.0, pi2 / 6.0 - 1.0), (10.0, 0.105_166_335_7)]
        {
            assert!((trigamma(x) - expected).abs() < 1e-8, "{x}: {}", trigamma(x));
            assert!((trigamma_inverse(expected) / x - 1.0).abs() < 1e-6, "{x}");
        }
    }

    /// Variances drawn from a scaled inverse chi-square with 4 degrees of freedom around 0.01.
    #[test]
    fn a_planted_prior_is_recovered() {
        let mut random = Random::new(2004);
        let samples: Vec<(f64, f64)> = (0..4_000)
            .map(|_| {
                let chi: f64 = (0..4).map(|_| random.normal().powi(2)).sum();
                let sd = (0.01 * 4.0 / chi).sqrt();
                let values: Vec<f64> = (0..4).map(|_| sd * random.normal()).collect();
                (variance(&values).unwrap(), 3.0)
            })
            .collect();
        let found = Prior::of(&samples).unwrap();
        assert!((3.0..5.2).contains(&found.df), "{found:?}");
        assert!((found.variance / 0.01 - 1.0).abs() < 0.15, "{found:?}");
    }

    #[test]
    fn equal_variances_are_pooled() {
        let found = Prior::of(&[(0.01, 3.0), (0.011, 3.0), (0.009, 3.0)]).unwrap();
        assert!((found.variance - 0.01).abs() < 1e-9 && found.df >= SAME, "{found:?}");
        assert_eq!(Prior::of(&[(0.01, 3.0), (0.0, 3.0), (f64::NAN, 3.0)]), None);
        let (variance, df) = Prior { df: 4.0, variance: 0.02 }.moderate(0.01, 2.0);
        assert!((variance - 0.1 / 6.0).abs() < 1e-12 && df == 6.0);
    }
}
