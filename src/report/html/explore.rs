//! One figure of one workload at a time, picked by the reader. The bars are drawn by script from the
//! table below them; what has no column there stands in its rows.

use maud::{Markup, html};

use crate::analysis::CellResult;

use super::super::format;
use super::super::view::View;

/// Name of a figure and its column in the table.
const METRICS: [(&str, usize); 6] = [
    ("time of a warm pass", 3),
    ("speedup over its own single", 4),
    ("speedup over the baseline", 5),
    ("cold, in all", 6),
    ("CPUs used", 7),
    ("peak memory", 8),
];

/// A figure's value, for the bar, and its text.
type Figure = fn(&CellResult) -> Option<(f64, String)>;

/// Figures that have no column.
pub const MORE: [(&str, Figure); 7] = [
    ("speedup in all, cold", |cell| {
        let ratio = cell.speedup_total.as_ref()?.ratio;
        Some((ratio, format::ratio(ratio)))
    }),
    ("efficiency: speedup per worker", |cell| {
        let efficiency = cell.efficiency?;
        Some((efficiency, format::percent(efficiency)))
    }),
    ("start of the interpreter, with imports", |cell| ns(cell.phases_ns.start? + cell.phases_ns.imports?)),
    ("making the pool", |cell| ns(cell.phases_ns.pool?)),
    ("CPU time of all its processes", |cell| ns(cell.cpu_ns?)),
    ("longest stall of the event loop", |cell| ns(cell.loop_lag_ns?)),
    ("event loop's lag, 99th percentile", |cell| ns(cell.loop_lag_p99_ns?)),
];

fn ns(value: u64) -> Option<(f64, String)> {
    Some((value as f64, format::ns(value)))
}

pub fn section(view: &View<'_>) -> Markup {
    html! {
        section #explore aria-labelledby="explore-title" hidden {
            h2 #explore-title { "Explore" }
            div.filters {
                label { "workload " select #pick-workload { @for name in view.workload_names() { option { (name) } } } }
                label { "figure " select #pick-metric {
                    @for (name, column) in METRICS { option value=(column) { (name) } }
                    @for (place, (name, figure)) in MORE.iter().enumerate() {
                        @if view.cells.iter().any(|cell| figure(cell).is_some()) {
                            option value={ "more-" (place) } { (name) }
                        }
                    }
                } }
                label { "interpreter " select #pick-interpreter {
                    option value="" { "all" }
                    @for name in view.present() { option { (name) } }
                } }
            }
            ol #bars aria-live="polite" {}
            p.note { "Pale: a speedup that is not settled. Thin line: 95 % interval." }
        }
    }
}
