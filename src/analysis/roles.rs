//! What each cell is taken against.

use std::collections::{HashMap, HashSet};

use crate::cell::Cell;
use crate::record::RunInfo;

/// The cells of the plan by identity, and each cell's two baselines.
pub(super) struct Roles {
    pub baseline: String,
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
    /// With this interpreter as baseline.
    pub fn new(run: &RunInfo, baseline: &str) -> Self {
        let cells = || run.plan.cells.iter().map(|planned| &planned.cell);
        let index: HashMap<Cell, usize> = cells().cloned().zip(0..).collect();
        let singles: HashMap<(&str, &str), usize> = cells()
            .zip(0..)
            .filter(|(cell, _)| cell.is_single())
            .map(|(cell, place)| ((cell.interpreter.as_str(), cell.workload.as_str()), place))
            .collect();
        let single = |interpreter: &str, workload: &str| singles.get(&(interpreter, workload)).copied();
        let base = cells().map(|cell| single(baseline, &cell.workload)).collect();
        let own = cells().map(|cell| single(&cell.interpreter, &cell.workload)).collect();
        let weak: HashSet<&str> =
            (run.matrix.workloads.iter()).filter(|one| one.weak()).map(|one| one.name.as_str()).collect();
        let work = cells()
            .map(|cell| {
                if weak.contains(cell.workload.as_str()) { f64::from(cell.workers.max(1)).ln() } else { 0.0 }
            })
            .collect();
        Self { baseline: baseline.to_owned(), index, base, own, work }
    }

    pub fn find(&self, cell: &Cell) -> Option<usize> {
        self.index.get(cell).copied()
    }
}
