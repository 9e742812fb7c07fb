//! Speedups from pair values.

use crate::stats::{Estimated, Interval, log_ratio_interval, mean, settled};

use super::Speedup;

/// Without the blocks they come from.
pub(super) fn logs(values: &[(u64, f64)]) -> Vec<f64> {
    values.iter().map(|(_, value)| *value).collect()
}

/// Returns the ends of a ratio's interval from that of its log.
pub(super) fn ends(found: Interval) -> [f64; 2] {
    [found.low.exp(), found.high.exp()]
}

/// From log ratios, one per pair. With one or two pairs there is a ratio but no interval.
pub(super) fn speedup(baseline: String, logs: &[f64], precision: f64) -> Option<Speedup> {
    let ratio = mean(logs)?.exp();
    Some(with_interval(baseline, ratio, log_ratio_interval(logs), logs.len(), precision))
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
