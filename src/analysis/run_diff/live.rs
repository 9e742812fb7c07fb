//! What `run --against` found, as changes.

use super::{Change, ChangeKind, Changes, percent, with_interval};
use crate::analysis::{AgainstCell, CellResult, GateVerdict, Results, UnmatchedCell};
use crate::record::{Outcome, UnmatchedKind};

const UNWEIGHED: &str = "peak memory was never weighed on both sides: the budget ended before its turn, or the processes before a sample";

/// `None` where the run was held against nothing.
pub(crate) fn of_gate(results: &Results) -> Option<Changes> {
    let gate = results.against.as_ref()?;
    let mut changes = Vec::new();
    for one in &gate.cells {
        let cell = &results.cells[one.cell];
        changes.extend(time(one, cell));
        changes.extend(memory(one, cell));
        changes.extend(answers(one, cell, gate.allow_answers));
    }
    changes.extend(gate.unmatched.iter().map(|one| unmatched(one, results)));
    let measured = |verdict: &GateVerdict| {
        !matches!(verdict, GateVerdict::NotReached | GateVerdict::NoBase | GateVerdict::Failed)
    };
    let compared = gate.cells.iter().filter(|one| measured(&one.verdict)).count();
    let commit = gate.commit.as_deref().and_then(|commit| commit.get(..12));
    let base = match commit {
        Some(commit) => format!("{} ({commit})", gate.request),
        None => gate.request.clone(),
    };
    let mut notes = vec!["base and new took turns on this machine, in this run".to_owned()];
    // What is cleared is no change; that its base is broken is worth knowing all the same.
    let cleared = gate.cells.iter().filter(|one| one.verdict == GateVerdict::Cleared);
    notes.extend(cleared.filter_map(|one| {
        let reason = one.reason.as_deref()?;
        Some(format!("{}: {reason}", *results.cells[one.cell]))
    }));
    let (fail_on_undecided, allow_answers) = (gate.fail_on_undecided, gate.allow_answers);
    let new = results.run_id.clone();
    Some(Changes { base, new, compared, changes, notes, fail_on_undecided, allow_answers }.sorted())
}

fn unmatched(one: &UnmatchedCell, results: &Results) -> Change {
    let own = || results.cells.iter().find(|cell| cell.to_string() == one.cell);
    let (kind, failed) = match one.kind {
        UnmatchedKind::Vanished => (ChangeKind::Vanished, None),
        UnmatchedKind::InterpreterMissing => (ChangeKind::InterpreterMissing, None),
        UnmatchedKind::Appeared => (ChangeKind::Appeared, own().filter(|cell| cell.outcome.is_failure())),
    };
    match failed {
        Some(cell) => {
            let why = cell.reason.as_deref().unwrap_or("no reason given");
            Change::plain(
                ChangeKind::Outcome,
                one.cell.clone(),
                format!("{}, and it fails: {why}", one.reason),
            )
        }
        None => Change::plain(kind, one.cell.clone(), one.reason.clone()),
    }
}

/// A wrong answer is not fast, whatever its time.
fn answers(one: &AgainstCell, cell: &CellResult, allowed: bool) -> Option<Change> {
    let [base, new] = one.other_answers.as_ref()?;
    Some(Change::other_answers(cell, base, new, allowed))
}

fn time(one: &AgainstCell, cell: &CellResult) -> Option<Change> {
    let kind = match one.verdict {
        GateVerdict::Confirmed => ChangeKind::Slower,
        GateVerdict::Cleared => {
            // Said only where the interval leaves no doubt; nothing depends on it.
            one.ci95.filter(|[_, high]| *high < 1.0 / (1.0 + one.max_slowdown))?;
            ChangeKind::Faster
        }
        GateVerdict::Failed if cell.outcome == Outcome::GilMismatch => ChangeKind::Gil,
        GateVerdict::Failed => ChangeKind::Outcome,
        GateVerdict::Undecided => ChangeKind::Undecided,
        // A base that never completes is no base: what the new side does beside it is not known.
        GateVerdict::NotReached | GateVerdict::NoBase => ChangeKind::NotMeasured,
    };
    let allowed = percent(1.0 + one.max_slowdown);
    let reason = one.reason.as_deref().map(|reason| format!("; {reason}")).unwrap_or_default();
    let text = match one.slowdown {
        Some(ratio) => format!(
            "time {} over its base, {allowed} allowed, {} fresh process pairs{reason}",
            with_interval(ratio, one.ci95),
            one.pairs
        ),
        None => reason.trim_start_matches("; ").to_owned(),
    };
    let (effect, p, limit) = (one.slowdown, Some(one.p), Some(one.max_slowdown));
    Some(Change { kind, cell: cell.to_string(), effect, ci95: one.ci95, p, limit, text })
}

fn memory(one: &AgainstCell, cell: &CellResult) -> Option<Change> {
    let Some(found) = &one.memory else {
        let timed =
            matches!(one.verdict, GateVerdict::Confirmed | GateVerdict::Cleared | GateVerdict::Undecided);
        return timed.then(|| Change::plain(ChangeKind::Undecided, cell.to_string(), UNWEIGHED.to_owned()));
    };
    let kind = match found.verdict {
        GateVerdict::Confirmed => ChangeKind::Heavier,
        GateVerdict::Undecided => ChangeKind::Undecided,
        GateVerdict::Cleared if found.growth < 1.0 / (1.0 + found.max_memory) => ChangeKind::Lighter,
        _ => return None,
    };
    let open = match kind {
        ChangeKind::Undecided => "; the budget ended before it was certain; give a larger `--budget`",
        _ => "",
    };
    let text = format!(
        "peak memory {} over its base, {} allowed, {} of solo invocations{open}",
        with_interval(found.growth, found.ci95),
        percent(1.0 + found.max_memory),
        if found.pairs == 1 { "1 pair".to_owned() } else { format!("{} pairs", found.pairs) },
    );
    let (effect, p, limit) = (Some(found.growth), Some(found.p), Some(found.max_memory));
    Some(Change { kind, cell: cell.to_string(), effect, ci95: found.ci95, p, limit, text })
}
