//! `report.md`: the verdict first, then a table per workload, then what to distrust.

use std::fmt::Write as _;

use crate::analysis::changes::of_gate;
use crate::analysis::{Advice, CellResult, Speedup};

use super::export::{Artifact, Drawing, Exporter};
use super::view::View;
use super::{changes, derived, format, how, verdict, view};

pub struct Markdown;

/// Cells of one failure that are named; the tables have them all.
const NAMED: usize = 4;
/// Of the gate's table: what it fails for comes first.
const GATE_BYTES: usize = 200_000;

impl Exporter for Markdown {
    fn name(&self) -> &'static str {
        "md"
    }

    fn default(&self) -> bool {
        true
    }

    fn draws(&self) -> bool {
        true
    }

    fn export(&self, results: &View<'_>, drawings: &[Drawing]) -> Vec<Artifact> {
        vec![Artifact::new("report.md", document(results, drawings).into_bytes())]
    }
}

/// The whole report, with these of its charts.
pub(super) fn document(results: &View<'_>, drawings: &[Drawing]) -> String {
    let mut out = summary(results);
    for drawing in drawings {
        let _ = writeln!(out, "![{0}](charts/{0}.svg)\n", drawing.name);
    }
    for workload in view::workloads(results) {
        table(&mut out, results, workload);
    }
    derived::sections(results).iter().for_each(|one| section(&mut out, one));
    list(&mut out, "Open questions", verdict::verdict(results).open.iter().map(|open| open.text.clone()));
    reasons(&mut out, results);
    list(&mut out, "Warnings", results.warnings.iter().map(|warning| warning.text.clone()));
    measured(&mut out, results);
    out
}

/// What it came to: how the gate ended, what failed, what was found.
pub(super) fn summary(results: &View<'_>) -> String {
    let mut out = String::new();
    head(&mut out, results);
    verdict(&mut out, results);
    derived::choices(results).iter().for_each(|one| section(&mut out, one));
    out
}

/// What a gate says comes first: it is what the run was for.
fn head(out: &mut String, results: &View<'_>) {
    let _ = writeln!(out, "# gilmatrix: {}\n", text(&results.run_id));
    if let Some(note) = how::unfinished(results) {
        let _ = writeln!(out, "**{note}**\n");
    }
    if let Some(found) = of_gate(results) {
        let _ = writeln!(out, "## Gate: {}\n\n{}", found.verdict(), changes::table(&found, GATE_BYTES));
    }
}

fn verdict(out: &mut String, results: &View<'_>) {
    let _ = writeln!(out, "{}.\n", how::headline(results));
    list(out, "What failed", view::failed_groups(results).iter().map(failure));
    let _ = writeln!(out, "## Verdict\n");
    let verdict = verdict::verdict(results);
    for Advice { text: finding, doubts, .. } in &verdict.findings {
        let _ = writeln!(out, "- {}", text(finding));
        for doubt in doubts {
            let _ = writeln!(out, "  - doubt: {}", text(doubt));
        }
    }
    if let Some(alert) = &verdict.alert {
        let _ = writeln!(out, "\n**{}**", text(alert));
    }
    if let Some(capacity) = how::capacity(results) {
        let _ = writeln!(out, "\n{}.", text(&capacity));
    }
    out.push('\n');
}

/// `2 cells crashed: killed by signal 11 (fib 3.13 mp×2, fib 3.13 mp×4)`.
fn failure(group: &view::Group) -> String {
    let named = group.names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = group.names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", {more} more") } else { String::new() };
    format!("{} ({named}{more})", group.text())
}

/// One row a cell; skipped cells are gathered by reason below, failures stand in place.
fn table(out: &mut String, results: &View<'_>, workload: &str) {
    let quiet = |cell: &&CellResult| cell.outcome != crate::record::Outcome::Skipped;
    let cells: Vec<&CellResult> = view::of(results, workload).filter(quiet).collect();
    if cells.is_empty() {
        return;
    }
    let _ = writeln!(out, "## {}\n", text(workload));
    let about = results.workload(workload).and_then(how::about);
    if let Some(about) = about {
        let _ = writeln!(out, "It {}.\n", text(&about));
    }
    let _ = writeln!(
        out,
        "| interpreter | how | time | 95 % | over its own single | over {}'s single | cold, in all | CPUs used | peak memory |",
        text(&results.baseline)
    );
    out.push_str("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for cell in cells {
        let mark = if cell.oversubscribed { view::OVERSUBSCRIBED } else { "" };
        let head = format!("| {} | {}{mark} |", text(&cell.interpreter), text(&view::how(results, cell)));
        if !view::has_numbers(cell) {
            let _ = writeln!(out, "{head} **{}** | | | | | | |", text(&view::why_none(cell)));
            continue;
        }
        let wall = cell.wall_ns.as_ref();
        let _ = writeln!(
            out,
            "{head} {} | {} | {} | {} | {} | {} | {} |",
            wall.map_or(format::NONE.to_owned(), |wall| format::ns(wall.median)),
            wall.and_then(|wall| wall.ci95).map_or(format::NONE.to_owned(), format::ns_interval),
            ratio(cell.speedup_self.as_ref()),
            ratio(cell.speedup.as_ref()),
            cell.total_ns.as_ref().map_or(format::NONE.to_owned(), |total| format::ns(total.median)),
            cell.cpu_cores_used.map_or(format::NONE.to_owned(), format::cores),
            cell.peak_pss_bytes.or(cell.peak_rss_bytes).map_or(format::NONE.to_owned(), format::bytes),
        );
    }
    let _ = writeln!(
        out,
        "\n{} the interval is wider than ±{}; {} more workers than CPUs.\n",
        view::UNSETTLED,
        format::percent(results.precision),
        view::OVERSUBSCRIBED,
    );
    let lags: Vec<String> = view::of(results, workload)
        .filter(|cell| view::has_numbers(cell))
        .filter_map(|cell| Some(format!("{} {}", view::who(results, cell), view::lag(cell)?)))
        .collect();
    if !lags.is_empty() {
        let _ = writeln!(out, "Longest stall of the event loop in a pass: {}.\n", text(&lags.join("; ")));
    }
}

fn ratio(speedup: Option<&Speedup>) -> String {
    let Some(speedup) = speedup else { return format::NONE.to_owned() };
    let mark = if speedup.settled { "" } else { view::UNSETTLED };
    let interval = match view::interval(speedup) {
        Some(ci) => format!(" ({})", format::interval(ci)),
        None if speedup.settled => String::new(),
        None => format!(" ({})", format::count(speedup.pairs as usize, "pair")),
    };
    format!("{mark}{}{interval}", format::ratio(speedup.ratio))
}

fn reasons(out: &mut String, results: &View<'_>) {
    let groups = view::silent_groups(results);
    let lines = groups.iter().map(view::Group::text).chain(how::missing(results));
    list(out, "Not measured", lines);
}

fn section(out: &mut String, section: &derived::Section) {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let header: Vec<String> = section.header.iter().map(|name| text(name)).collect();
    let rules = vec!["---".to_owned(); header.len()];
    let _ = writeln!(out, "## {}\n\n{}\n{}", text(section.title), line(&header), line(&rules));
    for row in &section.rows {
        let _ = writeln!(out, "{}", line(&row.iter().map(|cell| text(cell)).collect::<Vec<_>>()));
    }
    let _ = writeln!(out, "\n{}\n", text(section.note));
}

pub fn list(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
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

fn measured(out: &mut String, results: &View<'_>) {
    let _ = writeln!(out, "## How it was measured\n\n| what | value |\n| --- | --- |");
    for (name, value) in how::facts(results) {
        let _ = writeln!(out, "| {name} | {} |", text(&value));
    }
    for interpreter in &results.interpreters {
        let _ = writeln!(out, "| {} | {} |", text(&interpreter.name), text(&how::interpreter(interpreter)));
    }
    out.push_str(
        "\nTime is that of one warm pass, from processes that took turns with their baseline; memory, CPU \
         use and the cold total are from invocations alone on the machine.\n",
    );
}

/// Text that can neither break a table nor become markup.
pub(super) fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '[' | ']' | '*' | '\\' | '!' => {
                out.push('\\');
                out.push(c);
            }
            // Between letters and digits it can't begin emphasis.
            '~' => out.push_str("\\~"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
