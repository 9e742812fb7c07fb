//! What would make one distrust a cell's own figures: values that wander, fall into groups or lie far out.
//! It is said, and nothing is taken out.

use crate::stats::{groups, mean, outliers, spearman_trend};

/// Chance of a false warning of each kind for one cell. For drift it is lower, since the run's own warning,
/// corrected for all cells, says the same of lesser drifts.
const GROUPS: f64 = 0.01;
const DRIFT: f64 = 0.001;
/// Groups nearer than this are of no interest (2 %).
const APART: f64 = 0.02;

/// `logs`: the cell's pair values over the baseline, in order of blocks. `times`: the median time of
/// each of its processes in ns, in order of launch.
pub(super) fn warnings(logs: &[f64], times: &[f64]) -> Vec<String> {
    let log_times: Vec<f64> = times.iter().map(|time| time.ln()).collect();
    let mut texts = Vec::new();
    if spearman_trend(logs).is_some_and(|trend| trend.p < DRIFT) {
        let (early, late) = logs.split_at(logs.len() / 2);
        let ratio = |part: &[f64]| mean(part).unwrap_or(0.0).exp();
        let (early, late) = (ratio(early), ratio(late));
        texts.push(format!(
            "its ratio drifts: {early:.2}× in the first half of the blocks, {late:.2}× in the second"
        ));
    }
    if let Some(found) = apart(logs) {
        let (low, high) = (found.low.exp(), found.high.exp());
        let (lower, upper) = (found.lower, found.upper);
        texts.push(format!(
            "its ratios fall into two groups: about {low:.2}× in {lower} blocks and {high:.2}× in {upper}; the mean describes neither"
        ));
    }
    if let Some(found) = apart(&log_times) {
        let ms = |log: f64| log.exp() / 1e6;
        let (low, high, lower, upper) = (ms(found.low), ms(found.high), found.lower, found.upper);
        texts.push(format!(
            "its processes fall into two groups: {lower} take about {low:.3} ms and {upper} about {high:.3} ms"
        ));
    }
    let far = outliers(&log_times).len();
    if far > 0 {
        let all = times.len();
        texts.push(format!("{far} of its {all} processes lie far from the rest; they count like any other"));
    }
    texts
}

fn apart(values: &[f64]) -> Option<crate::stats::Groups> {
    groups(values).filter(|found| found.p < GROUPS && found.high - found.low > APART)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;

    #[test]
    fn steady_cells_are_left_in_peace() {
        let mut random = Random::new(3);
        let noisy = (0..500)
            .filter(|_| {
                let logs: Vec<f64> = (0..20).map(|_| 0.05 * random.normal()).collect();
                let times: Vec<f64> = (0..20).map(|_| 1e7 * (0.05 * random.normal()).exp()).collect();
                warnings(&logs, &times).iter().any(|text| !text.contains("far from the rest"))
            })
            .count();
        assert!(noisy <= 5, "{noisy} of 500");
    }

    #[test]
    fn drift_groups_and_far_ones_are_said() {
        let mut random = Random::new(4);
        let mut all = |shape: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..24).map(|index| shape(index) + 0.01 * random.normal()).collect()
        };
        let steady = all(&|_| 0.0);
        let times = |logs: &[f64]| logs.iter().map(|log| 1e7 * log.exp()).collect::<Vec<_>>();
        let said = |logs: &[f64], times: &[f64], what: &str| {
            let texts = warnings(logs, times);
            assert!(texts.iter().any(|text| text.contains(what)), "{what}: {texts:?}");
        };
        said(&all(&|index| index as f64 * 0.01), &times(&steady), "drifts: 1.0");
        let two = all(&|index| if index % 2 == 0 { 0.0 } else { 0.2 });
        said(&two, &times(&steady), "two groups: about 1.0");
        said(&steady, &times(&two), "12 take about ");
        said(&steady, &times(&all(&|index| if index == 7 { 0.5 } else { 0.0 })), "1 of its 24 processes");
    }
}
