//! For github-action-benchmark, as its tool `customSmallerIsBetter`: a list of name, unit, value. Speedups, of
//! which more is better, have no place there. The action divides a value by the one before it, so that of what is
//! derived from several cells only that is here which is known well enough for such a ratio to mean something.

use serde::Serialize;

use crate::analysis::metrics::{CellMetric, Direction, METRICS, Unit};

use super::super::artifact::{Artifact, Drawing};
use super::super::view::View;
use super::Exporter;
use super::figures::{self, Derived};

pub(super) const EXPORTER: Exporter = Exporter { name: "gha", default: false, draws: false, export };

/// From lower to upper end of an interval; at the action's default threshold more would raise alarms by chance.
const WIDEST: f64 = 2.0;

#[derive(Serialize)]
struct ActionEntry {
    name: String,
    unit: &'static str,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<&'static str>,
}

fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let mut entries = Vec::new();
    for cell in view.measured() {
        // The tracker takes larger for worse.
        let tracked = METRICS.iter().filter(|metric| metric.direction == Direction::SmallerIsBetter);
        entries.extend(tracked.filter_map(|metric: &CellMetric| {
            let (found, suffix) = ((metric.of)(cell)?, metric.action?);
            let name = format!("{}{suffix}", view.full_name(cell));
            let unsettled = suffix.is_empty() && !cell.is_settled();
            Some(entry(name, metric.unit, found.value, found.ci95, unsettled))
        }));
    }
    entries.extend(figures::all(view).iter().filter_map(|one| derived(view, one)));
    vec![Artifact::new("github-action-benchmark.json", crate::record::to_json(&entries))]
}

fn entry(name: String, unit: Unit, value: f64, ends: Option<[f64; 2]>, unsettled: bool) -> ActionEntry {
    let (unit, size) = drawn_in(unit);
    let range = ends.map(|[low, high]| format!("± {:.3}", (high - low) / 2.0 / size));
    ActionEntry { name, unit, value: value / size, range, extra: unsettled.then_some("not settled") }
}

/// The unit in which a figure is drawn, and how much of its own one is.
fn drawn_in(unit: Unit) -> (&'static str, f64) {
    match unit {
        Unit::Share | Unit::SerialFraction => ("%", 0.01),
        Unit::Ratio => ("×", 1.0),
        Unit::Workers => ("workers", 1.0),
        Unit::Cpus => ("CPUs", 1.0),
        Unit::Nanoseconds => ("ms", 1e6),
        Unit::Bytes => ("MiB", 1_048_576.0),
    }
}

fn derived(view: &View<'_>, one: &Derived<'_>) -> Option<ActionEntry> {
    let (value, low, high) = (one.figure.value?, one.figure.low?, one.figure.high?);
    if one.direction != Direction::SmallerIsBetter || low <= 0.0 || high > WIDEST * low {
        return None;
    }
    let name = format!("{} {}", one.full_name(view), one.name.replace('-', " "));
    Some(entry(name, one.unit, value, Some([low, high]), one.settled == Some(false)))
}
