//! What should wake somebody now, and not again every night from then on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::night::Night;
use super::types::{History, HistoryRun, LevelChange, Metric, Trend};
use crate::cell::Cell;
use crate::record::Outcome;
use crate::stats::change_point::FEWEST_BESIDE;

/// The alarms of `now` that weren't known `before`, the history without its last runs. By when a change is
/// found, not by where it lies: a night on another machine, or an outlier, can put off its finding for
/// longer than anybody asks about.
pub(crate) fn fresh_alarms<'a>(now: &'a History, before: &History) -> Vec<(&'a Trend, &'a LevelChange)> {
    let known: HashMap<_, &Trend> = before.trends.iter().map(|trend| (identity(trend), trend)).collect();
    let is_known = |trend: &Trend, change: &LevelChange| {
        known.get(&identity(trend)).is_some_and(|old| {
            old.changes.iter().filter(|old| old.alarms()).any(|old| same(trend, &now.runs, old, change))
        })
    };
    let mut fresh = now.alarms();
    fresh.retain(|(trend, change)| !is_known(trend, change));
    fresh
}

fn identity(trend: &Trend) -> (&Cell, Metric) {
    (&trend.cell, trend.metric)
}

/// A level has three runs at least: two changes that lie closer are one, which later runs have moved.
fn same(trend: &Trend, runs: &[HistoryRun], old: &LevelChange, change: &LevelChange) -> bool {
    let host = |run: usize| runs[run].host_of(&trend.cell.workload);
    let between = old.run.min(change.run)..old.run.max(change.run);
    let beside = |run: usize| between.contains(&run) && host(run) == host(change.run);
    host(old.run) == host(change.run)
        && trend.points.iter().filter(|point| !point.outlier && beside(point.run)).count() < FEWEST_BESIDE
}

/// What the newest run lacks, although one of the runs before it measured it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gone {
    Interpreter { name: String, reason: String },
    Cell { name: String, outcome: Option<Outcome> },
}

/// What one of the `recent` runs before the newest one measured and the newest didn't, of the cells that are
/// `wanted` by their names; interpreters first. A machine with another number of CPUs has other cells. Time that ran
/// out is weather until it did in `recent` runs on end.
pub(crate) fn gone(nights: &[Night], recent: usize, wanted: impl Fn(&str) -> bool) -> Vec<Gone> {
    let Some((newest, earlier)) = nights.split_last() else { return Vec::new() };
    let now: HashMap<_, Outcome> = newest.cells.iter().map(|cell| (&cell.cell, cell.outcome)).collect();
    let missing: HashMap<&str, &str> =
        newest.missing.iter().map(|it| (it.name.as_str(), it.reason.as_str())).collect();
    let mut interpreters: BTreeMap<&str, &str> = BTreeMap::new();
    let (mut cells, mut seen) = (Vec::new(), BTreeSet::new());
    // As many runs are without it as have come since it was measured.
    for (without, night) in (1..recent.saturating_mul(2).max(2)).zip(earlier.iter().rev()) {
        let alike = night.host.effective_cpus == newest.host.effective_cpus;
        for cell in night.cells.iter().filter(|cell| cell.outcome == Outcome::Completed) {
            let outcome = now.get(&cell.cell).copied();
            let out_of_time = matches!(outcome, Some(Outcome::NotReached | Outcome::Cancelled));
            let quiet = if out_of_time { without < recent } else { without > recent };
            let missing = missing.get_key_value(cell.cell.interpreter.as_str());
            if outcome == Some(Outcome::Completed) || !(alike || missing.is_some()) {
                continue;
            }
            if !seen.insert(&cell.cell) || quiet || !wanted(&cell.cell.to_string()) {
                continue;
            }
            match missing {
                Some((name, reason)) => drop(interpreters.insert(name, reason)),
                None => cells.push(Gone::Cell { name: cell.cell.to_string(), outcome }),
            }
        }
    }
    let interpreters = interpreters
        .into_iter()
        .map(|(name, reason)| Gone::Interpreter { name: name.to_owned(), reason: reason.to_owned() });
    interpreters.chain(cells).collect()
}
