//! What was measured in two sessions: estimates from pairs, and what a session adds to each, of which only the size is
//! known.

use super::combine::Estimated;
use super::student::t_quantile;

/// Where `p` is above, it is taken as 1: nothing rests on how little is shown.
const OF_INTEREST: f64 = 0.05;
/// No p is said to be smaller.
const SMALLEST: f64 = 1e-12;

/// Estimates whose degrees of freedom differ by more than this factor are kept apart.
const ALIKE: f64 = 2.0;

/// A sum of independent estimates and of a session's own contribution, a normal one with mean 0.
///
/// Its interval adds the squares of half-widths: the session's, by the normal distribution, and Student's of the
/// estimates, those together (Welch, Satterthwaite) that come from about as many pairs. Satterthwaite over all of it,
/// the session with infinitely many degrees of freedom, would be narrower, and wrong: what comes from three pairs is
/// now and then far too small, and then the rest looks as if it were all, and known. Of 50 cells up to one comparison
/// in eight then alarms instead of one in a hundred; the tests simulate it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AcrossSessions {
    pub estimate: f64,
    /// Standard errors with their degrees of freedom, of groups of estimates.
    errors: Vec<(f64, f64)>,
    /// Standard deviation of what the session adds.
    session: f64,
}

impl AcrossSessions {
    /// Σ weight · mean.
    pub(crate) fn new(parts: &[(f64, Estimated)], session: f64) -> Self {
        let variances = parts.iter().map(|(weight, part)| ((weight * part.error).powi(2), part.df));
        let mut variances: Vec<(f64, f64)> = variances.filter(|(variance, _)| *variance > 0.0).collect();
        variances.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut errors = Vec::new();
        while let Some((_, fewest)) = variances.first().copied() {
            let alike = variances.partition_point(|(_, df)| *df <= ALIKE * fewest).max(1);
            let group = variances.drain(..alike);
            let (total, below) = group.fold((0.0, 0.0), |(total, below), (variance, df)| {
                (total + variance, below + variance.powi(2) / df)
            });
            errors.push((total.sqrt(), if below > 0.0 { total.powi(2) / below } else { f64::INFINITY }));
        }
        Self { estimate: parts.iter().map(|(weight, part)| weight * part.mean).sum(), errors, session }
    }

    /// Returns half the width of the two-sided interval that misses the truth with this chance: the smallest difference that is shown at it.
    pub(crate) fn half_width(&self, level: f64) -> f64 {
        let known = t_quantile(level / 2.0, f64::INFINITY) * self.session;
        self.errors.iter().fold(known, |half, (error, df)| half.hypot(t_quantile(level / 2.0, *df) * error))
    }

    /// Returns the 95 % interval of the ratio whose log this is.
    pub(crate) fn ratio_ci95(&self) -> [f64; 2] {
        let half = self.half_width(0.05);
        [(self.estimate - half).exp(), (self.estimate + half).exp()]
    }

    /// Two-sided p of "it is 0".
    pub(crate) fn p(&self) -> f64 {
        let found = self.estimate.abs();
        if found.is_nan() || found <= self.half_width(OF_INTEREST) {
            return 1.0;
        }
        let (mut low, mut high) = (SMALLEST.ln(), OF_INTEREST.ln());
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if found > self.half_width(middle.exp()) { high = middle } else { low = middle }
        }
        high.exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;

    const SESSION: f64 = 0.04;

    /// `n` values with this spread and nothing behind them.
    fn noise(random: &mut Random, n: usize, spread: f64) -> Estimated {
        let values: Vec<f64> = (0..n).map(|_| spread * random.normal()).collect();
        Estimated::of(&values).unwrap()
    }

    /// Share of comparisons of 50 unchanged cells in which any is called changed at 1 %. The sides have so many pairs of
    /// each cell, and one reference each of `reference` pairs that all cells share.
    fn alarms(sides: [usize; 2], reference: usize, spread: f64) -> f64 {
        let (runs, cells, level) = (1000, 50, 0.01);
        let mut random = Random::new((sides[0] * 100 + reference) as u64);
        let normal = t_quantile(level / f64::from(cells) / 2.0, f64::INFINITY);
        let alarmed = (0..runs)
            .filter(|_| {
                let shared = [1.0, -1.0].map(|sign| (sign, noise(&mut random, reference, spread)));
                // Holm's first step decides whether there is any alarm.
                (0..cells).any(|_| {
                    let own = sides.map(|pairs| noise(&mut random, pairs, spread));
                    let day = Estimated::exact(SESSION * random.normal());
                    let parts = [(1.0, own[0]), (-1.0, own[1]), shared[0], shared[1], (1.0, day)];
                    let found = AcrossSessions::new(&parts, SESSION);
                    // No quantile is smaller: most need no closer look.
                    let least = found.errors.iter().fold(SESSION, |all, (error, _)| all.hypot(*error));
                    found.estimate.abs() > normal * least
                        && found.estimate.abs() > found.half_width(level / f64::from(cells))
                })
            })
            .count();
        alarmed as f64 / f64::from(runs)
    }

    #[test]
    fn of_fifty_unchanged_cells_one_comparison_in_a_hundred_alarms_however_few_the_pairs() {
        for (sides, reference) in
            [([3, 3], 3), ([4, 4], 4), ([6, 6], 6), ([3, 3], 30), ([3, 30], 30), ([3, 6], 12), ([4, 7], 5)]
        {
            for spread in [0.03, 0.1, 0.2] {
                let rate = alarms(sides, reference, spread);
                // 1000 comparisons at exactly 1 % stay at or below this 998 times in 1000.
                assert!(
                    rate <= 0.02,
                    "{sides:?} pairs, {reference} of the reference, spread {spread}: {rate}"
                );
            }
        }
    }

    #[test]
    fn without_pairs_it_is_the_session_alone() {
        let found = AcrossSessions::new(&[(1.0, Estimated::exact(0.1))], SESSION);
        assert!((found.half_width(0.05) - 1.96 * SESSION).abs() < 1e-4);
        assert!((found.p() - 0.01242).abs() < 1e-4, "{}", found.p());
        assert_eq!(AcrossSessions::new(&[(1.0, Estimated::exact(f64::NAN))], SESSION).p(), 1.0);
        assert_eq!(AcrossSessions::new(&[], SESSION).p(), 1.0);
    }

    #[test]
    fn p_and_interval_agree() {
        let parts = [(1.0, Estimated { mean: 0.4, error: 0.05, df: 5.0 })];
        let found = AcrossSessions::new(&parts, SESSION);
        assert!((found.half_width(found.p()) - 0.4).abs() < 1e-6, "{}", found.p());
    }
}
