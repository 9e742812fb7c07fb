//! Whether two sides differ at all, at a level that a nightly job can live with.

use super::combine::Estimated;
use super::interval::Interval;
use super::student::{t_critical, upper_tail};

/// Chance of calling identical code different, for one comparison that the stopping rule has ended.
pub(crate) const LEVEL: f64 = 0.01;
/// What p must be below for that. Half of it, since stopping at the first narrow interval favours samples that
/// look steadier than they are: simulated, a p of 0.01 gives up to 1.8 % false alarms, one of 0.005 up to 1.0 %.
const NOMINAL: f64 = 0.005;

/// Two-sided p of "the mean log ratio is 0", Student's t over process pairs. `None` below 3 values.
pub(super) fn p_of_no_difference(values: &[f64]) -> Option<f64> {
    let found = Estimated::of(values)?;
    Some((2.0 * Estimated { mean: found.mean.abs(), ..found }.chance()).min(1.0))
}

/// Whether they are told apart at [`LEVEL`].
///
/// To find a change of `e` (as a log ratio) 95 times in 100, the 95 % interval must have shrunk to about
/// 0.39 e either way: ±1.15 % for 3 %. `benchmarks/false-alarms` has the simulated rates.
pub fn differs(values: &[f64]) -> bool {
    p_of_no_difference(values).is_some_and(|p| p < NOMINAL)
}

/// Tells whether a ratio differs, from the interval of so many pairs.
pub(crate) fn differs_by(interval: &Interval, pairs: usize) -> bool {
    let df = pairs.saturating_sub(1);
    let error = interval.half_width / t_critical(df);
    let t = interval.estimate.abs() / error;
    df >= 2 && t.is_finite() && 2.0 * upper_tail(t, df as f64) < NOMINAL
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::log_ratio_interval;

    #[test]
    fn an_interval_tells_the_same_as_its_values() {
        for shift in [0.0, 0.02, 0.04, 0.06] {
            let values = [0.01, -0.02, 0.03, 0.0, -0.01, 0.02].map(|value| value + shift);
            let interval = log_ratio_interval(&values).unwrap();
            assert_eq!(differs_by(&interval, values.len()), differs(&values), "{shift}");
        }
    }

    #[test]
    fn agrees_with_the_t_table() {
        // t = 5.598 and 4.604 are the two-sided 0.5 % and 1 % points for 4 degrees of freedom; here t = mean / (s/√5).
        let at = |centre: f64| [-2.0, -1.0, 0.0, 1.0, 2.0].map(|value| centre + value);
        let error = (2.5f64 / 5.0).sqrt();
        assert!((p_of_no_difference(&at(4.604 * error)).unwrap() - 0.01).abs() < 1e-4);
        assert!(differs(&at(5.7 * error)) && !differs(&at(-5.5 * error)) && differs(&at(-5.7 * error)));
        assert_eq!(p_of_no_difference(&[1.0, 2.0]), None);
        assert_eq!(p_of_no_difference(&[0.0; 4]), Some(1.0));
        assert!(differs(&[0.5; 4]));
    }
}
