//! The interval of a figure that is no sum of what was measured: a fitted coefficient, an optimum.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::combine::Estimated;

/// Pairs of draws: each comes with its mirror image.
const PAIRS: usize = 600;
const SEED: u64 = 0x101_2008;

/// Returns 95 % intervals of `figures`, which makes `N` figures from the inputs; `None` where it gives none for
/// more than one draw in twenty. An end may be infinite where the figure may be.
///
/// Monte Carlo as in "Supplement 1 to the Guide to the expression of uncertainty in measurement"
/// (JCGM 101:2008): a mean of n values stands for a t distribution with n − 1 degrees of freedom
/// around it (6.4.9), and the interval lies between the 2.5 and 97.5 % quantiles of what comes out (7.7).
/// It takes constraints and strongly bent functions, which the linear delta method doesn't, and unlike
/// a bootstrap it isn't too narrow with the few pairs of a run. The inputs count as independent;
/// those that share a baseline err the same way, which makes a difference between them narrower than said
/// here, not wider.
///
/// The draws hang on an input's place and degrees of freedom alone: the same record gives the same bytes.
pub(crate) fn propagate<const N: usize>(
    inputs: &[Estimated],
    figures: impl Fn(&[f64]) -> Option<[f64; N]>,
) -> Option<[[f64; 2]; N]> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    // What is exact takes no draws, and no place.
    let mut away = |input: &Estimated| match input.error > 0.0 {
        true => students(&mut random, input).collect(),
        false => vec![0.0; PAIRS],
    };
    let away: Vec<Vec<f64>> = inputs.iter().map(&mut away).collect();
    let mut found: Vec<[f64; N]> = Vec::with_capacity(2 * PAIRS);
    let mut values = vec![0.0; inputs.len()];
    for pair in 0..PAIRS {
        for sign in [1.0, -1.0] {
            for ((value, input), away) in values.iter_mut().zip(inputs).zip(&away) {
                *value = input.mean + sign * away[pair];
            }
            found.extend(figures(&values).filter(|all| !all.iter().any(|figure| figure.is_nan())));
        }
    }
    if found.len() < PAIRS * 2 * 19 / 20 {
        return None;
    }
    let mut column = vec![0.0; found.len()];
    Some(std::array::from_fn(|place| {
        column.iter_mut().zip(&found).for_each(|(value, all)| *value = all[place]);
        let last = (column.len() - 1) as f64;
        [0.025, 0.975]
            .map(|share| *column.select_nth_unstable_by((last * share).round() as usize, f64::total_cmp).1)
    }))
}

/// How far each draw lies from its mean: Bailey, "Polar generation of random variates with
/// the t-distribution", Mathematics of Computation 62 (1994), radius and angle each drawn once from every
/// stratum (a Latin hypercube), so that few draws will do.
fn students(random: &mut ChaCha8Rng, input: &Estimated) -> impl Iterator<Item = f64> {
    let (radii, angles) = (stratified(random), stratified(random));
    let (df, error) = (input.df, input.error);
    let radius = move |w: f64| (df * (w.powf(-2.0 / df) - 1.0)).sqrt();
    let draw = move |(w, angle): (f64, f64)| error * radius(w) * (std::f64::consts::TAU * angle).cos();
    radii.into_iter().zip(angles).map(draw)
}

/// One number from each of [`PAIRS`] equal parts of 0 to 1, shuffled; never 0.
fn stratified(random: &mut ChaCha8Rng) -> Vec<f64> {
    let part = |place: usize| place as f64 + random.random::<f64>().max(f64::EPSILON);
    let mut all: Vec<f64> = (0..PAIRS).map(part).map(|value| value / PAIRS as f64).collect();
    all.shuffle(random);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;
    use crate::stats::t_critical;

    #[test]
    fn a_mean_gets_students_interval() {
        for df in [2, 5, 30] {
            let input = Estimated { mean: 1.0, error: 0.1, df: f64::from(df) };
            let [[low, high]] = propagate(&[input], |values| Some([values[0]])).unwrap();
            let expected = 0.1 * t_critical(df as usize);
            assert!((high - 1.0 - expected).abs() < 0.15 * expected, "{df}: {low} {high} {expected}");
            assert!((high + low - 2.0).abs() < 0.01, "mirrored");
        }
    }

    #[test]
    fn exact_inputs_have_no_width_and_figures_may_fail_or_be_endless() {
        let exact = Estimated::exact(2.0);
        assert_eq!(propagate(&[exact], |values| Some([values[0], f64::INFINITY])).unwrap()[0], [2.0, 2.0]);
        assert!(propagate(&[exact], |_| Some([f64::INFINITY])).unwrap()[0][1].is_infinite());
        assert_eq!(propagate::<1>(&[exact], |_| None), None);
        assert_eq!(propagate(&[exact], |_| Some([f64::NAN])), None);
    }

    /// A ratio of two means, each from 6 values.
    #[test]
    fn a_bent_figure_is_covered() {
        let mut random = Random::new(62);
        let runs = 300;
        let covered = (0..runs).filter(|_| {
            let mut mean = |truth: f64| {
                let values: Vec<f64> = (0..6).map(|_| truth + 0.2 * random.normal()).collect();
                Estimated::of(&values).unwrap()
            };
            let inputs = [mean(3.0), mean(1.0)];
            let [[low, high]] = propagate(&inputs, |values| Some([values[0] / values[1]])).unwrap();
            low <= 3.0 && 3.0 <= high
        });
        let share = covered.count() as f64 / f64::from(runs);
        assert!((0.92..=0.995).contains(&share), "{share}");
    }

    #[test]
    fn the_same_inputs_give_the_same_interval() {
        let input = |df: usize| Estimated { mean: 1.0, error: 0.1, df: df as f64 };
        let sum = |values: &[f64]| Some([values.iter().sum::<f64>()]);
        let inputs = [Estimated::exact(1.0), input(4), input(9)];
        assert_eq!(propagate(&inputs, sum), propagate(&inputs, sum));
        // What is exact takes no draws.
        let [[low, high]] = propagate(&inputs[1..], sum).unwrap();
        let [all] = propagate(&inputs, sum).unwrap();
        assert!((all[0] - low - 1.0).abs() < 1e-12 && (all[1] - high - 1.0).abs() < 1e-12);
    }
}
