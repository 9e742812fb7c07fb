//! What the machine itself gives to several independent processes at once.

use std::collections::BTreeMap;

use crate::cell::Cell;
use crate::record::RunInfo;
use crate::stats;

use super::blocks::Block;
use super::ratio;
use super::results::Capacity;

/// Log ratios of capacity blocks by `single` cell and number of processes.
#[derive(Debug, Default)]
pub(super) struct Capacities(BTreeMap<(usize, u32), Vec<(u64, f64)>>);

impl Capacities {
    /// The median over sweeps is the block's value. A block with a lost member says nothing.
    pub fn take(&mut self, block: Block) {
        let Some(first) = block.members.first().map(|member| member.cell) else { return };
        if block.lost > 0 || block.members.iter().any(|member| member.cell != first) {
            return;
        }
        let members: Vec<_> = block.members.into_iter().map(|member| member.capacity).collect();
        if let Some(value) = stats::median(&stats::capacity_log_ratios(&members)) {
            self.0.entry((first, members.len() as u32)).or_default().push((block.id, value));
        }
    }

    pub fn results(mut self, run: &RunInfo) -> Vec<Capacity> {
        let mut results = Vec::new();
        for ((cell, workers), values) in &mut self.0 {
            values.sort_unstable_by_key(|(block, _)| *block);
            let logs = ratio::logs(values);
            let (Some(planned), Some(ratio)) = (run.plan.cells.get(*cell), stats::mean(&logs)) else {
                continue;
            };
            results.push(Capacity {
                cell: Cell { workers: *workers, ..planned.cell.clone() },
                ratio: ratio.exp(),
                ci95: stats::log_ratio_interval(&logs).map(ratio::ends),
                blocks: logs.len() as u32,
            });
        }
        results
    }
}
