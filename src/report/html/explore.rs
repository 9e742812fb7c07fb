//! One figure of one workload at a time, picked by the reader. The bars are drawn by script from the
//! table below them, which holds everything without it.

use maud::{Markup, html};

use super::super::view::{self, View};

/// Name of a figure and its column in the table.
pub const METRICS: [(&str, usize); 6] = [
    ("time", 3),
    ("speedup over its own single", 4),
    ("speedup over the baseline", 5),
    ("cold, in all", 6),
    ("CPUs used", 7),
    ("peak memory", 8),
];

pub fn section(view: &View<'_>) -> Markup {
    html! {
        section #explore aria-labelledby="explore-title" hidden {
            h2 #explore-title { "Explore" }
            div.filters {
                label { "workload " select #pick-workload { @for name in view::workloads(view) { option { (name) } } } }
                label { "figure " select #pick-metric { @for (name, column) in METRICS { option value=(column) { (name) } } } }
                label { "interpreter " select #pick-interpreter {
                    option value="" { "all" }
                    @for name in view::present(view) { option { (name) } }
                } }
            }
            ol #bars aria-live="polite" {}
        }
    }
}
