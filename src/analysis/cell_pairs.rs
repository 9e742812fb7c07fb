//! Any two cells of a workload against each other, from the best evidence there is.

use std::collections::BTreeMap;

use crate::pairing::{Pair, PairRole};
use crate::stats::{Interval, log_ratio_interval, settled};

use super::CellResult;
use super::ratio;

/// Block and log ratio, in order of blocks.
pub(super) type BlockValues = Vec<(u64, f64)>;

/// Every pair's value, by what it says something about.
#[derive(Debug, Default)]
pub(super) struct CellPairs {
    /// For each cell, over the baseline's plain loop and over its own interpreter's.
    pub over_base: Vec<BlockValues>,
    pub over_own: Vec<BlockValues>,
    /// How far each of these pairs may be off, as in [`Pair`].
    pub waiting_base: Vec<Vec<f64>>,
    pub waiting_own: Vec<Vec<f64>>,
    /// Log ratios of CPU time over the two: above 0 the cell burns more.
    pub cpu_over_base: Vec<BlockValues>,
    pub cpu_over_own: Vec<BlockValues>,
    /// What `over_base` is over: the baseline that was measured, whatever is asked for now.
    pub measured_base: Vec<Option<usize>>,
    /// By plain loop and number of processes.
    pub capacity: BTreeMap<(usize, u32), BlockValues>,
    /// By plain loop, over the fixed reference.
    pub references: BTreeMap<usize, BlockValues>,
    /// By cell, over its own base side.
    pub against: BTreeMap<usize, BlockValues>,
}

/// Where a comparison comes from, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ComparisonSource {
    /// They were alive in the same blocks.
    SameBlocks,
    /// Each was compared with the baseline, in different blocks.
    TwoSpeedups,
}

/// How many times as fast the one is as the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    pub ratio: f64,
    pub ci95: [f64; 2],
    pub settled: bool,
    pub pairs: usize,
    pub source: ComparisonSource,
}

impl CellPairs {
    /// For cells with these baselines.
    pub(super) fn new(measured_base: Vec<Option<usize>>) -> Self {
        let none = || vec![BlockValues::new(); measured_base.len()];
        let (over_base, over_own, cpu_over_base, cpu_over_own) = (none(), none(), none(), none());
        let (waiting_base, waiting_own) = (vec![vec![]; over_base.len()], vec![vec![]; over_own.len()]);
        Self {
            waiting_base,
            waiting_own,
            over_base,
            over_own,
            cpu_over_base,
            cpu_over_own,
            measured_base,
            ..Self::default()
        }
    }

    pub(super) fn take(&mut self, pair: &Pair) {
        let (cell, value) = (pair.cell, (pair.block, pair.value()));
        let cpu = pair.cpu_value().map(|cpu| (pair.block, cpu));
        match (pair.role, pair.other) {
            (PairRole::Base, _) => {
                self.over_base[cell].push(value);
                self.waiting_base[cell].push(pair.waiting);
                self.cpu_over_base[cell].extend(cpu);
            }
            (PairRole::Own, _) => {
                self.over_own[cell].push(value);
                self.waiting_own[cell].push(pair.waiting);
                self.cpu_over_own[cell].extend(cpu);
            }
            // What contenders are to each other is a matter of the answers.
            (PairRole::Contender, _) => {}
            (PairRole::Capacity { processes }, _) => {
                self.capacity.entry((cell, processes)).or_default().push(value);
            }
            (PairRole::Reference, _) => self.references.entry(cell).or_default().push(value),
            (PairRole::Against, _) => self.against.entry(cell).or_default().push(value),
        }
    }

    /// Brings all into the order of blocks, whatever the order in which they came.
    pub(super) fn sort(&mut self) {
        let by_cell =
            [&mut self.over_base, &mut self.over_own, &mut self.cpu_over_base, &mut self.cpu_over_own];
        let all = by_cell.into_iter().flatten();
        let all = all.chain(self.capacity.values_mut());
        let all = all.chain(self.references.values_mut()).chain(self.against.values_mut());
        all.for_each(|values| values.sort_unstable_by_key(|(block, _)| *block));
    }

    /// `None` where there is too little evidence for an interval.
    pub(super) fn compare(
        &self,
        cells: &[CellResult],
        one: usize,
        other: usize,
        precision: f64,
    ) -> Option<Comparison> {
        self.in_same_blocks(one, other, precision).or_else(|| two_speedups(cells, one, other, precision))
    }

    /// Both over the baseline in one block: the difference of their log ratios needs no more of it.
    fn in_same_blocks(&self, one: usize, other: usize, precision: f64) -> Option<Comparison> {
        let ours = common(&self.over_base[one], &self.over_base[other]);
        from_logs(&ours, precision, ComparisonSource::SameBlocks)
    }
}

/// The differences in the blocks that both have.
pub(super) fn common(ours: &[(u64, f64)], theirs: &[(u64, f64)]) -> Vec<f64> {
    let partner = |block: &u64| {
        let index = theirs.binary_search_by_key(block, |(id, _)| *id).ok()?;
        Some(theirs[index].1)
    };
    ours.iter().filter_map(|(block, value)| Some(value - partner(block)?)).collect()
}

fn from_logs(logs: &[f64], precision: f64, source: ComparisonSource) -> Option<Comparison> {
    Some(Comparison::new(log_ratio_interval(logs)?, logs.len(), precision, source))
}

impl Comparison {
    fn new(log: Interval, pairs: usize, precision: f64, source: ComparisonSource) -> Self {
        let settled = settled(&log, precision, pairs);
        Self { ratio: log.estimate.exp(), ci95: ratio::ends(log), settled, pairs, source }
    }
}

/// The two half-widths add in quadrature. The baseline that both share makes the errors go the same
/// way, if anything, so the interval is rather too wide than too narrow.
fn two_speedups(cells: &[CellResult], one: usize, other: usize, precision: f64) -> Option<Comparison> {
    let (one, other) = (cells[one].speedup.as_ref()?, cells[other].speedup.as_ref()?);
    let half = |ci95: [f64; 2]| (ci95[1] / ci95[0]).ln() / 2.0;
    let log = (one.ratio / other.ratio).ln();
    let width = half(one.ci95?).hypot(half(other.ci95?));
    // A baseline's own ratio is exact and rests on no pair: then the other's pairs are what counts.
    let pairs = match (one.pairs, other.pairs) {
        (0, pairs) | (pairs, 0) => pairs,
        (a, b) => a.min(b),
    };
    let source = if one.pairs == 0 || other.pairs == 0 {
        ComparisonSource::SameBlocks
    } else {
        ComparisonSource::TwoSpeedups
    };
    Some(Comparison::new(Interval::around(log, width)?, pairs as usize, precision, source))
}
