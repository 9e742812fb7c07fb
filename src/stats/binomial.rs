//! Shares, and how sure they are.

use statrs::distribution::{Beta, ContinuousCDF};

use super::student::bisect;

/// The 95 % interval of a share of which `hits` of `trials` are known: Clopper and Pearson, "The use of
/// confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26 (1934). Never covers
/// less than it says, more where trials are few. `(0, 1)` for no trials.
pub(crate) fn clopper_pearson(hits: u32, trials: u32) -> (f64, f64) {
    let hits = hits.min(trials);
    let misses = f64::from(trials - hits);
    let low = if hits == 0 { 0.0 } else { quantile(0.025, f64::from(hits), misses + 1.0) };
    let high = if hits == trials { 1.0 } else { quantile(0.975, f64::from(hits) + 1.0, misses) };
    (low, high)
}

/// Bisected, as Student's t is.
fn quantile(share: f64, a: f64, b: f64) -> f64 {
    let Ok(beta) = Beta::new(a, b) else { return f64::NAN };
    bisect(60, (0.0, 1.0), |x| beta.cdf(x) < share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_published_bounds() {
        // No hit of n: 1 - 0.025^(1/n); the rest from R's binom.test.
        for (hits, trials, low, high) in
            [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (5, 10, 0.1871, 0.8129), (1, 100, 0.00025, 0.05446)]
        {
            let (found_low, found_high) = clopper_pearson(hits, trials);
            assert!((found_low - low).abs() < 5e-5 && (found_high - high).abs() < 5e-5, "{hits} {trials}");
        }
        assert_eq!(clopper_pearson(0, 0), (0.0, 1.0));
    }
}
