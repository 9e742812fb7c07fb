//! Which cells there are: the product of the axes, and what a rule adds to it.

use crate::cell::{Cell, ModeKind, PLAIN, StartMethod};
use crate::harness::{Catalogue, ModeInfo};
use crate::matrix::{CellRule, Matrix, Workload};

/// Every cell of one interpreter, workload and mode: workers, then start methods, then environments.
/// A mode with one worker doesn't multiply with the workers, one without processes not with the start
/// methods.
pub(super) fn cells(interpreter: &str, workload: &Workload, mode: &ModeInfo, matrix: &Matrix) -> Vec<Cell> {
    if !fits(workload, mode) {
        return Vec::new();
    }
    let axes = Axes::of(mode, &matrix.modes.workers, &matrix.modes.start_methods);
    axes.cells(interpreter, &workload.name, &mode.name, &environments(matrix))
}

/// Returns how many cells [`cells`] gives, without making them.
pub(super) fn size(mode: &ModeInfo, matrix: &Matrix) -> usize {
    let axes = Axes::of(mode, &matrix.modes.workers, &matrix.modes.start_methods);
    axes.size().saturating_mul(environments(matrix).len())
}

/// The cells of an `[[include]]` rule that the product doesn't have. A key that it doesn't give stands
/// for everything that the matrix has on that axis.
pub(super) fn included(rule: &CellRule, matrix: &Matrix, catalogue: &Catalogue) -> Vec<Cell> {
    let counts = rule.workers.map_or_else(|| matrix.modes.workers.clone(), |count| vec![count]);
    let methods = rule.start_method.map_or_else(|| matrix.modes.start_methods.clone(), |method| vec![method]);
    let names = rule.mode.as_ref().map_or_else(|| matrix.modes.names.clone(), |name| vec![name.clone()]);
    let environments = environments(matrix);
    let mut cells = Vec::new();
    for entry in &matrix.interpreters.entries {
        for workload in &matrix.workloads {
            let modes = names.iter().filter_map(|name| catalogue.mode(name));
            for mode in modes.filter(|mode| fits(workload, mode)) {
                let axes = Axes::of(mode, &counts, &methods);
                let all = axes.cells(&entry.name, &workload.name, &mode.name, &environments);
                let beyond = |cell: &Cell| rule.matches(cell) && !in_product(cell, mode, matrix);
                cells.extend(all.into_iter().filter(beyond));
            }
        }
    }
    cells
}

/// Returns whether the mode is for such a workload: a command has a mode for itself.
fn fits(workload: &Workload, mode: &ModeInfo) -> bool {
    workload.command.is_some() == (mode.kind == ModeKind::Command)
}

fn environments(matrix: &Matrix) -> Vec<&str> {
    std::iter::once(PLAIN).chain(matrix.variants.iter().map(|variant| variant.name.as_str())).collect()
}

fn in_product(cell: &Cell, mode: &ModeInfo, matrix: &Matrix) -> bool {
    matrix.modes.names.contains(&cell.mode)
        && (mode.kind.one_worker() || matrix.modes.workers.contains(&cell.workers))
        && cell.start_method.is_none_or(|method| matrix.modes.start_methods.contains(&method))
}

/// What a mode multiplies with.
struct Axes {
    counts: Vec<u32>,
    methods: Vec<Option<StartMethod>>,
}

impl Axes {
    fn of(mode: &ModeInfo, counts: &[u32], methods: &[StartMethod]) -> Self {
        let counts = if mode.kind.one_worker() { vec![1] } else { counts.to_vec() };
        let methods = match mode.kind {
            ModeKind::Processes => methods.iter().copied().map(Some).collect(),
            _ => vec![None],
        };
        Self { counts, methods }
    }

    /// Workers times start methods.
    fn size(&self) -> usize {
        self.counts.len() * self.methods.len()
    }

    fn cells(&self, interpreter: &str, workload: &str, mode: &str, environments: &[&str]) -> Vec<Cell> {
        let mut cells = Vec::with_capacity(self.size() * environments.len());
        for &workers in &self.counts {
            for &start_method in &self.methods {
                cells.extend(environments.iter().map(|&environment| Cell {
                    interpreter: interpreter.to_owned(),
                    workload: workload.to_owned(),
                    mode: mode.to_owned(),
                    workers,
                    start_method,
                    environment: environment.to_owned(),
                }));
            }
        }
        cells
    }
}
