//! What changed between a base and a new run: one neutral list for every renderer. Pure.

mod comparable;
mod live;
mod memory;
mod power;
mod stored;
mod time;

use serde::Serialize;

use super::CellResult;

pub(crate) use comparable::unlike;
pub(crate) use live::of_gate;
pub(crate) use stored::{DiffLimits, compare};

/// How the command is to end, most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// An interpreter is missing.
    Missing,
    /// A cell vanished or failed, or nothing was compared.
    Failed,
    Regression,
    Clean,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeKind {
    InterpreterMissing,
    Vanished,
    /// It completed, or the base doesn't have it, and now it fails.
    Outcome,
    Gil,
    /// It gives another answer than the base.
    Answers,
    /// The gate never measured it beside its base.
    NotMeasured,
    Slower,
    Heavier,
    /// Not decided, or no comparison was possible.
    Undecided,
    Faster,
    Lighter,
    /// It failed in the base, and it fails now.
    StillFails,
    /// It failed, and now it completes.
    Recovered,
    Appeared,
}

impl ChangeKind {
    /// For people: `slower`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::InterpreterMissing => "interpreter missing",
            Self::Vanished => "vanished",
            Self::Outcome => "failed",
            Self::Gil => "GIL changed",
            Self::Answers => "other answers",
            Self::NotMeasured => "not measured",
            Self::Slower => "slower",
            Self::Heavier => "heavier",
            Self::Undecided => "undecided",
            Self::Faster => "faster",
            Self::Lighter => "lighter",
            Self::StillFails => "still failing",
            Self::Recovered => "recovered",
            Self::Appeared => "appeared",
        }
    }
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Change {
    pub kind: ChangeKind,
    /// The cell's whole identity: `3.13t fib threads×2 (plain)`.
    pub cell: String,
    /// New over base, of time or memory: 1.05 is 5 % more.
    pub effect: Option<f64>,
    pub ci95: Option<[f64; 2]>,
    /// Corrected for the number of comparisons.
    pub p: Option<f64>,
    /// What it may lose: 0.03 is 3 %.
    pub limit: Option<f64>,
    /// One sentence.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Changes {
    pub base: String,
    pub new: String,
    /// Cells whose times were compared.
    pub compared: usize,
    /// Most pressing first.
    pub changes: Vec<Change>,
    /// What a reader should know of the comparison itself.
    pub notes: Vec<String>,
    /// Undecided cells fail, too.
    pub fail_on_undecided: bool,
    /// Other answers don't: a new algorithm may give them.
    pub allow_answers: bool,
}

impl Changes {
    /// Nothing compared is a failure of its own, never "passed".
    pub(crate) fn ending(&self) -> Ending {
        let worst = self.changes.iter().map(|change| self.ending_of(change)).min().unwrap_or(Ending::Clean);
        if self.compared == 0 { worst.min(Ending::Failed) } else { worst }
    }

    /// How the command would end with this change alone. What wasn't decided is no regression: where it is to fail,
    /// it fails like a cell that gave no answer.
    pub(crate) fn ending_of(&self, change: &Change) -> Ending {
        match change.kind {
            ChangeKind::InterpreterMissing => Ending::Missing,
            ChangeKind::Vanished | ChangeKind::Outcome | ChangeKind::Gil | ChangeKind::NotMeasured => {
                Ending::Failed
            }
            ChangeKind::Answers if !self.allow_answers => Ending::Failed,
            ChangeKind::Undecided if self.fail_on_undecided => Ending::Failed,
            ChangeKind::Slower | ChangeKind::Heavier => Ending::Regression,
            _ => Ending::Clean,
        }
    }

    /// It makes the gate fail.
    pub(crate) fn fails(&self, change: &Change) -> bool {
        self.ending_of(change) != Ending::Clean
    }

    /// In one word: `passed`; `passed, undecided cells left` says that less is known than it seems.
    pub(crate) fn verdict(&self) -> &'static str {
        let undecided = self.changes.iter().any(|change| change.kind == ChangeKind::Undecided);
        match self.ending() {
            Ending::Clean if undecided => "passed, undecided cells left",
            Ending::Clean => "passed",
            Ending::Missing => "failed: an interpreter is missing",
            Ending::Failed if self.compared == 0 => "failed: nothing was compared",
            Ending::Failed => "failed",
            Ending::Regression => "failed: a regression",
        }
    }

    /// One line: `2 slower, 1 vanished, of 12 compared`.
    pub(crate) fn summary(&self) -> String {
        let mut kinds: Vec<ChangeKind> = self.changes.iter().map(|change| change.kind).collect();
        kinds.sort_unstable();
        let counts = kinds.chunk_by(|a, b| a == b).map(|same| format!("{} {}", same.len(), same[0].word()));
        let counts: Vec<String> = counts.collect();
        let what = if counts.is_empty() { "nothing changed".to_owned() } else { counts.join(", ") };
        let cells = if self.compared == 1 { "cell" } else { "cells" };
        format!("{what}; {} {cells} compared", self.compared)
    }

    fn sorted(mut self) -> Self {
        self.changes.sort_by(|a, b| {
            a.kind.cmp(&b.kind).then(b.effect.unwrap_or(0.0).total_cmp(&a.effect.unwrap_or(0.0)))
        });
        self
    }
}

impl Change {
    fn plain(kind: ChangeKind, cell: String, text: String) -> Self {
        Self { kind, cell, effect: None, ci95: None, p: None, limit: None, text }
    }

    fn other_answers(cell: &CellResult, base: &str, new: &str, allowed: bool) -> Self {
        let hint = if allowed { "allowed" } else { "if that is meant, add `--allow answers`" };
        let text = format!("the base gives checksum `{base}`, the new `{new}`; {hint}");
        Self::plain(ChangeKind::Answers, cell.to_string(), text)
    }
}

fn percent(ratio: f64) -> String {
    format!("{:.1} %", (ratio - 1.0).abs() * 100.0)
}

/// `+4.1 %`.
pub(crate) fn shown_change(ratio: f64) -> String {
    format!("{} %", signed(ratio))
}

fn signed(ratio: f64) -> String {
    // No minus before what is rounded to nothing.
    format!("{:+.1}", ((ratio - 1.0) * 1000.0).round() / 10.0 + 0.0)
}

fn with_interval(ratio: f64, ci95: Option<[f64; 2]>) -> String {
    let shown = shown_change(ratio);
    ci95.map_or_else(
        || shown.clone(),
        |ends| {
            let [low, high] = ends.map(signed);
            format!("{shown} (95 %: {low} to {high} %)")
        },
    )
}
