//! Speedups from pair values.

use crate::stats::{Estimated, Interval, log_ratio_interval, mean, settled, unpaired_log_ratio_interval};

use super::Speedup;
use super::cell_pairs::BlockValue;

/// Without the blocks they come from.
pub(super) fn logs(values: &[BlockValue]) -> Vec<f64> {
    values.iter().map(|one| one.log).collect()
}

/// How far their mean may be off, since what several workers waited for a CPU isn't known; below 0: downwards.
pub(super) fn waiting(values: &[BlockValue]) -> f64 {
    mean(&values.iter().map(|one| one.waiting).collect::<Vec<_>>()).unwrap_or_default()
}

/// Returns the ends of a ratio's interval from that of its log.
pub(super) fn ends(found: Interval) -> [f64; 2] {
    [found.low.exp(), found.high.exp()]
}

/// From one value per pair. With one or two pairs there is a ratio but no interval.
pub(super) fn of_pairs(baseline: String, values: &[BlockValue], precision: f64) -> Option<Speedup> {
    let logs = logs(values);
    let interval = log_ratio_interval(&logs).map(|it| it.reaching(waiting(values)));
    Some(with_interval(baseline, mean(&logs)?.exp(), interval, logs.len(), precision))
}

/// From two sides without partners (Welch): the log ratio is the first's mean less the second's, and may be off by
/// `waiting`.
pub(super) fn apart(
    baseline: String,
    [one, other]: [&[f64]; 2],
    waiting: f64,
    precision: f64,
) -> Option<Speedup> {
    let ratio = (mean(one)? - mean(other)?).exp();
    let interval = unpaired_log_ratio_interval(one, other).map(|it| it.reaching(waiting));
    Some(with_interval(baseline, ratio, interval, one.len().min(other.len()), precision))
}

pub(super) fn with_interval(
    baseline: String,
    ratio: f64,
    interval: Option<Interval>,
    pairs: usize,
    precision: f64,
) -> Speedup {
    Speedup {
        baseline,
        ratio,
        ci95: interval.map(ends),
        settled: interval.is_some_and(|found| settled(&found, precision, pairs)),
        pairs: u32::try_from(pairs).unwrap_or(u32::MAX),
    }
}

impl Speedup {
    /// The log of the ratio, by its own interval, which knows how it was formed; a cell over itself is exact.
    pub(super) fn log(&self) -> Option<Estimated> {
        let mean = self.ratio.ln();
        if self.pairs == 0 {
            return Some(Estimated::exact(mean));
        }
        let [low, high] = self.ci95?;
        Some(Estimated::by_interval(mean, (high / low).ln() / 2.0, self.pairs as usize))
    }
}

/// A cell over itself: 1 by definition and not by measurement, hence no pair behind it and an interval without width.
pub(super) fn by_definition(baseline: String) -> Speedup {
    Speedup { baseline, ratio: 1.0, ci95: Some([1.0, 1.0]), settled: true, pairs: 0 }
}
