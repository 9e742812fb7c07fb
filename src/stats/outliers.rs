//! Which values lie far from the rest. They are shown, and count like any other.

use super::quantile::median;

/// Values below which nothing is said.
const FEWEST: usize = 6;
/// Robust deviations from the median beyond which a value is called an outlier.
const FAR: f64 = 3.5;
/// From the median absolute deviation to the standard deviation of normal values.
const TO_SIGMA: f64 = 1.482_602_218_505_602;

/// Places of the values that are more than 3.5 robust standard deviations from the median: Iglewicz and
/// Hoaglin, "How to detect and handle outliers", ASQC basic references in quality control 16 (1993). Times
/// go in as logs. Empty below 6 values, or where half of them are equal.
pub(crate) fn outliers(values: &[f64]) -> Vec<usize> {
    let Some(centre) = median(values).filter(|_| values.len() >= FEWEST) else { return Vec::new() };
    let deviations: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
    let spread = median(&deviations).unwrap_or(0.0) * TO_SIGMA;
    let far = |place: &usize| spread > 0.0 && deviations[*place] > FAR * spread;
    (0..values.len()).filter(far).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_values_are_named_and_near_ones_not() {
        assert_eq!(outliers(&[1.0, 1.1, 0.9, 1.05, 0.95, 9.0, 1.0]), [5]);
        assert!(outliers(&[1.0, 1.1, 0.9, 1.05, 0.95, 1.2]).is_empty());
        assert!(outliers(&[1.0, 1.0, 1.0, 1.0, 1.0, 9.0]).is_empty(), "no spread, no yardstick");
        assert!(outliers(&[1.0, 9.0]).is_empty());
    }
}
