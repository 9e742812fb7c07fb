//! From the matrix and what is here to every cell, each with the reason why it isn't run.

use std::collections::HashSet;

use super::selection::Selection;
use super::{Filters, Machine, Plan, PlanError, PlannedCell, SkipKind, Skipped, product, unsupported};
use crate::cell::{Cell, PLAIN};
use crate::harness::Catalogue;
use crate::matrix::{CellRule, Matrix};

/// Cells of a run, at most: it would take weeks to measure them.
const MOST_CELLS: usize = 100_000;

/// The product interpreters × workloads × modes × workers × variants in the matrix's order, then the
/// cells that only `[[include]]` adds. Modes with one worker and without processes don't multiply with
/// those axes. Nothing is dropped: what isn't run is skipped with its reason, of several the first of
/// excluded, filtered, interpreter, mode, environment, package, start method.
///
/// `quick` keeps the baseline and the free-threaded interpreters (all where there are none), the first
/// workload and one worker count, the largest that the CPUs can serve. Neither
/// it nor the filters ever take away what ratios need: the baseline interpreter's `single` of every
/// workload that is still measured, and the `single` of every interpreter that is still measured.
///
/// # Errors
/// When a filter matches nothing, a rule excludes the baseline, or there are too many cells.
pub fn expand(
    matrix: &Matrix,
    catalogue: &Catalogue,
    machine: &Machine<'_>,
    filters: &Filters,
    quick: bool,
) -> Result<Plan, PlanError> {
    let cells = size(matrix, catalogue);
    if cells > MOST_CELLS {
        return Err(PlanError::TooMany { cells, most: MOST_CELLS });
    }
    let selection = Selection::new(matrix, catalogue, machine, filters, quick)?;
    let planner = Planner { matrix, catalogue, machine, selection };
    let mut cells = Vec::new();
    for entry in &matrix.interpreters.entries {
        for workload in &matrix.workloads {
            for mode in matrix.modes.names.iter().filter_map(|name| catalogue.mode(name)) {
                for cell in product::cells(&entry.name, workload, mode, matrix) {
                    cells.push(planner.plan(cell)?);
                }
            }
        }
    }
    let mut seen = HashSet::new();
    for cell in matrix.include.iter().flat_map(|rule| product::included(rule, matrix, catalogue)) {
        if seen.insert(cell.clone()) {
            cells.push(planner.plan(cell)?);
        }
    }
    Ok(Plan { cells })
}

/// Returns how many cells the product of the axes has.
fn size(matrix: &Matrix, catalogue: &Catalogue) -> usize {
    let modes = matrix.modes.names.iter().filter_map(|name| catalogue.mode(name));
    let of_each = modes.map(|mode| product::size(mode, matrix)).fold(0, usize::saturating_add);
    of_each.saturating_mul(matrix.interpreters.entries.len()).saturating_mul(matrix.workloads.len())
}

struct Planner<'a> {
    matrix: &'a Matrix,
    catalogue: &'a Catalogue,
    machine: &'a Machine<'a>,
    selection: Selection<'a>,
}

impl Planner<'_> {
    fn plan(&self, cell: Cell) -> Result<PlannedCell, PlanError> {
        let skipped = match self.matrix.exclude.iter().find(|rule| rule.matches(&cell)) {
            Some(rule) => {
                self.spare_baseline(rule, &cell)?;
                Some(Skipped { kind: SkipKind::Excluded, reason: format!("excluded by the rule {rule}") })
            }
            None => {
                let filtered = self.selection.filters_out(&cell);
                filtered
                    .or_else(|| self.machine.skips(&cell, self.matrix, self.catalogue))
                    .or_else(|| self.without_blas(&cell))
            }
        };
        let threads = self.matrix.threads_by_worker(&cell.environment);
        let cpus = self.matrix.effective_cpus_of(&cell.environment, self.machine.effective_cpus);
        let oversubscribed = f64::from(cell.workers) * f64::from(threads) > cpus;
        Ok(PlannedCell { cell, skipped, oversubscribed })
    }

    /// A variant of BLAS threads for a workload of the catalogue, which says what it imports.
    fn without_blas(&self, cell: &Cell) -> Option<Skipped> {
        let workload = self.matrix.workloads.iter().find(|it| it.name == cell.workload)?;
        let info = self.catalogue.workload(workload.code()).filter(|_| workload.script.is_none())?;
        unsupported::blas(self.matrix.variant(&cell.environment)?, info)
    }

    /// A rule may drop a whole workload with its baseline, never the baseline alone.
    fn spare_baseline(&self, rule: &CellRule, cell: &Cell) -> Result<(), PlanError> {
        let baseline = cell.interpreter == self.matrix.interpreters.baseline
            && cell.is_of_base_mode()
            && cell.environment == PLAIN;
        if !baseline || rule.only_of_workload() {
            return Ok(());
        }
        Err(PlanError::BaselineExcluded {
            interpreter: cell.interpreter.clone(),
            workload: cell.workload.clone(),
            rule: rule.to_string(),
        })
    }
}
