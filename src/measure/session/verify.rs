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
            self.fail(outcome, reason);
        }
    }

    /// Says what to do where the GIL came on, and which module did that: the interpreter printed it, or an import showed
    /// it before.
    pub(super) fn name_who_turned_the_gil_on(&mut self) {
        let came_on = self.draft.gil.is_some_and(|gil| gil.enabled_before || gil.enabled_after);
        let Some(interpreter) = self.context.interpreter(&self.draft.cell, self.draft.side) else { return };
        let wanted = self.context.wants_gil(&self.draft.cell, interpreter);
        if self.draft.outcome != Outcome::GilMismatch || wanted || !came_on {
            return;
        }
        let printed = self.draft.stderr_tail.split_once("has been enabled to load module '");
        let printed = printed.and_then(|(_, rest)| Some(rest.split_once('\'')?.0));
        let environment = interpreter.environment_of(&self.draft.cell);
        let known = environment.and_then(|it| it.gil_switched_on_by.as_deref());
        let reason = match printed.or(known) {
            Some(module) => {
                format!("importing `{module}` switches the GIL on, so threads take turns")
            }
            None => self.draft.reason.take().unwrap_or_default(),
        };
        self.draft.reason = Some(format!("{reason}; {}", record::STAYS_OFF));
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
