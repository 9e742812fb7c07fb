//! What the machine itself gives to several independent processes at once.

use std::collections::BTreeMap;

use crate::record::RunInfo;
use crate::stats;

use super::blocks::Block;
use super::results::Capacity;

/// Log ratios of capacity blocks by `single` cell and number of processes.
#[derive(Debug, Default)]
pub(super) struct Capacities(BTreeMap<(usize, u32), Vec<(u64, f64)>>);

impl Capacities {
    /// Σ over the processes of (its time alone / its time with all the others running): the work done
    /// together in the time that one alone takes for its own. A block with a lost member says nothing.
    pub fn take(&mut self, block: &Block) {
        let Some(first) = block.members.first() else { return };
        let processes = block.members.len() as u32;
        if block.lost > 0 || processes < 2 || block.members.iter().any(|member| member.cell != first.cell) {
            return;
        }
        let middle = |passes: &[(u32, u64)], wanted: u32| {
            let times: Vec<f64> =
                passes.iter().filter(|pass| pass.0 == wanted).map(|pass| pass.1 as f64).collect();
            stats::median(&times).filter(|time| *time > 0.0)
        };
        let all: Vec<(u32, u64)> =
            block.members.iter().flat_map(|member| member.concurrent.clone()).collect();
        let anyone_alone = middle(&all, 1);
        let shares: Option<Vec<f64>> = block
            .members
            .iter()
            .map(|member| {
                let alone = middle(&member.concurrent, 1).or(anyone_alone)?;
                Some(alone / middle(&member.concurrent, processes)?)
            })
            .collect();
        if let Some(shares) = shares {
            let ratio: f64 = shares.iter().sum();
            self.0.entry((first.cell, processes)).or_default().push((block.id, ratio.ln()));
        }
    }

    pub fn results(mut self, run: &RunInfo) -> Vec<Capacity> {
        let mut results = Vec::new();
        for ((cell, workers), values) in &mut self.0 {
            values.sort_unstable_by_key(|(block, _)| *block);
            let logs: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
            let (Some(planned), Some(ratio)) = (run.plan.cells.get(*cell), stats::mean(&logs)) else {
                continue;
            };
            results.push(Capacity {
                interpreter: planned.cell.interpreter.clone(),
                workload: planned.cell.workload.clone(),
                workers: *workers,
                ratio: ratio.exp(),
                ci95: stats::log_ratio_interval(&logs).map(|found| [found.low.exp(), found.high.exp()]),
                blocks: logs.len() as u32,
            });
        }
        results
    }
}
