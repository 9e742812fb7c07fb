//! Bencher Metric Format: benchmark, measure, value with bounds. Latency is in nanoseconds, as
//! Bencher's built-in measure wants it; further measures are made when they first come. A cell that failed has
//! no benchmark, and a ratio without an interval no bounds. What is derived from several cells is a measure of the
//! cell that it is about, else of a benchmark named as its curve is, `fib 3.13t threads`; in bytes and nanoseconds.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Number;

use crate::analysis::{CellResult, Estimate, Speedup};

use super::super::artifact::{Artifact, Drawing};
use super::super::view::View;
use super::Exporter;
use super::figures::{self, Derived};

pub const EXPORTER: Exporter = Exporter { name: "bencher", default: false, draws: false, export };

#[derive(Serialize)]
struct Metric {
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_value: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_value: Option<Number>,
    value: Number,
}

fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let mut benchmarks: BTreeMap<String, BTreeMap<&str, Metric>> = BTreeMap::new();
    for cell in view.cells.iter().filter(|cell| cell.has_numbers()) {
        let measures = measures(cell);
        if !measures.is_empty() {
            benchmarks.insert(format!("{} {}", cell.workload, view.who(cell)), measures);
        }
    }
    for one in figures::all(view) {
        if let Some(metric) = derived(&one) {
            benchmarks.entry(one.full_name(view)).or_default().insert(one.name, metric);
        }
    }
    vec![Artifact::new("bencher.json", crate::record::to_json(&benchmarks))]
}

fn measures(cell: &CellResult) -> BTreeMap<&'static str, Metric> {
    let estimate = |one: &Option<Estimate>| {
        one.as_ref().map(|one| metric(one.median.into(), one.ci95.map(|ends| ends.map(Number::from))))
    };
    let single = |value: Option<u64>| value.map(|value| metric(value.into(), None));
    let measures = [
        ("latency", estimate(&cell.wall_ns)),
        ("cold-total", estimate(&cell.total_ns)),
        ("speedup", ratio(cell.speedup.as_ref())),
        ("speedup-self", ratio(cell.speedup_self.as_ref())),
        ("cpu-time", single(cell.cpu_ns)),
        ("peak-memory", single(cell.peak_bytes())),
    ];
    measures.into_iter().filter_map(|(name, metric)| Some((name, metric?))).collect()
}

fn ratio(speedup: Option<&Speedup>) -> Option<Metric> {
    let speedup = speedup?;
    float(speedup.ratio, speedup.ci95)
}

fn derived(one: &Derived<'_>) -> Option<Metric> {
    float(one.figure.value?, one.figure.low.zip(one.figure.high).map(|(low, high)| [low, high]))
}

/// JSON has no infinity.
fn float(value: f64, ci95: Option<[f64; 2]>) -> Option<Metric> {
    let bounds = ci95.and_then(|[low, high]| Some([Number::from_f64(low)?, Number::from_f64(high)?]));
    Some(metric(Number::from_f64(value)?, bounds))
}

fn metric(value: Number, bounds: Option<[Number; 2]>) -> Metric {
    let [lower_value, upper_value] = bounds.map_or([None, None], |ends| ends.map(Some));
    Metric { lower_value, upper_value, value }
}
