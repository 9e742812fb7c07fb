//! What chance does to means of nights that are like the night before.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// What chance does to a mean of nights.
pub(super) struct SeriesNoise {
    variance: f64,
    correlation: f64,
    student: StudentsT,
}

impl SeriesNoise {
    /// `variance` of one night, known with `df` degrees of freedom; `None` where these make no distribution.
    pub(super) fn new(variance: f64, correlation: f64, df: f64) -> Option<Self> {
        Some(Self { variance, correlation, student: StudentsT::new(0.0, 1.0, df).ok()? })
    }

    /// The variance of the mean of so many nights in a row: each repeats some of the one before.
    fn variance_of_mean(&self, nights: f64) -> f64 {
        let rho = self.correlation;
        let ends = 2.0 * rho * (1.0 - rho.powf(nights)) / (nights * (1.0 - rho).powi(2));
        self.variance * ((1.0 + rho) / (1.0 - rho) - ends) / nights
    }

    /// The standard deviation of the difference of two means.
    pub(super) fn deviation(&self, before: f64, after: f64) -> f64 {
        (self.variance_of_mean(before) + self.variance_of_mean(after)).sqrt()
    }

    /// Two-sided p of a t.
    pub(super) fn p(&self, t: f64) -> f64 {
        2.0 * self.student.sf(t)
    }

    /// The t whose two-sided p is this.
    pub(super) fn t(&self, p: f64) -> f64 {
        self.student.inverse_cdf(1.0 - p / 2.0)
    }
}
