//! Variance within and between processes, and what follows for how to spend time.
//!
//! Kalibera and Jones, "Rigorous benchmarking in reasonable time", ISMM 2013, sections 5 and 6.

use super::quantile::{mean, variance};

/// Variances of log ratios on two levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Components {
    /// S₁² = T₁²: of the passes inside one process pair, mean over pairs.
    pub within: f64,
    /// T₂² = S₂² − S₁²/r: between pairs alone, S₂² being the variance of their means and r the harmonic mean of the passes
    /// per pair; never below 0.
    pub between: f64,
}

/// From the log ratios of each pair. Pairs with fewer than two passes tell nothing about `within`
/// and are left out; `None` if fewer than two pairs remain.
pub(crate) fn components(pairs: &[Vec<f64>]) -> Option<Components> {
    let usable: Vec<&Vec<f64>> = pairs.iter().filter(|pair| pair.len() >= 2).collect();
    let means: Vec<f64> = usable.iter().filter_map(|pair| mean(pair)).collect();
    let variances: Vec<f64> = usable.iter().filter_map(|pair| variance(pair)).collect();
    let within = mean(&variances)?;
    let of_means = variance(&means)?;
    let inverse = usable.iter().map(|pair| 1.0 / pair.len() as f64).sum::<f64>() / usable.len() as f64;
    Some(Components { within, between: (of_means - within * inverse).max(0.0) })
}

/// The passes per process that give the narrowest interval for a given time:
/// r = ⌈√((cost of a process / cost of a pass) · (T₁² / T₂²))⌉. Costs in one unit, both above 0.
///
/// Processes that differ hardly at all would ask for endless passes in one process, so the answer
/// lies between `1` and `most`; where a cost makes no sense it is `most`.
pub(crate) fn optimal_passes(within: f64, between: f64, cost_process: f64, cost_pass: f64, most: u32) -> u32 {
    let most = most.max(1);
    let best = ((cost_process / cost_pass) * (within / between)).sqrt().ceil();
    if best.is_finite() && cost_pass > 0.0 && cost_process >= 0.0 && between > 0.0 {
        best.clamp(1.0, f64::from(most)) as u32
    } else if within == 0.0 {
        1
    } else {
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;

    #[test]
    fn planted_variances_are_recovered() {
        let mut random = Random::new(11);
        let pairs: Vec<Vec<f64>> = (0..2_000)
            .map(|_| {
                let layout = 0.05 * random.normal();
                (0..8).map(|_| 0.4 + layout + 0.1 * random.normal()).collect()
            })
            .collect();
        let found = components(&pairs).unwrap();
        assert!((found.within.sqrt() - 0.1).abs() < 0.003, "{found:?}");
        assert!((found.between.sqrt() - 0.05).abs() < 0.004, "{found:?}");
    }

    #[test]
    fn noise_alone_has_nothing_between() {
        let pairs = vec![vec![0.0, 1.0], vec![1.0, 0.0], vec![0.0, 1.0]];
        assert_eq!(components(&pairs).unwrap().between, 0.0);
        assert_eq!(components(&[vec![1.0], vec![2.0]]), None);
        assert_eq!(components(&[]), None);
    }

    #[test]
    fn the_split_of_time() {
        // √((100 / 4) · (0.04 / 0.01)) = 10.
        assert_eq!(optimal_passes(0.04, 0.01, 100.0, 4.0, 60), 10);
        assert_eq!(optimal_passes(0.04, 0.01, 1.0, 400.0, 60), 1);
        assert_eq!(optimal_passes(0.04, 0.0, 100.0, 4.0, 60), 60);
        assert_eq!(optimal_passes(0.0, 0.0, 100.0, 4.0, 60), 1);
        assert_eq!(optimal_passes(0.04, 0.01, 100.0, 0.0, 60), 60);
    }

    /// The formula's choice gives less variance per unit of time than its neighbours, by simulation of
    /// Var(mean over n pairs) = (T₂² + T₁²/r)/n with n = time/(process + r·pass).
    #[test]
    fn the_split_is_the_best_one() {
        let (within, between, process, pass) = (0.01, 0.0004, 90.0, 12.0);
        let per_time = |r: u32| (between + within / f64::from(r)) * (process + f64::from(r) * pass);
        let best = optimal_passes(within, between, process, pass, 1_000);
        let searched = (1..1_000).min_by(|a, b| per_time(*a).total_cmp(&per_time(*b))).unwrap();
        assert!(best.abs_diff(searched) <= 1, "{best} {searched}");
    }
}
