//! What `run --against` found, as changes.

use super::{Change, ChangeKind, Changes, name, percent, run_name, with_interval};
use crate::analysis::{GateVerdict, Results};
use crate::record::UnmatchedKind;

/// `None` where the run was held against nothing.
pub fn of_gate(results: &Results) -> Option<Changes> {
    let gate = results.against.as_ref()?;
    let mut changes = Vec::new();
    for one in &gate.cells {
        let kind = match one.verdict {
            GateVerdict::Confirmed => ChangeKind::Slower,
            GateVerdict::Cleared => {
                // Said only where the interval leaves no doubt; nothing depends on it.
                if one.ci95.is_none_or(|[_, high]| high > 1.0 / (1.0 + one.max_slowdown)) {
                    continue;
                }
                ChangeKind::Faster
            }
            GateVerdict::Failed => ChangeKind::Outcome,
            GateVerdict::Undecided | GateVerdict::NotReached | GateVerdict::NoBase => ChangeKind::Undecided,
        };
        let effect = one.slowdown.map(|ratio| with_interval(ratio, one.ci95));
        let cell = name(&results.cells[one.cell]);
        let allowed = percent(1.0 + one.max_slowdown);
        let reason = one.reason.as_deref().map(|reason| format!("; {reason}")).unwrap_or_default();
        let text = match &effect {
            Some(effect) => format!(
                "time {effect} over its base, {allowed} allowed, {} fresh process pairs{reason}",
                one.pairs
            ),
            None => reason.trim_start_matches("; ").to_owned(),
        };
        changes.push(Change {
            kind,
            cell,
            effect: one.slowdown,
            ci95: one.ci95,
            p: Some(one.p),
            limit: Some(one.max_slowdown),
            text,
        });
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
    Some(Changes { base, new: run_name(results), compared, changes, notes }.sorted())
}
