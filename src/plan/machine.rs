//! What is here to run the matrix on, and which cells can't run on it.

use super::{SkipKind, Skipped, unsupported};
use crate::cell::Cell;
use crate::harness::Catalogue;
use crate::interpreter::{Interpreter, Missing};
use crate::matrix::Matrix;

/// What is here to run the matrix on.
pub struct Machine<'a> {
    /// The interpreters that were found.
    pub interpreters: &'a [Interpreter],
    /// The requests that nothing here answers.
    pub missing: &'a [Missing],
    /// CPUs that this process may really use.
    pub effective_cpus: f64,
    /// Why an interpreter can't import what a cell's workload requires, one line.
    pub packages_missing: &'a dyn Fn(&Interpreter, &Cell) -> Option<String>,
}

impl Machine<'_> {
    /// Why the cell can't run here.
    pub(super) fn skips(&self, cell: &Cell, matrix: &Matrix, catalogue: &Catalogue) -> Option<Skipped> {
        let Some(interpreter) = self.interpreters.iter().find(|it| it.name == cell.interpreter) else {
            let known = self.missing.iter().find(|missing| missing.name == cell.interpreter);
            let unknown = || format!("`{}` was not found", cell.interpreter);
            let reason = known.map_or_else(unknown, |missing| missing.told("; "));
            return Some(Skipped { kind: SkipKind::InterpreterMissing, reason });
        };
        let (mode, workload) = (catalogue.mode(&cell.mode), catalogue.workload(&cell.workload));
        let variant = || unsupported::variant(interpreter, matrix.variant(&cell.environment)?);
        let package = || {
            let reason = (self.packages_missing)(interpreter, cell)?;
            Some(Skipped { kind: SkipKind::PackageMissing, reason })
        };
        mode.and_then(|mode| unsupported::mode(interpreter, mode))
            .or_else(variant)
            .or_else(package)
            .or_else(|| unsupported::sharing(mode?, workload?))
    }
}
