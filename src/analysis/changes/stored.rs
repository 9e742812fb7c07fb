//! Two stored runs. They ran at different times, so what a machine gave on the day stands between them; it cancels
//! in what was measured in lock-step: each cell over its workload's baseline, and that baseline over the
//! fixed reference. The sum of the two logs is the cell's time in units of the reference.

use statrs::distribution::{ContinuousCDF, Normal};

use super::{Change, ChangeKind, Changes, percent, run_name, with_interval};
use crate::analysis::{CellResult, Estimate, Results, Speedup};
use crate::matrix::Matrix;
use crate::plan::{PLAIN, SINGLE};
use crate::record::Outcome;
use crate::stats::{holm, t_critical};

/// Standard deviation, between two sessions, of the log of a cell's time in units of the reference: what the lock-step
/// doesn't cancel.
const FLOOR: f64 = 0.04;
/// The same of a time as it is: measured 0.15 to 0.25 on a shared virtual machine, see docs/ci.md.
const ABSOLUTE_FLOOR: f64 = 0.25;
/// Chance of any false alarm about time in one comparison.
const LEVEL: f64 = 0.01;

/// What cells may lose.
#[derive(Debug)]
pub struct Limits<'a> {
    pub max_slowdown: f64,
    pub max_memory: f64,
    /// What can't be compared fails, too.
    pub fail_on_undecided: bool,
    /// For its budgets.
    pub matrix: Option<&'a Matrix>,
}

/// A log with its standard error.
#[derive(Clone, Copy)]
struct Log {
    value: f64,
    error: f64,
}

pub fn compare(base: &Results, new: &Results, limits: &Limits<'_>) -> Changes {
    let mut changes = Vec::new();
    let mut timed: Vec<(&CellResult, Log)> = Vec::new();
    let mut compared = 0;
    // Without it nothing cancels: the reference ran on another program.
    let same_reference = executable(base).is_some() && executable(base) == executable(new);
    for old in base.cells.iter().filter(|cell| cell.outcome == Outcome::Completed) {
        let Some(cell) = new.cells.iter().find(|cell| same(base, old, new, cell)) else {
            changes.push(vanished(base, old, new));
            continue;
        };
        if cell.outcome != Outcome::Completed {
            changes.push(lost(cell, new));
            continue;
        }
        if old.gil.map(|gil| gil.enabled_after) != cell.gil.map(|gil| gil.enabled_after) {
            let state = |cell: &CellResult| match cell.gil {
                Some(gil) if gil.enabled_after => "on",
                Some(_) => "off",
                None => "unknown",
            };
            let text = format!("the GIL was {}, now it is {}", state(old), state(cell));
            changes.push(plain(ChangeKind::Gil, cell.name(), text));
        }
        let (_, memory) = budget(limits, cell);
        changes.extend(memory_change(old, cell, memory));
        match log_slowdown(base, old, new, cell, same_reference) {
            Some(log) => {
                compared += 1;
                timed.push((cell, log));
            }
            None => changes.push(plain(
                ChangeKind::Undecided,
                cell.name(),
                "too few measurements on one side for an interval".to_owned(),
            )),
        }
    }
    let p: Vec<f64> = timed.iter().map(|(_, log)| two_sided(log)).collect();
    for ((cell, log), p) in timed.iter().zip(holm(&p)) {
        let limit = budget(limits, cell).0;
        let ratio = log.value.exp();
        let ci95 = Some([(log.value - 1.96 * log.error).exp(), (log.value + 1.96 * log.error).exp()]);
        let kind = match ratio > 1.0 {
            _ if p >= LEVEL => continue,
            true if ratio > 1.0 + limit => ChangeKind::Slower,
            false if ratio < 1.0 / (1.0 + limit) => ChangeKind::Faster,
            _ => continue,
        };
        let text = format!("time {}, {} allowed", with_interval(ratio, ci95), percent(1.0 + limit));
        let effect = Some(ratio);
        changes.push(Change { kind, cell: cell.name(), effect, ci95, p: Some(p), limit: Some(limit), text });
    }
    for cell in new.cells.iter().filter(|cell| cell.outcome == Outcome::Completed) {
        changes.extend(match base.cells.iter().find(|old| same(base, old, new, cell)) {
            Some(old) if old.outcome == Outcome::Completed => None,
            Some(old) if old.outcome.is_failure() => {
                let reason = old.reason.as_deref().unwrap_or("gave no reason");
                let text = format!("it failed in the base: {reason}");
                Some(plain(ChangeKind::Recovered, cell.name(), text))
            }
            _ => Some(plain(ChangeKind::Appeared, cell.name(), "the base doesn't have it".to_owned())),
        });
    }
    let mut notes = Vec::new();
    if !same_reference {
        notes.push(format!(
            "the baseline interpreter {} isn't the same program on both sides, so nothing that both runs have in common was measured: times are compared as they are, and only large changes can be told from the machine's",
            new.baseline
        ));
    }
    notes.push(
        "stored runs can tell large changes only; `run --against` measures both sides here and now"
            .to_owned(),
    );
    let fail_on_undecided = limits.fail_on_undecided;
    Changes { base: run_name(base), new: run_name(new), compared, changes, notes, fail_on_undecided }.sorted()
}

/// The program behind the baseline.
fn executable(results: &Results) -> Option<&str> {
    let found = results.interpreter(&results.baseline)?;
    Some(&found.facts.executable_sha256)
}

/// The whole identity, the workload's size included.
fn same(base: &Results, old: &CellResult, new: &Results, cell: &CellResult) -> bool {
    let key = |cell: &CellResult| {
        (
            cell.interpreter.clone(),
            cell.workload.clone(),
            cell.mode.clone(),
            cell.workers,
            cell.variant.clone(),
        )
    };
    let size = |results: &Results, cell: &CellResult| {
        let info = results.workload(&cell.workload);
        info.map(|info| (info.tasks, info.args.clone()))
    };
    key(old) == key(cell) && size(base, old) == size(new, cell)
}

fn vanished(base: &Results, old: &CellResult, new: &Results) -> Change {
    let missing = new.missing.iter().find(|missing| missing.name == old.interpreter);
    match missing {
        Some(missing) => plain(ChangeKind::InterpreterMissing, old.name(), missing.reason.clone()),
        None => {
            let resized =
                new.cells.iter().any(|cell| cell.name() == old.name() && !same(base, old, new, cell));
            let text =
                if resized { "the new run has it with another size" } else { "the new run doesn't have it" };
            plain(ChangeKind::Vanished, old.name(), text.to_owned())
        }
    }
}

fn lost(cell: &CellResult, new: &Results) -> Change {
    let reason = cell.reason.clone().unwrap_or_else(|| "it gave no reason".to_owned());
    let kind = match cell.outcome {
        Outcome::Skipped if new.missing.iter().any(|missing| missing.name == cell.interpreter) => {
            ChangeKind::InterpreterMissing
        }
        Outcome::Skipped | Outcome::NotReached | Outcome::Cancelled => ChangeKind::Vanished,
        Outcome::GilMismatch => ChangeKind::Gil,
        _ => ChangeKind::Outcome,
    };
    plain(kind, cell.name(), reason)
}

fn plain(kind: ChangeKind, cell: String, text: String) -> Change {
    Change { kind, cell, effect: None, ci95: None, p: None, limit: None, text }
}

fn budget(limits: &Limits<'_>, cell: &CellResult) -> (f64, f64) {
    let key = crate::plan::Cell {
        interpreter: cell.interpreter.clone(),
        workload: cell.workload.clone(),
        mode: cell.mode.clone(),
        workers: cell.workers,
        start_method: cell.start_method,
        environment: cell.environment.clone(),
    };
    let (slowdown, memory) = limits.matrix.map(|matrix| matrix.budget(&key)).unwrap_or_default();
    (slowdown.unwrap_or(limits.max_slowdown), memory.unwrap_or(limits.max_memory))
}

/// Peaks vary little: PSS where both have it, else RSS. A single process has nothing to share within its tree, and
/// its PSS falls with every stranger that runs the same interpreter meanwhile: of one it is the RSS.
fn memory_change(old: &CellResult, cell: &CellResult, limit: f64) -> Option<Change> {
    let (what, before, after) = match (old.peak_pss_bytes, cell.peak_pss_bytes) {
        (Some(before), Some(after)) if !(alone(old) && alone(cell)) => ("PSS", before, after),
        _ => ("RSS", old.peak_rss_bytes?, cell.peak_rss_bytes?),
    };
    let ratio = after as f64 / before.max(1) as f64;
    let kind = match ratio {
        ratio if ratio > 1.0 + limit => ChangeKind::Heavier,
        ratio if ratio < 1.0 / (1.0 + limit) => ChangeKind::Lighter,
        _ => return None,
    };
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let text = format!(
        "peak {what} {:.1} → {:.1} MiB, {}, {} allowed",
        mib(before),
        mib(after),
        with_interval(ratio, None),
        percent(1.0 + limit)
    );
    Some(Change { limit: Some(limit), effect: Some(ratio), ..plain(kind, cell.name(), text) })
}

/// No sample met a second process.
fn alone(cell: &CellResult) -> bool {
    !cell.timeline.is_empty() && cell.timeline.iter().all(|sample| sample.processes <= 1)
}

/// Log of new over base.
fn log_slowdown(
    base: &Results,
    old: &CellResult,
    new: &Results,
    cell: &CellResult,
    same_reference: bool,
) -> Option<Log> {
    if same_reference && let (Some(before), Some(after)) = (in_units(base, old), in_units(new, cell)) {
        let error = before.error.hypot(after.error).hypot(FLOOR);
        return Some(Log { value: after.value - before.value, error });
    }
    let (before, after) = (absolute(old.wall_ns.as_ref()?)?, absolute(cell.wall_ns.as_ref()?)?);
    let error = before.error.hypot(after.error).hypot(ABSOLUTE_FLOOR);
    Some(Log { value: after.value - before.value, error })
}

/// Log of the cell's time over the reference's, from the two lock-step ratios.
fn in_units(results: &Results, cell: &CellResult) -> Option<Log> {
    let reference = results.references.iter().find(|one| one.workload == cell.workload)?;
    // A matrix of nothing but baselines has no blocks of theirs.
    let baseline = cell.interpreter == results.baseline
        && (cell.mode.as_str(), cell.workers, cell.variant.as_str()) == (SINGLE, 1, PLAIN);
    let own = match &cell.speedup {
        None if baseline => Log { value: 0.0, error: 0.0 },
        speedup => log_of(speedup.as_ref()?)?,
    };
    let single = log_of(&reference.speedup)?;
    Some(Log { value: -own.value - single.value, error: own.error.hypot(single.error) })
}

fn log_of(speedup: &Speedup) -> Option<Log> {
    // The baseline over itself is exact.
    if speedup.pairs == 0 {
        return Some(Log { value: 0.0, error: 0.0 });
    }
    let [low, high] = speedup.ci95?;
    let error = (high / low).ln() / 2.0 / t_critical(speedup.pairs as usize - 1);
    Some(Log { value: speedup.ratio.ln(), error })
}

fn absolute(time: &Estimate) -> Option<Log> {
    let [low, high] = time.ci95?;
    let error = (high as f64 / low.max(1) as f64).ln() / 2.0 / 1.96;
    Some(Log { value: (time.median.max(1) as f64).ln(), error })
}

fn two_sided(log: &Log) -> f64 {
    Normal::new(0.0, 1.0).map_or(1.0, |normal| 2.0 * normal.sf((log.value / log.error).abs()))
}
