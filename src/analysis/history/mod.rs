//! Every cell's trend over many runs: pure, from what their `results.json` say.
//!
//! Three series are followed. A cell's speedup over its baseline comes from lock-step blocks, so a slow
//! night cancels out: small changes can be found in it. The baseline's own cells have no such partner;
//! theirs is the time in units of the fixed reference that each run measures or, without it, after the
//! machine's ups and downs, which all workloads share, are taken out. And
//! the memory. Runs of unlike machines (CPU model, CPUs) are never compared; where an interpreter, a
//! workload, the tool or the baseline is known to have changed, a shift is named after that.

use std::collections::HashSet;

mod alarm;
mod events;
mod machine;
mod night;
mod trends;
mod types;

#[cfg(test)]
mod nights;
#[cfg(test)]
mod replay;

pub(crate) use alarm::{Gone, fresh_alarms, gone};
pub(crate) use night::Night;
pub(crate) use types::*;

/// What counts as a change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sensitivity {
    /// Chance that a history without any change shows one, over all its trends of one kind.
    pub alpha: f64,
    /// Smallest shift worth a word, as a fraction: of speedups; of times after the machine's share.
    pub speedup: f64,
    pub time: f64,
    pub memory: f64,
}

impl Sensitivity {
    fn least(&self, metric: Metric) -> f64 {
        match metric {
            Metric::Speedup => self.speedup,
            Metric::Time => self.time,
            Metric::Memory => self.memory,
        }
    }
}

impl Default for Sensitivity {
    fn default() -> Self {
        Self { alpha: 0.01, speedup: 0.02, time: 0.05, memory: 0.10 }
    }
}

/// Oldest first. A run that was copied is one run, however often it lies in the folder, and so are shards and the run
/// that was merged of them.
pub(crate) fn in_order(mut nights: Vec<Night>) -> Vec<Night> {
    let merged = nights.iter().flat_map(|night| &night.parts).map(|part| part.run_id.clone());
    let merged: HashSet<String> = merged.collect();
    nights.retain(|night| !night.parts.is_empty() || !merged.contains(&night.run_id));
    nights.sort_by(|a, b| (a.started_unix_ns, &a.run_id).cmp(&(b.started_unix_ns, &b.run_id)));
    nights.dedup_by(|a, b| (a.started_unix_ns, &a.run_id) == (b.started_unix_ns, &b.run_id));
    nights
}

/// The trends over `nights`, which are [`in_order`].
pub(crate) fn history(nights: &[Night], sensitivity: &Sensitivity) -> History {
    let runs: Vec<HistoryRun> = nights
        .iter()
        .map(|night| HistoryRun {
            run_id: night.run_id.clone(),
            started_unix_ns: night.started_unix_ns,
            host: events::host(&night.host),
            other_hosts: events::other_hosts(night),
            failed: night.cells.iter().filter(|cell| cell.outcome.is_failure()).count() as u32,
        })
        .collect();
    let events = events::events(nights, &runs);
    let trends = trends::trends(nights, &runs, &events, sensitivity);
    History { schema: HISTORY_SCHEMA.to_owned(), runs, events, trends }
}
