//! `report.html`: one file that asks nothing from outside.

mod explore;
mod gate;
pub(super) mod table;

use maud::{Markup, PreEscaped, html};

use super::artifact::Drawing;
use super::derived::Section;
use super::head;
use super::theme::Theme;
use super::view::{CellGroup, View};
use super::{derived, format, methodology};

pub(super) const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = concat!(include_str!("table.js"), include_str!("explore.js"), include_str!("tip.js"));

/// The whole page of a run.
pub(super) fn page(view: &View<'_>, drawings: &[Drawing]) -> String {
    let body = html! {
        header {
            h1 { "Which Python, which mode, how many workers?" }
            p.run { (view.run_id) " · " (view.host.cpu_model) }
            @if let Some(note) = view.unfinished() { p.alarm { (note) } }
            p.tally { (view.tally()) }
            (contents(view, drawings))
        }
        main {
            (gate::section(view))
            (groups("failures", &format!("{} failed", format::count(view.counts.failed as usize, "cell")), &view.failed_groups()))
            (verdict(view))
            (groups("doubts", "What to distrust", &view.doubt_groups()))
            (charts(drawings))
            (workloads(view))
            (explore::section(view))
            (table::section(view))
            @for one in derived::sections(view) { (derived_table(&one)) }
            (not_measured(view))
            (warnings(view))
            (measured(view))
        }
    };
    with_table(&view.run_id, STYLE, SCRIPT, &body)
}

/// A page with a table of all cells, around its body.
pub(super) fn with_table(name: &str, rules: &str, script: &str, body: &Markup) -> String {
    let whole = html! {
        a.skip href="#cells" { "Skip to all cells" }
        (body)
        div #tip role="status" hidden {}
    };
    head::document(name, rules, script, &whole)
}

fn contents(view: &View<'_>, drawings: &[Drawing]) -> Markup {
    html! {
        nav aria-label="On this page" {
            @for drawing in drawings { a href={ "#chart-" (drawing.name) } { (drawing.label) } }
            a href="#explore" { "explore" }
            a href="#cells" { "all cells" }
            @if !view.warnings.is_empty() { a href="#warnings" { "warnings" } }
            a href="#how" { "how it was measured" }
        }
    }
}

/// Cells of which the same is to be told. What failed stands before anything that could be read as an answer.
fn groups(name: &str, title: &str, groups: &[CellGroup]) -> Markup {
    html! {
        @if !groups.is_empty() {
            section class=(name) aria-labelledby=(name) {
                h2 id=(name) { (title) }
                ul {
                    @for group in groups {
                        li {
                            strong { (code(&group.text())) }
                            span.cells { (group.first_names()) }
                        }
                    }
                }
            }
        }
    }
}

fn verdict(view: &View<'_>) -> Markup {
    html! {
        section.verdict aria-labelledby="verdict" {
            h2 #verdict { "What to use" }
            (answers(view))
            @if let Some(remedy) = view.remedy() { p.open { (code(&remedy)) } }
            @if let Some(capacity) = view.capacity_text() { p.capacity { (capacity) } }
        }
    }
}

/// Every answer that is told, with its doubts.
pub fn answers(view: &View<'_>) -> Markup {
    html! {
        ul { @for answer in view.told_answers() {
            li {
                strong { (answer.workload) } ": " (code(&answer.text))
                @for doubt in view.own_doubts(answer) { span.doubt { "doubt: " (code(&doubt.text)) } }
            }
        } }
        @for doubt in view.shared_doubts() { p.note { "doubt about all of these: " (code(&doubt.text)) } }
    }
}

/// A chart in the page's colours, for a desk and for a phone.
pub(super) fn picture(drawing: &Drawing) -> Markup {
    let theme = Theme::light();
    html! {
        // Its text was escaped when it was drawn.
        div.on-wide { (PreEscaped(theme.with_variables(&drawing.svg))) }
        div.on-narrow { (PreEscaped(theme.with_variables(&drawing.narrow))) }
    }
}

fn charts(drawings: &[Drawing]) -> Markup {
    html! {
        section.charts aria-labelledby="charts" {
            h2.aside #charts { "Charts" }
            @for drawing in drawings {
                figure id={ "chart-" (drawing.name) } aria-labelledby={ "name-" (drawing.name) } {
                    // The picture has its finding for a title; this is for those who jump from heading to heading.
                    h3.aside id={ "name-" (drawing.name) } { (drawing.label) }
                    (picture(drawing))
                }
            }
            @if !drawings.is_empty() {
                p.note { "The values behind these pictures stand in the table of " a href="#cells" { "all cells" } ", too." }
            }
        }
    }
}

/// What each workload is for, beside what was measured.
fn workloads(view: &View<'_>) -> Markup {
    let named = view.workloads.iter().filter_map(|info| Some((&info.name, methodology::about(info)?)));
    let about: Vec<_> = named.collect();
    html! {
        @if !about.is_empty() {
            section aria-labelledby="workloads" {
                h2 #workloads { "What the workloads stress" }
                dl { @for (name, text) in &about { dt { (name) } dd { (code(text)) } } }
            }
        }
    }
}

/// A table of what is derived from several cells.
fn derived_table(one: &Section) -> Markup {
    html! {
        section {
            h2 id=(one.id) { (one.title) }
            div.scroll tabindex="0" role="region" aria-labelledby=(one.id) {
                table.derived {
                    thead { tr { @for name in &one.header { th scope="col" { (name) } } } }
                    tbody { @for row in &one.rows { tr {
                        @for (name, cell) in one.header.iter().zip(row) { td data-h=(name) { (cell) } }
                    } } }
                }
            }
            p.note { (one.note) }
        }
    }
}

fn not_measured(view: &View<'_>) -> Markup {
    let groups = view.silent_groups();
    let missing = view.missing_texts();
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

fn warnings(view: &View<'_>) -> Markup {
    html! {
        @if !view.warnings.is_empty() {
            section aria-labelledby="warnings" {
                h2 #warnings { "Warnings" }
                ul.warnings { @for warning in &view.warnings { li { (code(&warning.text)) } } }
            }
        }
    }
}

fn measured(view: &View<'_>) -> Markup {
    html! {
        section aria-labelledby="how" {
            h2 #how { "How it was measured" }
            p { "To repeat it: " code.command { (view.repeat_command()) } }
            dl {
                @for (name, value) in view.facts() {
                    dt { (name) } dd { (value) }
                }
                @for interpreter in &view.interpreters {
                    dt { (interpreter.name) } dd { (methodology::build(interpreter)) }
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
pub(super) fn code(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
