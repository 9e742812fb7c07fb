//! For github-action-benchmark, as its tool `customSmallerIsBetter`: a list of name, unit, value. Speedups, of
//! which more is better, have no place there. The action divides a value by the one before it, so that of what is
//! derived from several cells only that is here which is known well enough for such a ratio to mean something.

use serde::Serialize;

use crate::analysis::Estimate;

use super::super::artifact::{Artifact, Drawing};
use super::super::view::View;
use super::Exporter;
use super::figures::{self, Derived, Unit};

pub const EXPORTER: Exporter = Exporter { name: "gha", default: false, draws: false, export };

/// From lower to upper end of an interval; at the action's default threshold more would raise alarms by chance.
const WIDEST: f64 = 2.0;
const MIB: f64 = 1_048_576.0;

#[derive(Serialize)]
struct Entry {
    name: String,
    unit: &'static str,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<String>,
}

fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let mut entries = Vec::new();
    for cell in view.cells.iter().filter(|cell| cell.has_numbers()) {
        let name = format!("{} {}", cell.workload, view.who(cell));
        let unsettled = (!cell.is_settled()).then(|| "not settled".to_owned());
        entries.extend(cell.wall_ns.as_ref().map(|wall| time(name.clone(), wall, unsettled)));
        let cold = cell.total_ns.as_ref();
        entries.extend(cold.map(|total| time(format!("{name} cold, in all"), total, None)));
        if let Some(bytes) = cell.peak_bytes() {
            entries.push(Entry {
                name: format!("{name} memory"),
                unit: "MiB",
                value: bytes as f64 / MIB,
                range: None,
                extra: None,
            });
        }
    }
    entries.extend(figures::all(view).iter().filter_map(|one| derived(view, one)));
    vec![Artifact::new("github-action-benchmark.json", crate::record::to_json(&entries))]
}

fn time(name: String, time: &Estimate, extra: Option<String>) -> Entry {
    let half = time.ci95.map(|[low, high]| high.saturating_sub(low) as f64 / 2e6);
    Entry {
        name,
        unit: "ms",
        value: time.median as f64 / 1e6,
        range: half.map(|half| format!("± {half:.3}")),
        extra,
    }
}

fn derived(view: &View<'_>, one: &Derived<'_>) -> Option<Entry> {
    let (value, low, high) = (one.figure.value?, one.figure.low?, one.figure.high?);
    if !one.smaller_is_better || low <= 0.0 || high > WIDEST * low {
        return None;
    }
    let (unit, size) = match one.unit {
        Unit::Share | Unit::SerialFraction => ("%", 0.01),
        Unit::Ratio => ("×", 1.0),
        Unit::Workers => ("workers", 1.0),
        Unit::Nanoseconds => ("ms", 1e6),
        Unit::Bytes => ("MiB", MIB),
    };
    Some(Entry {
        name: format!("{} {}", one.full_name(view), one.name.replace('-', " ")),
        unit,
        value: value / size,
        range: Some(format!("± {:.3}", (high - low) / 2.0 / size)),
        extra: (one.settled == Some(false)).then(|| "not settled".to_owned()),
    })
}
