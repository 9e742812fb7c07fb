//! What each cell is taken against.

use std::collections::HashMap;

use crate::plan::{Cell, PLAIN};
use crate::record::RunInfo;

pub(super) const SINGLE: &str = "single";

/// The cells of the plan by identity, and each cell's two baselines.
pub(super) struct Roles {
    index: HashMap<Cell, usize>,
    /// For each cell, the baseline interpreter's plain `single` of the same workload.
    pub base: Vec<Option<usize>>,
    /// For each cell, its own interpreter's `single` of the same workload, in the plain environment whatever the
    /// cell's own environment is: a variant's effect stays visible.
    pub own: Vec<Option<usize>>,
    /// For each cell, the log of how many times the work of one worker a pass of it does: 0 but for weak
    /// scaling. Ratios are of work in a time, so that a pass with twice the work in the same time is twice as fast.
    pub work: Vec<f64>,
}

impl Roles {
    pub fn new(run: &RunInfo) -> Self {
        let cells = || run.plan.cells.iter().map(|planned| &planned.cell);
        let index: HashMap<Cell, usize> = cells().cloned().zip(0..).collect();
        let single = |interpreter: &str, workload: &str| {
            let cell = Cell {
                interpreter: interpreter.to_owned(),
                workload: workload.to_owned(),
                mode: SINGLE.to_owned(),
                workers: 1,
                start_method: None,
                environment: PLAIN.to_owned(),
            };
            index.get(&cell).copied()
        };
        let baseline = &run.matrix.interpreters.baseline;
        let base = cells().map(|cell| single(baseline, &cell.workload)).collect();
        let own = cells().map(|cell| single(&cell.interpreter, &cell.workload)).collect();
        let weak = |name: &str| run.matrix.workloads.iter().any(|one| one.name == name && one.weak());
        let work = cells()
            .map(|cell| if weak(&cell.workload) { f64::from(cell.workers.max(1)).ln() } else { 0.0 })
            .collect();
        Self { index, base, own, work }
    }

    pub fn find(&self, cell: &Cell) -> Option<usize> {
        self.index.get(cell).copied()
    }
}
