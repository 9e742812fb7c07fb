//! Whether the workers are what was asked for.

use std::path::Path;

use super::{Session, clock};
use crate::record::{self, Asked, Outcome};

impl Session<'_> {
    /// Fails the invocation where a worker isn't what was asked for: checked as soon as there is something to check.
    pub(super) fn verify_gil(&mut self) {
        self.draft.gil = record::gil(&self.draft.workers);
        let Some(interpreter) = self.context.interpreter(&self.draft.cell, self.draft.side) else { return };
        let facts = &interpreter.facts;
        let asked = Asked { facts, gil: self.context.wants_gil(&self.draft.cell, interpreter) };
        // Behind a wrapper (chroot, container) paths don't compare.
        let wrapped = interpreter.command.len() > 1;
        let is_program = |path: &str| wrapped || same_file(Path::new(path), &facts.executable);
        if let Some((outcome, reason)) =
            record::objection(asked, self.draft.gil, &self.draft.workers, is_program)
        {
            let came_back = self.draft.gil.is_some_and(|gil| gil.enabled_before || gil.enabled_after);
            let environment = interpreter.environments.get(&self.draft.cell.workload);
            let reason = match environment.and_then(|it| it.gil_switched_on_by.as_deref()) {
                Some(module) if came_back => format!("{reason}: importing `{module}` switches it on"),
                _ => reason,
            };
            self.fail(outcome, reason);
        }
    }

    /// Fails the invocation where a worker left the CPUs that it was to be held to.
    pub(super) fn verify_cpus(&mut self) {
        let Some(asked) = &self.draft.cpus else { return };
        if let Some(reason) = record::strayed(asked, &self.draft.workers) {
            self.fail(Outcome::Failed, reason);
        }
    }

    /// Fails the invocation where its clock isn't the runner's.
    pub(super) fn verify_clock(&mut self) {
        if let Some(reason) = clock::objection(&self.exchanges) {
            self.fail(Outcome::ClockMismatch, reason);
        }
    }
}

fn same_file(left: &Path, right: &Path) -> bool {
    left == right
        || match (left.canonicalize(), right.canonicalize()) {
            (Ok(left), Ok(right)) => left == right,
            _ => false,
        }
}
