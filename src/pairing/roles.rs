//! What each cell is taken against.

use std::collections::HashMap;

use crate::cell::Cell;

/// The cells by identity, and each cell's two baselines.
#[derive(Debug)]
pub(crate) struct Roles {
    /// Name of the baseline interpreter.
    pub baseline: String,
    index: HashMap<Cell, usize>,
    /// For each cell, the baseline interpreter's plain loop of the same workload.
    pub base: Vec<Option<usize>>,
    /// For each cell, its own interpreter's plain loop of the same workload, in the plain environment whatever the
    /// cell's own environment is: a variant's effect stays visible.
    pub own: Vec<Option<usize>>,
    /// For each cell, the log of how many times the work of one worker a pass of it does: 0 but for weak
    /// scaling. Ratios are of work in a time, so that a pass with twice the work in the same time is twice as fast.
    pub work: Vec<f64>,
}

impl Roles {
    /// Gives each of `cells` its roles, with this interpreter as baseline; `weak` says of which workloads the tasks
    /// grow with the workers.
    pub(crate) fn new<'a>(
        cells: impl Iterator<Item = &'a Cell> + Clone,
        baseline: &str,
        weak: impl Fn(&str) -> bool,
    ) -> Self {
        let index: HashMap<Cell, usize> = cells.clone().cloned().zip(0..).collect();
        let single = |interpreter: &str, workload: &str| {
            Cell::bases(interpreter, workload).iter().find_map(|cell| index.get(cell).copied())
        };
        let work = |cell: &Cell| if weak(&cell.workload) { f64::from(cell.workers.max(1)).ln() } else { 0.0 };
        Self {
            baseline: baseline.to_owned(),
            base: cells.clone().map(|cell| single(baseline, &cell.workload)).collect(),
            own: cells.clone().map(|cell| single(&cell.interpreter, &cell.workload)).collect(),
            work: cells.map(work).collect(),
            index,
        }
    }

    /// Returns the index of a cell.
    pub(crate) fn find(&self, cell: &Cell) -> Option<usize> {
        self.index.get(cell).copied()
    }
}
