//! What is here to run the matrix on, and what each interpreter of it can't do.

use std::collections::HashMap;

use super::{SkipKind, Skipped, unsupported};
use crate::cell::Cell;
use crate::harness::{Catalogue, WorkloadInfo};
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
    /// Why an interpreter can't import what a workload requires, one line; asked at most once for each
    /// pair.
    pub packages_missing: &'a dyn Fn(&Interpreter, &WorkloadInfo) -> Option<String>,
}

/// One interpreter of the matrix and what it can't do, found out once.
pub(super) struct InterpreterSupport<'a> {
    pub name: &'a str,
    /// Nothing runs on it.
    missing: Option<Skipped>,
    modes: HashMap<&'a str, Skipped>,
    environments: HashMap<&'a str, Skipped>,
    workloads: HashMap<&'a str, Skipped>,
    catalogue: &'a Catalogue,
}

impl<'a> InterpreterSupport<'a> {
    pub(super) fn new(
        name: &'a str,
        matrix: &'a Matrix,
        catalogue: &'a Catalogue,
        machine: &Machine<'_>,
    ) -> Self {
        match machine.interpreters.iter().find(|interpreter| interpreter.name == name) {
            Some(interpreter) => Self::found(name, interpreter, matrix, catalogue, machine),
            None => Self::missing(name, catalogue, machine),
        }
    }

    fn missing(name: &'a str, catalogue: &'a Catalogue, machine: &Machine<'_>) -> Self {
        let known = machine.missing.iter().find(|missing| missing.name == name);
        let reason = match known {
            Some(Missing { reason, hint: Some(hint), .. }) => format!("{reason}; {hint}"),
            Some(missing) => missing.reason.clone(),
            None => format!("`{name}` was not found"),
        };
        Self {
            name,
            missing: Some(Skipped { kind: SkipKind::InterpreterMissing, reason }),
            modes: HashMap::new(),
            environments: HashMap::new(),
            workloads: HashMap::new(),
            catalogue,
        }
    }

    fn found(
        name: &'a str,
        interpreter: &Interpreter,
        matrix: &'a Matrix,
        catalogue: &'a Catalogue,
        machine: &Machine<'_>,
    ) -> Self {
        let modes = catalogue.modes.iter();
        let variants = matrix.variants.iter();
        let workloads = matrix.workloads.iter().filter_map(|workload| catalogue.workload(&workload.name));
        let packages = |info: &WorkloadInfo| {
            let reason = (machine.packages_missing)(interpreter, info)?;
            Some(Skipped { kind: SkipKind::PackageMissing, reason })
        };
        Self {
            name,
            missing: None,
            modes: modes
                .filter_map(|mode| Some((mode.name.as_str(), unsupported::mode(interpreter, mode)?)))
                .collect(),
            environments: variants
                .filter_map(|it| Some((it.name.as_str(), unsupported::variant(interpreter, it)?)))
                .collect(),
            workloads: workloads.filter_map(|info| Some((info.name.as_str(), packages(info)?))).collect(),
            catalogue,
        }
    }

    /// Why the cell can't run here.
    pub(super) fn skips(&self, cell: &Cell) -> Option<Skipped> {
        let parts = [
            self.missing.as_ref(),
            self.modes.get(cell.mode.as_str()),
            self.environments.get(cell.environment.as_str()),
            self.workloads.get(cell.workload.as_str()),
        ];
        parts.into_iter().flatten().next().cloned().or_else(|| {
            unsupported::sharing(self.catalogue.mode(&cell.mode)?, self.catalogue.workload(&cell.workload)?)
        })
    }
}
