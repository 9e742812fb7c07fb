//! Whether values wander over the rounds.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::quantile::mean;

/// A monotone trend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RankTrend {
    /// Spearman's rank correlation with the order, −1 to 1.
    pub rho: f64,
    /// Two-sided, by the t approximation.
    pub p: f64,
}

/// Spearman's rank correlation between the values and their order, ties sharing their mean rank
/// (Kendall and Gibbons, "Rank correlation methods", 5th edition). `None` below 8 values, where the t
/// approximation is poor, and for values that are all equal.
pub(crate) fn spearman_trend(values: &[f64]) -> Option<RankTrend> {
    let n = values.len();
    if n < 8 || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let ranks = ranks(values);
    let centre = (n as f64 - 1.0) / 2.0;
    let (mut both, mut of_ranks, mut of_order) = (0.0, 0.0, 0.0);
    for (place, rank) in ranks.iter().enumerate() {
        let (x, y) = (place as f64 - centre, rank - centre);
        both += x * y;
        of_order += x * x;
        of_ranks += y * y;
    }
    if of_ranks == 0.0 {
        return None;
    }
    let rho = (both / (of_order * of_ranks).sqrt()).clamp(-1.0, 1.0);
    let df = n as f64 - 2.0;
    let t = rho.abs() * (df / (1.0 - rho * rho).max(f64::MIN_POSITIVE)).sqrt();
    let p = 2.0 * StudentsT::new(0.0, 1.0, df).ok()?.sf(t);
    Some(RankTrend { rho, p: p.clamp(0.0, 1.0) })
}

/// Ranks from 0.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for group in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let places: Vec<f64> = (start..start + group.len()).map(|place| place as f64).collect();
        for index in group {
            ranks[*index] = mean(&places).unwrap_or(0.0);
        }
        start += group.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;

    #[test]
    fn a_line_is_found_and_a_constant_has_no_trend() {
        let line: Vec<f64> = (0..12).map(f64::from).collect();
        let found = spearman_trend(&line).unwrap();
        assert!(found.rho > 0.999 && found.p < 1e-6, "{found:?}");
        assert_eq!(spearman_trend(&[1.0; 12]), None);
        assert_eq!(spearman_trend(&line[..7]), None);
    }

    #[test]
    fn agrees_with_a_hand_calculation() {
        // Σd² = 30 for this order of 1..8: rho = 1 − 6·30/(8·63).
        let values = [3.0, 1.0, 4.0, 2.0, 7.0, 5.0, 8.0, 6.0];
        let squares: f64 = values.iter().enumerate().map(|(i, v)| (v - 1.0 - i as f64).powi(2)).sum();
        let found = spearman_trend(&values).unwrap();
        assert!((found.rho - (1.0 - 6.0 * squares / (8.0 * 63.0))).abs() < 1e-12);
    }

    #[test]
    fn noise_is_flagged_as_often_as_the_level_says() {
        let mut random = Random::new(3);
        let trials = 3_000;
        let flagged = (0..trials)
            .filter(|_| {
                let values: Vec<f64> = (0..10).map(|_| random.normal()).collect();
                spearman_trend(&values).is_some_and(|trend| trend.p < 0.05)
            })
            .count();
        let share = flagged as f64 / f64::from(trials);
        assert!((0.035..0.065).contains(&share), "{share}");
    }
}
