//! One figure of one workload at a time, picked by the reader. The bars are drawn by script from the
//! table below them; what has no column there stands in its rows.

use maud::{Markup, html};

use crate::analysis::CellResult;
use crate::analysis::metrics::{CellMetric, METRICS, TABLE};

use super::super::view::View;

/// Columns of the table before its first figure.
const BEFORE: usize = 3;

/// Figures that have no column.
fn without_column() -> impl Iterator<Item = &'static CellMetric> {
    METRICS[TABLE..].iter().filter(|metric| metric.explored)
}

/// Figures that a row has beyond its columns, one a line: value, tab, text.
pub(super) fn more(cell: &CellResult) -> Option<String> {
    let line = |metric: &CellMetric| match (metric.of)(cell) {
        Some(found) => format!("{}\t{}", found.value, metric.unit.write(found.value)),
        None => String::new(),
    };
    cell.has_numbers().then(|| without_column().map(line).collect::<Vec<_>>().join("\n"))
}

pub(super) fn section(view: &View<'_>) -> Markup {
    html! {
        section #explore aria-labelledby="explore-title" hidden {
            h2 #explore-title { "Explore" }
            div.filters {
                label { "workload " select #pick-workload { @for name in &view.workload_names { option { (name) } } } }
                label { "figure " select #pick-metric {
                    @for (place, metric) in METRICS[..TABLE].iter().enumerate() {
                        option value=(BEFORE + place) { (metric.title) }
                    }
                    @for (place, metric) in without_column().enumerate() {
                        @if view.cells.iter().any(|cell| (metric.of)(cell).is_some()) {
                            option value={ "more-" (place) } { (metric.title) }
                        }
                    }
                } }
                label { "interpreter " select #pick-interpreter {
                    option value="" { "all" }
                    @for name in &view.present { option { (name) } }
                } }
            }
            ol #bars aria-live="polite" {}
            p.note { "Pale: a speedup that is not settled. Thin line: 95 % interval." }
        }
    }
}
