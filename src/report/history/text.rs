//! The few lines for a terminal.

use std::fmt::Write as _;

use super::words;
use crate::analysis::history::{Gone, History, LevelChange, Trend};
use crate::report::format;
use crate::report::wording;

/// Changes that are listed one by one.
const MOST: usize = 20;

/// The verdict first; one line a change.
pub(crate) fn text(history: &History) -> String {
    let mut text = format!("{}\n", headline(history));
    text.extend(words::smallest(&history.trends).map(|said| format!("{said}\n")));
    let alarms: (&str, words::Pick) = ("Changes for the worse", LevelChange::alarms);
    for (name, wanted) in std::iter::once(alarms).chain(words::others()) {
        let changes = history.changes(wanted);
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{name}");
        for (trend, change) in changes.iter().take(MOST) {
            let _ = writeln!(text, "  {}", line(history, trend, change));
        }
        if changes.len() > MOST {
            let _ = writeln!(text, "  and {} more: see history.html", changes.len() - MOST);
        }
    }
    text
}

pub(super) fn headline(history: &History) -> String {
    let runs = format::count(history.runs.len(), "run");
    match history.alarms().as_slice() {
        [] => format!("{runs}: no change for the worse that nothing explains"),
        alarms => {
            let newest = &history.runs[alarms[0].1.run];
            format!(
                "{runs}: {} for the worse that nothing explains, the newest since {} ({})",
                format::count(alarms.len(), "change"),
                newest.run_id,
                format::day(newest.started_unix_ns)
            )
        }
    }
}

/// `3.13t nbody threads×2: time +4.1 %, slower since night-45 (2026-11-02), by its speedup`.
pub(crate) fn line(history: &History, trend: &Trend, change: &LevelChange) -> String {
    let run = &history.runs[change.run];
    let why = change.explained_by.as_ref().map_or(String::new(), |why| format!("; {why}"));
    format!(
        "{}: {} since {} ({}), by its {}{why}",
        trend.cell,
        words::shift(trend.metric, change),
        run.run_id,
        format::day(run.started_unix_ns),
        words::metric(trend.metric),
    )
}

/// What the newest run lacks, a line each; beyond the first ones their number.
pub(crate) fn gone(all: &[Gone]) -> Vec<String> {
    let line = |one: &Gone| match one {
        Gone::Interpreter { name, reason } => {
            format!("{name} is missing, which was measured a short while ago: {reason}")
        }
        Gone::Cell { name, outcome: None } => format!("{name} vanished: the newest run doesn't have it"),
        Gone::Cell { name, outcome: Some(outcome) } => {
            let word = if outcome.is_failure() { "failed" } else { "vanished" };
            format!("{name} {word}: {} in the newest run", wording::outcome(*outcome))
        }
    };
    let mut lines: Vec<String> = all.iter().take(MOST).map(line).collect();
    if all.len() > MOST {
        lines.push(format!("and {} more are gone", all.len() - MOST));
    }
    lines
}
