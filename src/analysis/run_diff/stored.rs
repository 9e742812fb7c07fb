//! Two stored runs, cell by cell.

use super::memory::{MemoryChange, Spread};
use super::time::Slowdown;
use super::{Change, ChangeKind, Changes, percent, with_interval};
use super::{memory, power, time};
use crate::analysis::{CellResult, Results};
use crate::matrix::Matrix;
use crate::record::Outcome;
use crate::stats::{AcrossSessions, holm};

/// Chance of any false alarm about time in one comparison, and of one about memory.
const LEVEL: f64 = 0.01;

/// Digits of a checksum that was made of `repr` (records/3 and before).
const OLDER_DIGITS: usize = 16;

/// What cells may lose.
#[derive(Debug)]
pub(crate) struct DiffLimits<'a> {
    pub max_slowdown: f64,
    pub max_memory: f64,
    /// What can't be compared fails, too.
    pub fail_on_undecided: bool,
    /// Other answers don't.
    pub allow_answers: bool,
    /// For its budgets.
    pub matrix: Option<&'a Matrix>,
}

/// Compares two stored runs cell by cell.
pub(crate) fn compare(base: &Results, new: &Results, limits: &DiffLimits<'_>) -> Changes {
    // Without it nothing cancels: the reference ran on another program.
    let same_reference = executable(base).is_some() && executable(base) == executable(new);
    let found = CellByCell::new(base, new, limits, same_reference);
    let CellByCell { mut changes, timed, weighed } = found;
    changes.extend(time_changes(&timed, limits));
    changes.extend(memory_changes(&weighed, limits));
    changes.extend(new.cells.iter().filter_map(|cell| beside_base(base, new, cell)));
    let mut notes = power::notes(&timed, |cell| budget(limits, cell).0, LEVEL, same_reference, &new.baseline);
    let bare = weighed.iter().filter(|(_, growth)| growth.log.is_none()).count();
    if bare > 0 {
        notes.push(format!(
            "of the peak memory of {bare} of {} cells there is no interval: a run kept too few peaks, or only the highest",
            weighed.len()
        ));
    }
    notes.push(
        "stored runs can tell large changes only; `run --against` measures both sides here and now"
            .to_owned(),
    );
    let compared = timed.len();
    let (fail_on_undecided, allow_answers) = (limits.fail_on_undecided, limits.allow_answers);
    let (base, new) = (base.run_id.clone(), new.run_id.clone());
    Changes { base, new, compared, changes, notes, fail_on_undecided, allow_answers }.sorted()
}

/// What two runs say of the cells that completed in the base.
#[derive(Default)]
struct CellByCell<'a> {
    changes: Vec<Change>,
    timed: Vec<(&'a CellResult, Slowdown)>,
    weighed: Vec<(&'a CellResult, MemoryChange)>,
}

impl<'a> CellByCell<'a> {
    fn new(base: &Results, new: &'a Results, limits: &DiffLimits<'_>, same_reference: bool) -> Self {
        let mut found = Self::default();
        let spreads = [base, new].map(Spread::of);
        for old in base.cells.iter().filter(|cell| cell.outcome == Outcome::Completed) {
            let Some(cell) = new.cells.iter().find(|cell| same(base, old, new, cell)) else {
                found.changes.push(vanished(base, old, new));
                continue;
            };
            if cell.outcome != Outcome::Completed {
                found.changes.push(lost(cell, new));
                continue;
            }
            found.proof(old, cell, limits);
            let growth = memory::growth((&spreads[0], old), (&spreads[1], cell));
            found.weighed.extend(growth.map(|growth| (cell, growth)));
            match time::slowdown((base, old), (new, cell), same_reference) {
                Some(slowdown) => found.timed.push((cell, slowdown)),
                None => found.changes.push(Change::plain(
                    ChangeKind::Undecided,
                    cell.to_string(),
                    "too few measurements on one side for an interval".to_owned(),
                )),
            }
        }
        found
    }

    /// Whether both ran with the same GIL and gave the same answer.
    fn proof(&mut self, old: &CellResult, cell: &CellResult, limits: &DiffLimits<'_>) {
        if old.gil.map(|gil| gil.enabled_after) != cell.gil.map(|gil| gil.enabled_after) {
            let state = |cell: &CellResult| match cell.gil {
                Some(gil) if gil.enabled_after => "on",
                Some(_) => "off",
                None => "unknown",
            };
            let text = format!("the GIL was {}, now it is {}", state(old), state(cell));
            self.changes.push(Change::plain(ChangeKind::Gil, cell.to_string(), text));
        }
        // One of a file from before answers were kept says nothing. Older versions had a digest of another kind.
        let older = |checksum: &str| checksum.len() == OLDER_DIGITS;
        if let (Some(before), Some(after)) = (&old.checksum, &cell.checksum)
            && older(before) == older(after)
            && before != after
        {
            self.changes.push(Change::other_answers(cell, before, after, limits.allow_answers));
        }
    }
}

/// Returns the times that changed by more than is allowed and beyond chance, corrected for the number of cells.
fn time_changes(timed: &[(&CellResult, Slowdown)], limits: &DiffLimits<'_>) -> Vec<Change> {
    let p: Vec<f64> = timed.iter().map(|(_, slowdown)| slowdown.log.p()).collect();
    let one = |((cell, Slowdown { log, .. }), p): (&(&CellResult, Slowdown), f64)| {
        let limit = budget(limits, cell).0;
        let (ratio, ci95) = (log.estimate.exp(), Some(log.ratio_ci95()));
        let kind = match ratio > 1.0 {
            _ if p >= LEVEL => return None,
            true if ratio > 1.0 + limit => ChangeKind::Slower,
            false if ratio < 1.0 / (1.0 + limit) => ChangeKind::Faster,
            _ => return None,
        };
        let text = format!("time {}, {} allowed", with_interval(ratio, ci95), percent(1.0 + limit));
        let (cell, effect) = (cell.to_string(), Some(ratio));
        Some(Change { kind, cell, effect, ci95, p: Some(p), limit: Some(limit), text })
    };
    timed.iter().zip(holm(&p)).filter_map(one).collect()
}

/// Returns the peaks that changed by more than is allowed.
fn memory_changes(weighed: &[(&CellResult, MemoryChange)], limits: &DiffLimits<'_>) -> Vec<Change> {
    let logs: Vec<f64> = weighed.iter().filter_map(|(_, growth)| Some(growth.log.as_ref()?.p())).collect();
    let mut p = holm(&logs).into_iter();
    let one = |(cell, growth): &(&CellResult, MemoryChange)| {
        let p = growth.log.as_ref().and_then(|_| p.next());
        memory_change(cell, growth, p, budget(limits, cell).1)
    };
    weighed.iter().filter_map(one).collect()
}

/// Returns what a cell is beside a base that didn't complete it; `None` where the base did, or where it was measured in
/// neither.
fn beside_base(base: &Results, new: &Results, cell: &CellResult) -> Option<Change> {
    let old = base.cells.iter().find(|old| same(base, old, new, cell));
    if old.is_some_and(|old| old.outcome == Outcome::Completed) {
        return None;
    }
    let failed_before = old.filter(|old| old.outcome.is_failure());
    let (completes, fails) = (cell.outcome == Outcome::Completed, cell.outcome.is_failure());
    let (kind, text) = match failed_before {
        Some(old) if completes => (ChangeKind::Recovered, format!("it failed in the base: {}", reason(old))),
        Some(_) if fails => {
            (ChangeKind::StillFails, format!("it failed in the base, too; now: {}", reason(cell)))
        }
        None if completes => (ChangeKind::Appeared, "the base doesn't have it".to_owned()),
        None if fails => {
            (ChangeKind::Outcome, format!("the base doesn't have it, and it fails: {}", reason(cell)))
        }
        _ => return None,
    };
    Some(Change::plain(kind, cell.to_string(), text))
}

fn reason(cell: &CellResult) -> &str {
    cell.reason.as_deref().unwrap_or("it gave no reason")
}

/// The program behind the baseline.
fn executable(results: &Results) -> Option<&str> {
    let found = results.interpreter(&results.baseline)?;
    Some(&found.facts.executable_sha256)
}

/// The whole identity, the workload's size included.
fn same(base: &Results, old: &CellResult, new: &Results, cell: &CellResult) -> bool {
    let size = |results: &Results, cell: &CellResult| {
        let info = results.workload(&cell.workload);
        info.map(|info| (info.tasks, info.args.clone()))
    };
    old.cell == cell.cell && size(base, old) == size(new, cell)
}

fn vanished(base: &Results, old: &CellResult, new: &Results) -> Change {
    let missing = new.missing.iter().find(|missing| missing.name == old.interpreter);
    match missing {
        Some(missing) => {
            Change::plain(ChangeKind::InterpreterMissing, old.to_string(), missing.reason.clone())
        }
        None => {
            let resized = new
                .cells
                .iter()
                .any(|cell| cell.to_string() == old.to_string() && !same(base, old, new, cell));
            let text =
                if resized { "the new run has it with another size" } else { "the new run doesn't have it" };
            Change::plain(ChangeKind::Vanished, old.to_string(), text.to_owned())
        }
    }
}

fn lost(cell: &CellResult, new: &Results) -> Change {
    let kind = match cell.outcome {
        Outcome::Skipped if new.missing.iter().any(|missing| missing.name == cell.interpreter) => {
            ChangeKind::InterpreterMissing
        }
        Outcome::Skipped | Outcome::NotReached | Outcome::Cancelled => ChangeKind::Vanished,
        Outcome::GilMismatch => ChangeKind::Gil,
        _ => ChangeKind::Outcome,
    };
    Change::plain(kind, cell.to_string(), reason(cell).to_owned())
}

fn budget(limits: &DiffLimits<'_>, cell: &CellResult) -> (f64, f64) {
    let (slowdown, memory) = limits.matrix.map(|matrix| matrix.budget(&cell.cell)).unwrap_or_default();
    (slowdown.unwrap_or(limits.max_slowdown), memory.unwrap_or(limits.max_memory))
}

/// What its peaks say. `p` is corrected; without an interval the peaks are taken at their word.
fn memory_change(cell: &CellResult, growth: &MemoryChange, p: Option<f64>, limit: f64) -> Option<Change> {
    let ratio = growth.ratio();
    let kind = match ratio {
        ratio if ratio > 1.0 + limit && p.is_some_and(|p| p >= LEVEL) => ChangeKind::Undecided,
        ratio if ratio > 1.0 + limit => ChangeKind::Heavier,
        ratio if ratio < 1.0 / (1.0 + limit) && p.is_none_or(|p| p < LEVEL) => ChangeKind::Lighter,
        _ => return None,
    };
    let ci95 = growth.log.as_ref().map(AcrossSessions::ratio_ci95);
    let mib = |bytes: f64| bytes / f64::from(1 << 20);
    let doubt = if kind == ChangeKind::Undecided { ": not beyond chance" } else { "" };
    let none = if ci95.is_none() { " (no interval)" } else { "" };
    let text = format!(
        "peak {} {:.1} → {:.1} MiB, {}{none}, {} allowed{doubt}",
        growth.what,
        mib(growth.before),
        mib(growth.after),
        with_interval(ratio, ci95),
        percent(1.0 + limit)
    );
    Some(Change {
        limit: Some(limit),
        effect: Some(ratio),
        ci95,
        p,
        ..Change::plain(kind, cell.to_string(), text)
    })
}
