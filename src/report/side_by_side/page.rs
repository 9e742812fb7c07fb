//! `report.html` of several runs.

use maud::{Markup, html};

use crate::analysis::CellResult;
use crate::analysis::metrics::{CellMetric, PEAK_MEMORY, SPEEDUP, SPEEDUP_SELF, TIME};

use super::super::artifact::Drawing;
use super::super::format;
use super::super::html::{STYLE, answers, code, picture, table, with_table};
use super::super::wording::UNSETTLED;
use super::differences::{Differences, machine};
use super::{CellRow, NOT_HERE, RunColumn, SideBySide, measured};

const SCRIPT: &str = concat!(include_str!("../html/table.js"), include_str!("../html/tip.js"));

pub(super) fn page(several: &SideBySide<'_>, drawing: Option<&Drawing>) -> String {
    let found = Differences::of(several);
    let title = format!("{} runs side by side", several.runs.len());
    let body = html! {
        header {
            h1 { (title) }
            dl { @for run in &several.runs {
                dt { strong { (run.label) } }
                dd { (run.view.run_id) " · " (machine(&run.view)) " · " (run.view.tally()) }
            } }
            nav aria-label="On this page" {
                a href="#differs" { "what differs" }
                a href="#verdicts" { "verdicts" }
                @if drawing.is_some() { a href="#chart" { "chart" } }
                a href="#cells" { "all cells" }
            }
        }
        main {
            (what_differs(several, &found))
            section aria-labelledby="verdicts" {
                h2 #verdicts { "Each run's verdict" }
                @for run in &several.runs { (verdict_of(run)) }
            }
            @if let Some(drawing) = drawing {
                section.charts aria-label="Chart" { figure #chart { (picture(drawing)) } }
            }
            (cells(several))
            @if !found.alike.is_empty() {
                section aria-labelledby="alike" {
                    h2 #alike { "Alike in all runs" }
                    dl { @for one in &found.alike { dt { (one.name) } dd { (one.values[0].as_deref().unwrap_or_default()) } } }
                }
            }
        }
    };
    with_table(&title, STYLE, SCRIPT, &body)
}

fn what_differs(several: &SideBySide<'_>, found: &Differences) -> Markup {
    html! {
        section.verdict aria-labelledby="differs" {
            h2 #differs { "What differs" }
            ul { @for line in &found.said { li { (code(line)) } } }
        }
        @if !found.unlike.is_empty() {
            div.scroll tabindex="0" role="region" aria-label="What differs, run by run" {
                table.derived {
                    thead { tr { th scope="col" { "what" } @for run in &several.runs { th scope="col" { (run.label) } } } }
                    tbody { @for one in &found.unlike {
                        tr { th scope="row" { (one.name) } @for (run, value) in several.runs.iter().zip(&one.values) { td data-h=(run.label) { (value.as_deref().unwrap_or(NOT_HERE)) } } }
                    } }
                }
            }
        }
    }
}

fn verdict_of(run: &RunColumn<'_>) -> Markup {
    let failed = run.view.counts.failed as usize;
    html! {
        section.verdict aria-label={ "Answers of " (run.label) } {
            h3 { (run.label) }
            @if let Some(note) = run.view.unfinished() { p.alarm { (note) } }
            @if failed > 0 { p.alarm { (format::count(failed, "cell")) " failed" } }
            (answers(&run.view))
            @if let Some(capacity) = run.view.capacity_text() { p.capacity { (capacity) } }
        }
    }
}

/// What stands in the columns of each run.
const FIGURES: [(&str, &CellMetric); 4] =
    [("time", &TIME), ("over own", &SPEEDUP_SELF), ("over base", &SPEEDUP), ("memory", &PEAK_MEMORY)];

fn cells(several: &SideBySide<'_>) -> Markup {
    let columns = ["workload", "interpreter", "how"].map(|name| (name.to_owned(), false)).into_iter();
    let figures =
        several.runs.iter().flat_map(|run| FIGURES.map(|(name, _)| (format!("{} {name}", run.label), true)));
    html! {
        section aria-labelledby="cells" {
            h2 #cells { "All cells" }
            (table::filters(false))
            div.scroll tabindex="0" role="region" aria-label="All cells" {
                table #table {
                    (table::head(&columns.chain(figures).collect::<Vec<_>>()))
                    tbody { @for one in &several.rows { (row(one)) } }
                }
            }
            p.note {
                "Time is that of one warm pass; over own and over base: speedup over the interpreter's own single and the \
                 baseline's, formed inside the run. " (UNSETTLED) " the 95 % interval is wider than was asked."
            }
        }
    }
}

fn row(row: &CellRow<'_>) -> Markup {
    let any = |wanted: &dyn Fn(&CellResult) -> bool| row.cells.iter().flatten().any(|cell| wanted(cell));
    let class = if any(&|cell| cell.outcome.is_failure()) {
        Some("failed")
    } else if !any(&CellResult::has_numbers) {
        Some("silent")
    } else {
        any(&|cell| cell.has_numbers() && !cell.is_settled()).then_some("unsettled")
    };
    html! {
        tr class=[class] {
            (table::identity(row.cell, &row.how, false, &[]))
            @for cell in &row.cells {
                @match measured(*cell) {
                    Ok(cell) => @for (_, metric) in FIGURES { (table::figure(metric.unit, (metric.of)(cell), None)) }
                    Err(why) => {
                        td.why data-v="" { (why) }
                        @for _ in 1..FIGURES.len() { td.n data-v="" {} }
                    }
                }
            }
        }
    }
}
