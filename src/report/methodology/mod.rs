//! How it was measured: the same facts for every format.

mod build;
mod command;
mod host;
mod processes;

pub(super) use build::build;
pub(super) use processes::{about, blas_threads, workload};

use crate::record::RunStatus;

use super::format;
use super::view::View;

/// Name of a fact about the run, and its value.
type Fact = (&'static str, String);

impl View<'_> {
    /// Every fact about the run and its machine.
    pub(crate) fn facts(&self) -> Vec<Fact> {
        let workloads: Vec<String> = self.workloads.iter().map(workload).collect();
        let mut facts = vec![
            ("run", self.run_id.clone()),
            ("command", command::line(&self.command)),
            ("seed", self.seed.to_string()),
            ("status", status(self.status).to_owned()),
            ("measured", self.when()),
            ("processes launched", self.counts.invocations.to_string()),
            ("settled at", format!("a 95 % interval of ±{} or less", format::percent(self.precision))),
            ("baseline", format!("{} in mode {}", self.baseline, self.base_mode())),
            ("workloads", workloads.join("; ")),
        ];
        facts.extend(self.machine_facts());
        facts.extend(self.process_facts());
        facts.extend(self.load_facts());
        facts.extend(self.capacity_facts());
        facts.push(("tool", format!("gilmatrix {}", self.tool_version)));
        facts
    }

    fn when(&self) -> String {
        let start = format::date(self.started_unix_ns);
        match self.elapsed_ns {
            Some(took) => format!("{start}, in {}", format::ns(took)),
            None => start,
        }
    }

    /// Said before the verdict where the run didn't come to its end.
    pub(crate) fn unfinished(&self) -> Option<&'static str> {
        match self.status {
            RunStatus::Completed => None,
            RunStatus::Running => Some("this run did not end: the runner stopped without closing it"),
            RunStatus::Interrupted => Some("this run was interrupted: what follows is what it had measured"),
            RunStatus::Failed => Some("this run failed: what follows is what it had measured"),
        }
    }

    /// What stands where the figures of interpreters that aren't here would have stood.
    pub(crate) fn missing_texts(&self) -> Vec<String> {
        let text = |missing: &crate::interpreter::Missing| {
            let hint = missing.hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}"));
            format!("{}: {}{hint}", missing.name, missing.reason)
        };
        self.missing.iter().map(text).collect()
    }
}

/// `not ended`, `completed`.
pub(super) fn status(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "not ended",
        RunStatus::Completed => "completed",
        RunStatus::Interrupted => "interrupted",
        RunStatus::Failed => "failed",
    }
}
