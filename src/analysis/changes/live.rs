//! What `run --against` found, as changes.

use super::{Change, ChangeKind, Changes, percent, run_name, with_interval};
use crate::analysis::{AgainstCell, CellResult, GateVerdict, Results};
use crate::record::{Outcome, UnmatchedKind};

/// `None` where the run was held against nothing.
pub fn of_gate(results: &Results) -> Option<Changes> {
    let gate = results.against.as_ref()?;
    let mut changes = Vec::new();
    for one in &gate.cells {
        let cell = &results.cells[one.cell];
        changes.extend(time(one, cell));
        changes.extend(memory(one, cell));
    }
    for one in &gate.unmatched {
        let kind = match one.kind {
            UnmatchedKind::Vanished => ChangeKind::Vanished,
            UnmatchedKind::InterpreterMissing => ChangeKind::InterpreterMissing,
            UnmatchedKind::Appeared => ChangeKind::Appeared,
        };
        changes.push(Change {
            kind,
            cell: one.cell.clone(),
            effect: None,
            ci95: None,
            p: None,
            limit: None,
            text: one.reason.clone(),
        });
    }
    let measured = |verdict: &GateVerdict| {
        !matches!(verdict, GateVerdict::NotReached | GateVerdict::NoBase | GateVerdict::Failed)
    };
    let compared = gate.cells.iter().filter(|one| measured(&one.verdict)).count();
    let commit = gate.commit.as_deref().and_then(|commit| commit.get(..12));
    let base = match commit {
        Some(commit) => format!("{} ({commit})", gate.request),
        None => gate.request.clone(),
    };
    let notes = vec!["base and new took turns on this machine, in this run".to_owned()];
    let fail_on_undecided = gate.fail_on_undecided;
    let new = run_name(results);
    Some(Changes { base, new, compared, changes, notes, fail_on_undecided }.sorted())
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
        GateVerdict::Undecided | GateVerdict::NotReached => ChangeKind::Undecided,
        GateVerdict::NoBase => ChangeKind::Recovered,
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
    Some(Change { kind, cell: cell.name(), effect, ci95: one.ci95, p, limit, text })
}

fn memory(one: &AgainstCell, cell: &CellResult) -> Option<Change> {
    let found = one.memory.as_ref()?;
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
    Some(Change { kind, cell: cell.name(), effect, ci95: found.ci95, p, limit, text })
}
