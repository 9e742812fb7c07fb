//! What is kept of a cell's invocations for its doubts.

use super::{Doubt, DoubtKind};
use crate::record::{Invocation, Noticed, Outcome, Value};

/// A few numbers of each of a cell's processes.
#[derive(Debug, Default)]
pub(super) struct CellFacts {
    /// CPU time over time of its counted passes together, where they took long enough to tell.
    pub cores: Vec<f64>,
    /// What the harness said in it, once a kind.
    pub noticed: Vec<Doubt>,
}

/// Passes that take less time together are too short for a process to say anything of.
const TOLD_NS: u64 = 1_000_000;

impl CellFacts {
    /// Takes one process of the cell; one that failed says nothing.
    pub(super) fn take(&mut self, invocation: &Invocation) {
        if invocation.outcome != Outcome::Completed {
            return;
        }
        let counted = invocation.values.iter().filter(|value| !value.warmup && value.concurrent == 1);
        let used = |value: &Value| Some((u128::from(value.cpu_ns?), u128::from(value.ns)));
        let sum = counted.filter_map(used).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        if sum.1 >= u128::from(TOLD_NS) {
            self.cores.push(sum.0 as f64 / sum.1 as f64);
        }
        for Noticed { kind, text } in &invocation.doubts {
            let kind = serde_json::from_value::<DoubtKind>(kind.as_str().into());
            if let Some(kind) = kind.ok().filter(|kind| self.noticed.iter().all(|known| known.kind != *kind))
            {
                self.noticed.push(Doubt { kind, text: text.clone() });
            }
        }
    }
}

/// A cell under suspicion, and what it is held against.
pub(super) struct Suspect<'a> {
    pub facts: &'a CellFacts,
}
