//! What it would take to settle a cell that the budget didn't.

use crate::stats::{MIN_PAIRS, log_ratio_interval, pairs_needed, settled, variance, variance_at_least};

/// A cell counts as out of reach where even the least variance that its pairs allow for asks for so many
/// times the pairs that it got; below, a somewhat larger budget does.
const FAR: u32 = 2;

/// `ratios`: the pair values over each of its baselines. `pair_ns`: what the processes of one more pair take.
pub(super) fn warning(ratios: [&[f64]; 2], precision: f64, pair_ns: Option<f64>) -> Option<String> {
    let worst = ratios.into_iter().filter_map(|logs| Some((needed(logs, precision)?, logs.len())));
    let (needed, pairs) = worst.max_by_key(|(needed, _)| *needed)?;
    let more = f64::from(needed) - pairs as f64;
    let time = pair_ns.map(|ns| format!(", {} more", time(more * ns))).unwrap_or_default();
    Some(format!(
        "not to be settled within such a budget: ±{:.1} % would need about {needed} process pairs{time}; it got {pairs}",
        precision * 100.0
    ))
}

/// Pairs in all, if they go on as they did; `None` where that isn't far away or can't be told.
fn needed(logs: &[f64], precision: f64) -> Option<u32> {
    let pairs = logs.len();
    let interval = log_ratio_interval(logs).filter(|_| pairs >= MIN_PAIRS)?;
    let found = variance(logs).filter(|_| !settled(&interval, precision, pairs))?;
    let least = pairs_needed(variance_at_least(found, pairs), precision);
    (least > FAR * pairs as u32).then(|| pairs_needed(found, precision))
}

fn time(ns: f64) -> String {
    match ns / 1e9 {
        seconds if seconds < 90.0 => format!("{seconds:.0} seconds"),
        seconds if seconds < 90.0 * 60.0 => format!("{:.0} minutes", seconds / 60.0),
        seconds => format!("{:.0} hours", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_far_away_says_how_far() {
        let noisy = [0.5, -0.5, 0.5, -0.5, 0.5, -0.5];
        let text = warning([&noisy, &[]], 0.05, Some(2e9)).unwrap();
        let pairs: f64 = pairs_needed(0.3, 0.05).into();
        assert!(
            text.contains(&format!("about {pairs} process pairs")) && text.ends_with("it got 6"),
            "{text}"
        );
        assert!(text.contains(&format!("{:.0} minutes more", (pairs - 6.0) * 2.0 / 60.0)), "{text}");
        let near = [0.06, -0.06, 0.05, -0.05, 0.06, -0.06];
        assert_eq!(warning([&near, &near], 0.05, None), None);
        assert_eq!(warning([&noisy[..4], &[]], 0.05, None), None, "too few to tell");
        assert_eq!([time(5e9), time(600e9), time(9e12)], ["5 seconds", "10 minutes", "2 hours"]);
    }
}
