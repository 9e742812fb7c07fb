//! Bencher Metric Format: benchmark, measure, value with bounds. Latency is in nanoseconds, as
//! Bencher's built-in measure wants it; further measures are made when they first come. A cell that failed has
//! no benchmark, and a ratio without an interval no bounds. What is derived from several cells is a measure of the
//! cell that it is about, else of a benchmark named as its curve is, `fib 3.13t threads`; in bytes and nanoseconds.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Number;

use crate::analysis::metrics::{CellMetric, METRICS, Unit};

use super::super::artifact::{Artifact, Drawing};
use super::super::view::View;
use super::Exporter;
use super::figures::{self, Derived};

pub(super) const EXPORTER: Exporter = Exporter { name: "bencher", default: false, draws: false, export };

#[derive(Serialize)]
struct BencherMetric {
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_value: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_value: Option<Number>,
    value: Number,
}

fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let mut benchmarks: BTreeMap<String, BTreeMap<&str, BencherMetric>> = BTreeMap::new();
    for cell in view.measured() {
        let measure = |metric: &CellMetric| {
            let found = (metric.of)(cell)?;
            Some((metric.bencher?, bounded(found.value, found.ci95, metric.unit)?))
        };
        let measures: BTreeMap<&str, BencherMetric> = METRICS.iter().filter_map(measure).collect();
        if !measures.is_empty() {
            benchmarks.insert(view.full_name(cell), measures);
        }
    }
    for one in figures::all(view) {
        if let Some(metric) = derived(&one) {
            benchmarks.entry(one.full_name(view)).or_default().insert(one.name, metric);
        }
    }
    vec![Artifact::new("bencher.json", crate::record::to_json(&benchmarks))]
}

fn derived(one: &Derived<'_>) -> Option<BencherMetric> {
    bounded(one.figure.value?, one.figure.low.zip(one.figure.high).map(<[f64; 2]>::from), Unit::Ratio)
}

/// JSON has no infinity. What a cell counts in whole nanoseconds or bytes stays whole.
fn bounded(value: f64, ci95: Option<[f64; 2]>, unit: Unit) -> Option<BencherMetric> {
    let number = |value: f64| match unit {
        Unit::Nanoseconds | Unit::Bytes => Some(Number::from(value.round() as u64)),
        _ => Number::from_f64(value),
    };
    let [lower_value, upper_value] = match ci95.map(|ends| ends.map(number)) {
        Some([Some(low), Some(high)]) => [Some(low), Some(high)],
        _ => [None, None],
    };
    Some(BencherMetric { lower_value, upper_value, value: number(value)? })
}
