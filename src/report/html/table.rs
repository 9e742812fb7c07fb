//! The table of all cells, failures and skips in place; sorted by a few lines of script.

use maud::{Markup, html};

use crate::analysis::{CellResult, Speedup};

use super::super::view::View;
use super::super::{format, view};
use super::explore;

/// Titles of the columns after the identity, and whether they hold figures.
fn columns(results: &View<'_>) -> Vec<(String, bool)> {
    let over = format!("over {}'s single", results.baseline);
    [
        ("workload", false),
        ("interpreter", false),
        ("how", false),
        ("time", true),
        ("over its own single", true),
        (over.as_str(), true),
        ("cold, in all", true),
        ("CPUs used", true),
        ("peak memory", true),
        ("GIL after", false),
    ]
    .map(|(name, figure)| (name.to_owned(), figure))
    .into()
}

/// Which rows are shown.
const WHICH: [(&str, &str); 5] = [
    ("all", "all cells"),
    ("ran", "those that ran"),
    ("failed", "failed"),
    ("unsettled", "unsettled"),
    ("silent", "not run"),
];

pub fn section(results: &View<'_>) -> Markup {
    html! {
        section aria-labelledby="cells" {
            h2 #cells { "All cells" }
            (filters(many_silent(results)))
            div.scroll tabindex="0" role="region" aria-label="All cells" {
                table #table {
                    (head(&columns(results)))
                    tbody { @for cell in &results.cells { (row(results, cell)) } }
                }
            }
            p.note {
                (view::UNSETTLED) " the 95 % interval is wider than ±" (format::percent(results.precision)) ", or rests on too few pairs"
                "; " (view::OVERSUBSCRIBED) " more workers than CPUs"
            }
        }
    }
}

/// What is shown of a table; `ran`: at first only those that ran.
pub fn filters(ran: bool) -> Markup {
    html! {
        div.filters {
            input #filter type="search" placeholder="filter: 3.13t threads" aria-label="Filter the table by words";
            label { "show " select #which {
                @for (value, name) in WHICH { option value=(value) selected[value == "ran" && ran] { (name) } }
            } }
            span #shown role="status" {}
        }
    }
}

/// Titles that sort; `true`: a column of figures.
pub fn head(columns: &[(String, bool)]) -> Markup {
    html! {
        thead { tr { @for (name, figure) in columns {
            th scope="col" class=[figure.then_some("n")] aria-sort="none" { button type="button" { (name) } }
        } } }
    }
}

/// Most cells were never to be run: the table begins with those that were.
fn many_silent(results: &View<'_>) -> bool {
    let counts = &results.counts;
    counts.skipped + counts.not_reached > counts.completed + counts.failed
}

fn row(results: &View<'_>, cell: &CellResult) -> Markup {
    let class = match cell.outcome {
        outcome if outcome.is_failure() => "failed",
        crate::record::Outcome::Completed if view::settled(cell) => "",
        crate::record::Outcome::Completed => "unsettled",
        _ => "silent",
    };
    html! {
        tr class=[(!class.is_empty()).then_some(class)] data-s=(view::colour_index(results, &cell.interpreter)) data-more=[more(cell)] {
            td { (cell.workload) }
            td { (cell.interpreter) }
            td data-v={ (cell.mode) " " (cell.variant()) " " (format!("{:05}", cell.workers)) } {
                (view::how(results, cell)) @if cell.oversubscribed { abbr title="more workers, or BLAS threads of theirs, than CPUs" { (view::OVERSUBSCRIBED) } }
            }
            @if view::has_numbers(cell) { (figures(cell)) }
            @else { td.why colspan="7" data-v="" { (view::why_none(cell)) } }
        }
    }
}

/// Figures beyond the table's columns, one a line in the order of [`explore::MORE`]: value, tab, text.
fn more(cell: &CellResult) -> Option<String> {
    if !view::has_numbers(cell) {
        return None;
    }
    let figures = explore::MORE.iter().map(|(_, figure)| match figure(cell) {
        Some((value, text)) => format!("{value}\t{text}"),
        None => String::new(),
    });
    Some(figures.collect::<Vec<_>>().join("\n"))
}

fn figures(cell: &CellResult) -> Markup {
    let wall = cell.wall_ns.as_ref();
    let total = cell.total_ns.as_ref();
    let memory = cell.peak_pss_bytes.or(cell.peak_rss_bytes);
    let gil = cell.gil.map(|gil| if gil.enabled_after { "on" } else { "off" });
    html! {
        td.n title=[view::passes(cell)] data-v=[wall.map(|wall| wall.median)] data-ci=[wall.and_then(|wall| wall.ci95).map(|[a, b]| format!("{a} {b}"))] {
            @if let Some(wall) = wall {
                (format::ns(wall.median))
                @if let Some(ci) = wall.ci95 { small { (format::ns_interval(ci)) } }
            } @else { (format::NONE) }
        }
        (ratio(cell.speedup_self.as_ref()))
        (ratio(cell.speedup.as_ref()))
        td.n data-v=[total.map(|total| total.median)] { (total.map_or(format::NONE.to_owned(), |total| format::ns(total.median))) }
        td.n data-v=[cell.cpu_cores_used] { (cell.cpu_cores_used.map_or(format::NONE.to_owned(), format::cores)) }
        td.n data-v=[memory] { (memory.map_or(format::NONE.to_owned(), format::bytes)) }
        td { (gil.unwrap_or(format::NONE)) }
    }
}

fn ratio(speedup: Option<&Speedup>) -> Markup {
    html! {
        @if let Some(speedup) = speedup {
            td.n data-v=(speedup.ratio) data-ci=[view::interval(speedup).map(|[a, b]| format!("{a} {b}"))] title={ "over " (speedup.baseline) ", " (format::count(speedup.pairs as usize, "pair")) } {
                @if !speedup.settled { abbr title="not settled" { (view::UNSETTLED) } }
                (format::ratio(speedup.ratio))
                @if let Some(ci) = view::interval(speedup) { small { (format::interval(ci)) } }
                @else if !speedup.settled { small { (format::count(speedup.pairs as usize, "pair")) } }
            }
        } @else { td.n data-v="" { (format::NONE) } }
    }
}
