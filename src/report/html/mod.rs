//! `report.html`: one file that asks nothing from outside.

mod derived;
mod explore;
mod gate;
pub mod table;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::analysis::Advice;

use super::export::{Artifact, Drawing, Exporter};
use super::head::head;
use super::theme::Theme;
use super::view::View;
use super::{format, how, verdict, view};

pub struct Html;

pub const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = concat!(include_str!("table.js"), include_str!("explore.js"), include_str!("tip.js"));

/// Cells of one failure that are named; the table has them all.
const NAMED: usize = 4;

impl Exporter for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn default(&self) -> bool {
        true
    }

    fn draws(&self) -> bool {
        true
    }

    fn export(&self, results: &View<'_>, drawings: &[Drawing]) -> Vec<Artifact> {
        vec![Artifact::new("report.html", page(results, drawings).into_string().into_bytes())]
    }
}

fn page(results: &View<'_>, drawings: &[Drawing]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&results.run_id, STYLE, SCRIPT))
            body {
                a.skip href="#cells" { "Skip to all cells" }
                header {
                    h1 { "Which Python, which mode, how many workers?" }
                    p.run { (results.run_id) " · " (results.host.cpu_model) }
                    @if let Some(note) = how::unfinished(results) { p.alarm { (note) } }
                    p.tally { (how::headline(results)) }
                    (contents(results, drawings))
                }
                main {
                    (gate::section(results))
                    (failures(results))
                    (verdict(results))
                    (derived::choices(results))
                    (charts(drawings))
                    (workloads(results))
                    (explore::section(results))
                    (table::section(results))
                    (derived::sections(results))
                    (not_measured(results))
                    (warnings(results))
                    (measured(results))
                }
                div #tip role="status" hidden {}
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn contents(results: &View<'_>, drawings: &[Drawing]) -> Markup {
    html! {
        nav aria-label="On this page" {
            @if !results.choices.is_empty() { a href="#when" { "when to use what" } }
            @for drawing in drawings { a href={ "#chart-" (drawing.name) } { (chart_name(drawing.name)) } }
            a href="#explore" { "explore" }
            a href="#cells" { "all cells" }
            @if !results.warnings.is_empty() { a href="#warnings" { "warnings" } }
            a href="#how" { "how it was measured" }
        }
    }
}

/// What a newcomer would call it.
fn chart_name(name: &str) -> String {
    match name {
        "heat" => "heat map".to_owned(),
        "tradeoff" => "time against memory".to_owned(),
        "lag" => "event loop".to_owned(),
        "cpu" => "CPUs over time".to_owned(),
        "memory-time" => "memory over time".to_owned(),
        "worker-memory" => "memory by worker".to_owned(),
        other => other.replace('-', " "),
    }
}

/// What failed stands before anything that could be read as an answer.
fn failures(results: &View<'_>) -> Markup {
    let groups = view::failed_groups(results);
    html! {
        @if !groups.is_empty() {
            section.failures aria-labelledby="failures" {
                h2 #failures { (format::count(results.counts.failed as usize, "cell")) " failed" }
                ul {
                    @for group in &groups {
                        li {
                            strong { (group.text()) }
                            span.cells {
                                (group.names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "))
                                @if group.names.len() > NAMED { ", " (group.names.len() - NAMED) " more" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn verdict(results: &View<'_>) -> Markup {
    let verdict = verdict::verdict(results);
    html! {
        section.verdict aria-labelledby="verdict" {
            h2 #verdict { "Verdict" }
            @if !verdict.findings.is_empty() {
                ul {
                    @for Advice { text, doubts, .. } in &verdict.findings {
                        li {
                            (code(text))
                            @for doubt in doubts { span.doubt { "doubt: " (code(doubt)) } }
                        }
                    }
                }
            }
            @if let Some(alert) = &verdict.alert { p.open { (code(alert)) } }
            @if !verdict.open.is_empty() {
                details {
                    summary { "What stays open (" (verdict.open.len()) ")" }
                    ul { @for advice in &verdict.open { li { (code(&advice.text)) } } }
                }
            }
            @if let Some(capacity) = how::capacity(results) { p.capacity { (capacity) } }
        }
    }
}

fn charts(drawings: &[Drawing]) -> Markup {
    let theme = Theme::light();
    html! {
        section.charts aria-labelledby="charts" {
            h2.aside #charts { "Charts" }
            @for drawing in drawings {
                // Its text was escaped when it was drawn.
                figure id={ "chart-" (drawing.name) } aria-labelledby={ "name-" (drawing.name) } {
                    // The picture has its finding for a title; this is for those who jump from heading to heading.
                    h3.aside id={ "name-" (drawing.name) } { (chart_name(drawing.name)) }
                    div.on-wide { (PreEscaped(theme.with_variables(&drawing.svg))) }
                    div.on-narrow { (PreEscaped(theme.with_variables(&drawing.narrow))) }
                }
            }
            @if !drawings.is_empty() {
                p.note { "The values behind these pictures stand in the table of " a href="#cells" { "all cells" } ", too." }
            }
        }
    }
}

/// What each workload is for, beside what was measured.
fn workloads(results: &View<'_>) -> Markup {
    let about = how::workloads(results);
    html! {
        @if !about.is_empty() {
            section aria-labelledby="workloads" {
                h2 #workloads { "What the workloads stress" }
                dl { @for (name, text) in &about { dt { (name) } dd { (code(text)) } } }
            }
        }
    }
}

fn not_measured(results: &View<'_>) -> Markup {
    let groups = view::silent_groups(results);
    let missing = how::missing(results);
    html! {
        @if !groups.is_empty() || !missing.is_empty() {
            section aria-labelledby="unmeasured" {
                h2 #unmeasured { "Not measured" }
                ul {
                    @for group in &groups { li { (code(&group.text())) } }
                    @for line in &missing { li { (code(line)) } }
                }
            }
        }
    }
}

fn warnings(results: &View<'_>) -> Markup {
    html! {
        @if !results.warnings.is_empty() {
            section aria-labelledby="warnings" {
                h2 #warnings { "Warnings" }
                ul.warnings { @for warning in &results.warnings { li { (code(&warning.text)) } } }
            }
        }
    }
}

fn measured(results: &View<'_>) -> Markup {
    html! {
        section aria-labelledby="how" {
            h2 #how { "How it was measured" }
            p { "To repeat it: " code.command { (how::repeat(results)) } }
            dl {
                @for (name, value) in how::facts(results) {
                    dt { (name) } dd { (value) }
                }
                @for interpreter in &results.interpreters {
                    dt { (interpreter.name) } dd { (how::interpreter(interpreter)) }
                }
            }
            p.note {
                "Time is that of one warm pass, from processes that took turns with their baseline. "
                "Memory, CPU use and the cold total are from invocations alone on the machine."
            }
        }
    }
}

/// Backticks become `code`.
pub fn code(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
