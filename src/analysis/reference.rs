//! Each workload's baseline beside the fixed reference: what two stored runs have in common.

use serde::{Deserialize, Serialize};

use crate::cell::Cell;
use crate::record::RunInfo;

use super::Speedup;
use super::cell_pairs::CellPairs;
use super::ratio;

/// How fast a workload's plain loop on the baseline interpreter is beside [`Cell::reference`]. The machine's speed on
/// the day cancels in it; what is left is the workload's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReferenceResult {
    pub workload: String,
    /// Time of the reference over that of the workload's `single`: falls when the workload gets slower.
    pub speedup: Speedup,
}

pub(super) fn results(run: &RunInfo, pairs: &CellPairs) -> Vec<ReferenceResult> {
    let name = Cell::reference(&run.matrix.interpreters.baseline).to_string();
    let of = |workload: &String| {
        let of_workload = |(cell, _): &(&usize, _)| run.plan.cells[**cell].cell.workload == *workload;
        let (_, values) = pairs.references.iter().find(of_workload)?;
        let speedup = ratio::of_pairs(name.clone(), values, run.matrix.run.precision)?;
        Some(ReferenceResult { workload: workload.clone(), speedup })
    };
    run.matrix.workloads.iter().filter_map(|workload| of(&workload.name)).collect()
}
