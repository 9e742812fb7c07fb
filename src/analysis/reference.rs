//! Each workload's baseline beside the fixed reference: what two stored runs have in common.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cell::{Cell, REFERENCE};
use crate::record::{Invocation, Outcome, RunInfo};
use crate::stats::pair_value;

use super::against::Sides;
use super::ratio;
use super::results::Speedup;

/// How fast a workload's `single` on the baseline interpreter is beside [`reference`]. The machine's speed on the day cancels in
/// it; what is left is the workload's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReferenceResult {
    pub workload: String,
    /// Time of the reference over that of the workload's `single`: falls when the workload gets slower.
    pub speedup: Speedup,
}

#[derive(Debug, Default)]
pub(super) struct References {
    /// Blocks with one side yet: the workload, and the counted passes of the reference and of the workload.
    open: BTreeMap<u64, (String, Sides)>,
    /// By workload and block.
    values: BTreeMap<String, BTreeMap<u64, f64>>,
}

impl References {
    pub fn take(&mut self, invocation: &Invocation, sound: bool) {
        let (Some(id), Outcome::Completed, true) = (invocation.block, invocation.outcome, sound) else {
            return;
        };
        let (workload, sides) = self.open.entry(id).or_default();
        let own = invocation.cell.workload != REFERENCE;
        if own {
            workload.clone_from(&invocation.cell.workload);
        }
        sides[usize::from(own)].get_or_insert_with(|| invocation.counted_passes());
        if let [Some(reference), Some(own)] = sides {
            let value = pair_value(reference, own).map(|value| (id, value));
            self.values.entry(std::mem::take(workload)).or_default().extend(value);
            self.open.remove(&id);
        }
    }

    pub fn results(self, run: &RunInfo) -> Vec<ReferenceResult> {
        let name = Cell::reference(&run.matrix.interpreters.baseline).to_string();
        let of = |workload: &String| {
            let logs: Vec<f64> = self.values.get(workload)?.values().copied().collect();
            let speedup = ratio::speedup(name.clone(), &logs, run.matrix.run.precision)?;
            Some(ReferenceResult { workload: workload.clone(), speedup })
        };
        run.matrix.workloads.iter().filter_map(|workload| of(&workload.name)).collect()
    }
}
