//! Any two cells of a workload against each other, from the best evidence there is.

use std::collections::BTreeMap;

use crate::cell::Cell;
use crate::pairing::{Pair, PairRole};
use crate::record::RunInfo;
use crate::stats;

use super::{Capacity, ReferenceResult, Speedup, ratio};

/// What one pair of processes says: log ratios, above 0 where the cell is faster (of CPU time: burns more).
#[derive(Debug, Clone, Copy)]
pub(super) struct BlockValue {
    pub block: u64,
    pub log: f64,
    /// As in [`Pair`].
    pub waiting: f64,
}

/// In order of blocks.
pub(super) type BlockValues = Vec<BlockValue>;

/// Every pair's value, by what it says something about.
#[derive(Debug, Default)]
pub(super) struct CellPairs {
    /// For each cell, over the baseline's plain loop and over its own interpreter's.
    pub over_base: Vec<BlockValues>,
    pub over_own: Vec<BlockValues>,
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

impl CellPairs {
    /// For cells with these baselines.
    pub(super) fn new(measured_base: Vec<Option<usize>>) -> Self {
        let none = || vec![BlockValues::new(); measured_base.len()];
        let (over_base, over_own, cpu_over_base, cpu_over_own) = (none(), none(), none(), none());
        Self { over_base, over_own, cpu_over_base, cpu_over_own, measured_base, ..Self::default() }
    }

    pub(super) fn take(&mut self, pair: &Pair) {
        let (cell, block) = (pair.cell, pair.block);
        let value = BlockValue { block, log: pair.value(), waiting: pair.waiting };
        let cpu = pair.cpu_value().map(|log| BlockValue { block, log, waiting: 0.0 });
        match (pair.role, pair.other) {
            (PairRole::Base, _) => {
                self.over_base[cell].push(value);
                self.cpu_over_base[cell].extend(cpu);
            }
            (PairRole::Own, _) => {
                self.over_own[cell].push(value);
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
        all.for_each(|values| values.sort_unstable_by_key(|one| one.block));
    }

    /// What the machine itself gives to several independent processes at once.
    pub(super) fn capacities(&self, run: &RunInfo) -> Vec<Capacity> {
        let one = |((cell, workers), values): (&(usize, u32), &BlockValues)| {
            let logs = ratio::logs(values);
            Some(Capacity {
                cell: Cell { workers: *workers, ..run.plan.cells.get(*cell)?.cell.clone() },
                ratio: stats::mean(&logs)?.exp(),
                ci95: stats::log_ratio_interval(&logs).map(ratio::ends),
                blocks: logs.len() as u32,
            })
        };
        self.capacity.iter().filter_map(one).collect()
    }

    /// Each workload's baseline beside the fixed reference, in the matrix's order.
    pub(super) fn beside_reference(&self, run: &RunInfo) -> Vec<ReferenceResult> {
        let name = Cell::reference(&run.matrix.interpreters.baseline).to_string();
        let of = |workload: &String| {
            let of_workload = |(cell, _): &(&usize, _)| run.plan.cells[**cell].cell.workload == *workload;
            let (_, values) = self.references.iter().find(of_workload)?;
            let speedup = ratio::of_pairs(name.clone(), values, run.matrix.run.precision)?;
            Some(ReferenceResult { workload: workload.clone(), speedup })
        };
        run.matrix.workloads.iter().filter_map(|workload| of(&workload.name)).collect()
    }

    /// How many times as fast `one` is as `other`, which is called `name`: from the blocks that both were in (there the
    /// two share the measured baseline, which cancels), else from their two ratios over it, as two sides without
    /// partners (Welch).
    pub(super) fn between(&self, one: usize, other: usize, name: String, precision: f64) -> Option<Speedup> {
        let is_base = |cell: usize| self.measured_base[cell] == Some(cell);
        let (ours, theirs) = (&self.over_base[one], &self.over_base[other]);
        let direct = match (is_base(one), is_base(other)) {
            (true, _) => {
                theirs.iter().map(|it| BlockValue { log: -it.log, waiting: -it.waiting, ..*it }).collect()
            }
            (false, true) => ours.clone(),
            (false, false) => common(ours, theirs),
        };
        if direct.len() >= 3 || ours.is_empty() || theirs.is_empty() {
            return ratio::of_pairs(name, &direct, precision);
        }
        let reach = ratio::waiting(ours) - ratio::waiting(theirs);
        ratio::apart(name, [&ratio::logs(ours), &ratio::logs(theirs)], reach, precision)
    }
}

/// The differences in the blocks that both have. What several workers on both sides waited is the same other work.
fn common(ours: &[BlockValue], theirs: &[BlockValue]) -> BlockValues {
    let less = |one: &BlockValue| {
        let other = theirs[theirs.binary_search_by_key(&one.block, |it| it.block).ok()?];
        Some(BlockValue { log: one.log - other.log, waiting: one.waiting - other.waiting, ..*one })
    };
    ours.iter().filter_map(less).collect()
}
