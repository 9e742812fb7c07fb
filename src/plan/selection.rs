//! Which cells the command line keeps: the filters and `--quick`.

use std::collections::HashSet;

use super::filters::Passing;
use super::{Filters, Machine, PlanError, SkipKind, Skipped};
use crate::cell::{Cell, PLAIN};
use crate::harness::Catalogue;
use crate::matrix::Matrix;

pub(super) struct Selection<'a> {
    baseline: &'a str,
    interpreters: Passing<'a>,
    workloads: Passing<'a>,
    modes: Passing<'a>,
    /// Empty: any.
    workers: &'a [u32],
    one_worker: HashSet<&'a str>,
    quick: Option<Quick<'a>>,
}

/// What `--quick` keeps.
struct Quick<'a> {
    /// Beside the baseline; empty: all that pass.
    free_threaded: Vec<&'a str>,
    workload: &'a str,
    workers: Option<u32>,
}

impl<'a> Selection<'a> {
    pub(super) fn new(
        matrix: &'a Matrix,
        catalogue: &'a Catalogue,
        machine: &Machine<'a>,
        filters: &'a Filters,
        quick: bool,
    ) -> Result<Self, PlanError> {
        let interpreters = matrix.interpreters.entries.iter().map(|entry| entry.name.as_str());
        let workloads = matrix.workloads.iter().map(|workload| workload.name.as_str());
        let included = matrix.include.iter().filter_map(|rule| rule.mode.as_deref());
        let modes = matrix.modes.names.iter().map(String::as_str).chain(included);
        let one_worker = catalogue.modes.iter().filter(|mode| mode.kind.one_worker());
        let mut selection = Self {
            baseline: &matrix.interpreters.baseline,
            interpreters: Passing::new(
                "interpreter",
                interpreters,
                &filters.interpreters,
                &filters.not_interpreters,
            )?,
            workloads: Passing::new("workload", workloads, &filters.workloads, &filters.not_workloads)?,
            modes: Passing::new("mode", modes, &filters.modes, &filters.not_modes)
                .map_err(|error| not_in_the_matrix(error, catalogue))?,
            workers: &filters.workers,
            one_worker: one_worker.map(|mode| mode.name.as_str()).collect(),
            quick: None,
        };
        let counts = worker_counts(matrix, &filters.workers)?;
        if quick {
            let workload = selection.workloads.first();
            let workers = served(&counts, machine.effective_cpus);
            // Who names interpreters means them.
            let unnamed = machine.interpreters.iter().filter(|_| filters.interpreters.is_empty());
            let free_threaded = unnamed.filter(|found| found.facts.free_threaded());
            let free_threaded = free_threaded.map(|found| found.name.as_str()).collect();
            selection.quick = Some(Quick { free_threaded, workload, workers });
        }
        Ok(selection)
    }

    /// Why the cell isn't wanted. The baseline's `single`, and that of every interpreter that is kept,
    /// pass as long as their workload does.
    pub(super) fn filters_out(&self, cell: &Cell) -> Option<Skipped> {
        self.reason(cell).map(|reason| Skipped { kind: SkipKind::Filtered, reason })
    }

    fn reason(&self, cell: &Cell) -> Option<String> {
        let left_out = |kind: &str, name: &str| Some(format!("the filters leave out {kind} `{name}`"));
        if !self.workloads.passes(&cell.workload) {
            return left_out("workload", &cell.workload);
        }
        if let Some(quick) = self.quick.as_ref().filter(|quick| quick.workload != cell.workload) {
            return Some(format!("`--quick` measures one workload, `{}`", quick.workload));
        }
        if cell.is_of_base_mode() && cell.environment == PLAIN && cell.interpreter == self.baseline {
            return None;
        }
        if !self.interpreters.passes(&cell.interpreter) {
            return left_out("interpreter", &cell.interpreter);
        }
        if let Some(quick) = &self.quick
            && !quick.free_threaded.is_empty()
            && cell.interpreter != self.baseline
            && !quick.free_threaded.contains(&cell.interpreter.as_str())
        {
            return Some(format!("`--quick` measures `{}` and free-threaded builds", self.baseline));
        }
        if cell.is_of_base_mode() {
            return None;
        }
        if !self.modes.passes(&cell.mode) {
            return left_out("mode", &cell.mode);
        }
        if self.one_worker.contains(cell.mode.as_str()) {
            return None;
        }
        if !self.workers.is_empty() && !self.workers.contains(&cell.workers) {
            return Some(format!("the filters leave out {} workers", cell.workers));
        }
        let quick = self.quick.as_ref()?.workers.filter(|workers| *workers != cell.workers)?;
        Some(format!("`--quick` measures one number of workers, {quick}"))
    }
}

/// Says of a mode that exists how to have it measured.
fn not_in_the_matrix(mut error: PlanError, catalogue: &Catalogue) -> PlanError {
    if let PlanError::NoMatch { filter, hint, .. } = &mut error
        && catalogue.modes.iter().any(|mode| mode.name == *filter)
    {
        *hint = "; it is a mode, but the matrix doesn't measure it: add it to `use` in `[modes]`".to_owned();
    }
    error
}

/// The matrix's counts that pass; those of `[[include]]` where none of them does.
fn worker_counts(matrix: &Matrix, wanted: &[u32]) -> Result<Vec<u32>, PlanError> {
    let mut included: Vec<u32> = matrix.include.iter().filter_map(|rule| rule.workers).collect();
    included.retain(|count| !matrix.modes.workers.contains(count));
    let all = || matrix.modes.workers.iter().chain(&included);
    if let Some(stranger) = wanted.iter().find(|count| all().all(|known| known != *count)) {
        return Err(PlanError::NoMatch {
            kind: "number of workers",
            filter: stranger.to_string(),
            known: all().map(u32::to_string).collect(),
            hint: String::new(),
        });
    }
    let passes = |count: &&u32| wanted.is_empty() || wanted.contains(count);
    let counts: Vec<u32> = matrix.modes.workers.iter().filter(passes).copied().collect();
    match counts.is_empty() {
        true => Ok(included.iter().filter(passes).copied().collect()),
        false => Ok(counts),
    }
}

/// The largest count that the CPUs can serve, else the smallest.
fn served(counts: &[u32], effective_cpus: f64) -> Option<u32> {
    let fitting = counts.iter().filter(|count| f64::from(**count) <= effective_cpus);
    fitting.max().or_else(|| counts.iter().min()).copied()
}
