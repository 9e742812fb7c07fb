//! What changed between two runs, one file for each way to show it.

mod badge;
mod github;
mod markdown;
mod terminal;

use crate::analysis::run_diff::{Change, ChangeKind, Changes, Ending};

pub(crate) use badge::{Badge, badge};
pub(super) use github::annotation;
pub(crate) use github::github;
pub(super) use markdown::{MARKER, MOST_COMMENT, MOST_SUMMARY, cut, table};
pub(crate) use markdown::{markdown, pr_comment, step_summary};
pub(crate) use terminal::terminal;

/// How loudly a change is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// It fails the gate.
    Fails,
    /// Nobody knows.
    Open,
    Told,
}

pub(super) fn weight(changes: &Changes, change: &Change) -> Weight {
    match change.kind {
        _ if changes.fails(change) => Weight::Fails,
        ChangeKind::Undecided => Weight::Open,
        _ => Weight::Told,
    }
}

/// Returns the weight of the whole: that of its loudest change.
pub(super) fn weight_of_all(changes: &Changes) -> Weight {
    let open = changes.changes.iter().any(|change| change.kind == ChangeKind::Undecided);
    match changes.ending() {
        Ending::Clean if open => Weight::Open,
        Ending::Clean => Weight::Told,
        _ => Weight::Fails,
    }
}

#[cfg(test)]
pub(super) fn sample(changes: Vec<Change>) -> Changes {
    Changes {
        base: "base".to_owned(),
        new: "new".to_owned(),
        compared: changes.len().max(1),
        changes,
        notes: Vec::new(),
        fail_on_undecided: false,
        allow_answers: false,
    }
}

#[cfg(test)]
pub(super) fn change(kind: ChangeKind, text: &str) -> Change {
    let cell = "3.13 fib single".to_owned();
    Change { kind, cell, effect: Some(1.05), ci95: None, p: None, limit: None, text: text.to_owned() }
}
