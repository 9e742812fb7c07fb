//! The table of all cells, failures and skips in place; sorted by a few lines of script.

use maud::{Markup, html};

use crate::analysis::metrics::{
    CPUS_USED, MetricValue, PEAK_MEMORY, SPEEDUP, SPEEDUP_SELF, TIME, TOTAL, Unit,
};
use crate::analysis::{CellResult, Doubt, Speedup};
use crate::cell::Cell;

use super::super::format;
use super::super::view::View;
use super::super::wording::{DOUBTED, OVERSUBSCRIBED, UNSETTLED};
use super::explore;

/// Titles of the columns after the identity, and whether they hold figures.
fn columns(view: &View<'_>) -> Vec<(String, bool)> {
    let mode = view.base_mode();
    let [own, over] = [format!("over its own {mode}"), format!("over {}'s {mode}", view.baseline)];
    [
        ("workload", false),
        ("interpreter", false),
        ("how", false),
        ("time", true),
        (own.as_str(), true),
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

pub(crate) fn section(view: &View<'_>) -> Markup {
    html! {
        section aria-labelledby="cells" {
            h2 #cells { "All cells" }
            (filters(many_silent(view)))
            div.scroll tabindex="0" role="region" aria-label="All cells" {
                table #table {
                    (head(&columns(view)))
                    tbody { @for cell in &view.cells { (row(view, cell)) } }
                }
            }
            p.note {
                (UNSETTLED) " the 95 % interval is wider than ±" (format::percent(view.precision)) ", or rests on too few pairs"
                "; " (OVERSUBSCRIBED) " more workers than CPUs"
                "; " (DOUBTED) " doubted"
            }
        }
    }
}

/// What is shown of a table; `ran`: at first only those that ran.
pub(crate) fn filters(ran: bool) -> Markup {
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
pub(crate) fn head(columns: &[(String, bool)]) -> Markup {
    html! {
        thead { tr { @for (name, figure) in columns {
            th scope="col" class=[figure.then_some("n")] aria-sort="none" { button type="button" { (name) } }
        } } }
    }
}

/// Most cells were never to be run: the table begins with those that were.
fn many_silent(view: &View<'_>) -> bool {
    let counts = &view.counts;
    counts.skipped + counts.not_reached > counts.completed + counts.failed
}

fn row(view: &View<'_>, cell: &CellResult) -> Markup {
    let class = match cell.outcome {
        outcome if outcome.is_failure() => "failed",
        crate::record::Outcome::Completed if cell.is_settled() => "",
        crate::record::Outcome::Completed => "unsettled",
        _ => "silent",
    };
    html! {
        tr class=[(!class.is_empty()).then_some(class)] data-s=(view.colour_index(&cell.interpreter)) data-more=[explore::more(cell)] {
            (identity(cell, &view.how(cell), cell.oversubscribed, &cell.doubts))
            @if cell.has_numbers() { (figures(cell)) }
            @else { td.why colspan="7" data-v="" { (cell.why_none()) } }
        }
    }
}

/// Workload, interpreter, and how, which sorts by mode before workers.
pub(crate) fn identity(cell: &Cell, how: &str, oversubscribed: bool, doubts: &[Doubt]) -> Markup {
    html! {
        td { (cell.workload) }
        td { (cell.interpreter) }
        td data-v={ (cell.mode) " " (cell.variant()) " " (format!("{:05}", cell.workers)) } {
            (how) @if oversubscribed { abbr title="more workers, or BLAS threads of theirs, than CPUs" { (OVERSUBSCRIBED) } }
            @for doubt in doubts { abbr title=(doubt.text) { (DOUBTED) } }
        }
    }
}

fn figures(cell: &CellResult) -> Markup {
    let gil = cell.gil.map_or(format::NONE, |gil| if gil.enabled_after { "on" } else { "off" });
    html! {
        (figure(TIME.unit, (TIME.of)(cell), cell.passes_text()))
        @for metric in [&SPEEDUP_SELF, &SPEEDUP] { (figure(metric.unit, (metric.of)(cell), None)) }
        @for metric in [&TOTAL, &CPUS_USED, &PEAK_MEMORY] {
            (figure(metric.unit, (metric.of)(cell).map(|found| MetricValue { ci95: None, ..found }), None))
        }
        td { (gil) }
    }
}

/// A figure with what it sorts by, its interval small beside it; `about` is said under a pointer.
pub(crate) fn figure(unit: Unit, found: Option<MetricValue<'_>>, about: Option<String>) -> Markup {
    let interval = found.and_then(|found| found.shown_interval());
    let over = |speedup: &Speedup| {
        format!("over {}, {}", speedup.baseline, format::count(speedup.pairs as usize, "pair"))
    };
    let about = about.or_else(|| Some(over(found?.speedup?)));
    html! {
        td.n title=[about] data-v=[found.map(|found| found.value)] data-ci=[interval.map(|[a, b]| format!("{a} {b}"))] {
            @if let Some(found) = found {
                @let interval = found.interval_text(unit);
                @if !found.settled { abbr title="not settled" { (UNSETTLED) } }
                (unit.write(found.value))
                @if !interval.is_empty() { small { (interval) } }
            } @else { (format::NONE) }
        }
    }
}
