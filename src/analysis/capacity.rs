//! What the machine itself gives to several independent processes at once.

use crate::cell::Cell;
use crate::record::RunInfo;
use crate::stats;

use super::Capacity;
use super::cell_pairs::{BlockValues, CellPairs};
use super::ratio;

pub(super) fn results(run: &RunInfo, pairs: &CellPairs) -> Vec<Capacity> {
    let one = |((cell, workers), values): (&(usize, u32), &BlockValues)| {
        let logs = ratio::logs(values);
        Some(Capacity {
            cell: Cell { workers: *workers, ..run.plan.cells.get(*cell)?.cell.clone() },
            ratio: stats::mean(&logs)?.exp(),
            ci95: stats::log_ratio_interval(&logs).map(ratio::ends),
            blocks: logs.len() as u32,
        })
    };
    pairs.capacity.iter().filter_map(one).collect()
}
