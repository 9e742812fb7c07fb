//! `report.md`: the verdict first, then a table per workload, then what to distrust.

use std::fmt::Write as _;

use crate::analysis::CellResult;
use crate::analysis::metrics::{CPUS_USED, PEAK_MEMORY, SPEEDUP, SPEEDUP_SELF, TIME, TOTAL};
use crate::analysis::run_diff::of_gate;
use crate::record::Outcome;

use super::artifact::Drawing;
use super::characters::markdown as text;
use super::view::{CellGroup, View};
use super::wording::{DOUBTED, OVERSUBSCRIBED, UNSETTLED};
use super::{derived, format, methodology, run_diff};

/// Bytes of the gate's table: what it fails for comes first.
const GATE_BYTES: usize = 200_000;

/// The whole report, with these of its charts.
pub(super) fn document(view: &View<'_>, drawings: &[Drawing]) -> String {
    let mut out = summary(view);
    for drawing in drawings {
        let _ = writeln!(out, "![{0}](charts/{0}.svg)\n", drawing.name);
    }
    for workload in &view.workload_names {
        cells(&mut out, view, workload);
    }
    derived::sections(view).iter().for_each(|one| section(&mut out, one));
    reasons(&mut out, view);
    list(&mut out, "Warnings", view.warnings.iter().map(|warning| warning.text.clone()));
    measured(&mut out, view);
    out
}

/// What it came to: how the gate ended, what failed, what was found.
pub(super) fn summary(view: &View<'_>) -> String {
    let mut out = String::new();
    head(&mut out, view);
    verdict(&mut out, view);
    out
}

/// What a gate says comes first: it is what the run was for.
fn head(out: &mut String, view: &View<'_>) {
    let _ = writeln!(out, "# gilmatrix: {}\n", text(&view.run_id));
    if let Some(note) = view.unfinished() {
        let _ = writeln!(out, "**{note}**\n");
    }
    if let Some(found) = of_gate(view) {
        let _ = writeln!(out, "## Gate: {}\n\n{}", found.verdict(), run_diff::table(&found, GATE_BYTES));
    }
}

fn verdict(out: &mut String, view: &View<'_>) {
    let _ = writeln!(out, "{}.\n", view.tally());
    list(out, "What failed", view.failed_groups().iter().map(CellGroup::with_names));
    let _ = writeln!(out, "## What to use\n");
    answers(out, view);
    if let Some(remedy) = view.remedy() {
        let _ = writeln!(out, "\n**{}**", text(&remedy));
    }
    if let Some(capacity) = view.capacity_text() {
        let _ = writeln!(out, "\n{}.", text(&capacity));
    }
    out.push('\n');
    list(out, "What to distrust", view.doubt_groups().iter().map(CellGroup::with_names));
}

/// One row a cell; skipped cells are gathered by reason below, failures stand in place.
fn cells(out: &mut String, view: &View<'_>, workload: &str) {
    let quiet = |cell: &&CellResult| cell.outcome != Outcome::Skipped;
    let cells: Vec<&CellResult> = view.cells_of(workload).filter(quiet).collect();
    if cells.is_empty() {
        return;
    }
    let _ = writeln!(out, "## {}\n", text(workload));
    let about = view.workload(workload).and_then(methodology::about);
    if let Some(about) = about {
        let _ = writeln!(out, "It {}.\n", text(&about));
    }
    let _ = writeln!(
        out,
        "| interpreter | how | time | 95 % | over its own {mode} | over {}'s {mode} | cold, in all | CPUs used | peak memory |",
        text(&view.baseline),
        mode = cells[0].base_mode()
    );
    out.push_str("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for cell in cells {
        let head = format!("| {} | {}{} |", text(&cell.interpreter), text(&view.how(cell)), cell.marks());
        if !cell.has_numbers() {
            let _ = writeln!(out, "{head} **{}** | | | | | | |", text(&cell.why_none()));
            continue;
        }
        let interval = (TIME.of)(cell).map(|found| found.interval_text(TIME.unit)).unwrap_or_default();
        let _ = writeln!(
            out,
            "{head} {} | {} | {} | {} | {} | {} | {} |",
            TIME.text(cell),
            if interval.is_empty() { format::NONE } else { &interval },
            SPEEDUP_SELF.with_interval(cell),
            SPEEDUP.with_interval(cell),
            TOTAL.text(cell),
            CPUS_USED.text(cell),
            PEAK_MEMORY.text(cell),
        );
    }
    let _ = writeln!(
        out,
        "\n{UNSETTLED} the interval is wider than ±{}; {OVERSUBSCRIBED} more workers than CPUs; {DOUBTED} doubted.\n",
        format::percent(view.precision),
    );
    let lags: Vec<String> = view
        .cells_of(workload)
        .filter(|cell| cell.has_numbers())
        .filter_map(|cell| Some(format!("{} {}", view.who(cell), cell.lag_text()?)))
        .collect();
    if !lags.is_empty() {
        let _ = writeln!(out, "Longest stall of the event loop in a pass: {}.\n", text(&lags.join("; ")));
    }
}

fn reasons(out: &mut String, view: &View<'_>) {
    let groups = view.silent_groups();
    let lines = groups.iter().map(CellGroup::text).chain(view.missing_texts());
    list(out, "Not measured", lines);
}

/// Every answer that is told, with its doubts.
pub fn answers(out: &mut String, view: &View<'_>) {
    for answer in view.told_answers() {
        let _ = writeln!(out, "- **{}**: {}", text(&answer.workload), text(&answer.text));
        for doubt in view.own_doubts(answer) {
            let _ = writeln!(out, "  - doubt: {}", text(&doubt.text));
        }
    }
    for doubt in view.shared_doubts() {
        let _ = writeln!(out, "\nDoubt about all of these: {}.", text(&doubt.text));
    }
}

fn section(out: &mut String, section: &derived::Section) {
    let _ = writeln!(out, "## {}\n", text(section.title));
    let rows = section.rows.iter().map(|row| row.iter().map(|cell| text(cell)).collect());
    table(out, &section.header, rows);
    let _ = writeln!(out, "{}\n", text(section.note));
}

/// A table and a blank line; its rows are Markdown already, its header isn't.
pub(super) fn table(out: &mut String, header: &[impl AsRef<str>], rows: impl Iterator<Item = Vec<String>>) {
    let header: Vec<String> = header.iter().map(|name| text(name.as_ref())).collect();
    let rules = vec!["---".to_owned(); header.len()];
    for line in [header, rules].into_iter().chain(rows) {
        let _ = writeln!(out, "| {} |", line.join(" | "));
    }
    out.push('\n');
}

pub(super) fn list(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "## {title}\n");
    for line in lines {
        let _ = writeln!(out, "- {}", text(&line));
    }
    out.push('\n');
}

fn measured(out: &mut String, view: &View<'_>) {
    out.push_str("## How it was measured\n\n");
    let facts = view.facts().into_iter().map(|(name, value)| vec![name.to_owned(), text(&value)]);
    let builds = view.interpreters.iter().map(|one| vec![text(&one.name), text(&methodology::build(one))]);
    table(out, &["what", "value"], facts.chain(builds));
    out.push_str(
        "Time is that of one warm pass, from processes that took turns with their baseline; memory, CPU \
         use and the cold total are from invocations alone on the machine.\n",
    );
}
