//! Bencher Metric Format: benchmark, measure, value with bounds. Latency is in nanoseconds, as
//! Bencher's built-in measure wants it; further measures are made when they first come. A cell that failed has
//! no benchmark, and a ratio without an interval no bounds.

use serde_json::{Map, Value, json};

use super::super::export::{Artifact, Drawing, Exporter};
use super::super::view::{self, View};

pub struct Bencher;

impl Exporter for Bencher {
    fn name(&self) -> &'static str {
        "bencher"
    }

    fn export(&self, view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
        let mut benchmarks = Map::new();
        for cell in view.cells.iter().filter(|cell| view::has_numbers(cell)) {
            let mut measures = Map::new();
            let mut add = |name: &str, metric: Option<Value>| {
                measures.extend(metric.map(|metric| (name.to_owned(), metric)));
            };
            add("latency", cell.wall_ns.as_ref().map(|wall| metric(wall.median, wall.ci95)));
            add("cold-total", cell.total_ns.as_ref().map(|total| metric(total.median, total.ci95)));
            add("speedup", cell.speedup.as_ref().map(|speedup| metric(speedup.ratio, speedup.ci95)));
            add(
                "speedup-self",
                cell.speedup_self.as_ref().map(|speedup| metric(speedup.ratio, speedup.ci95)),
            );
            add("cpu-time", cell.cpu_ns.map(|ns| metric(ns, None)));
            add("peak-memory", cell.peak_pss_bytes.or(cell.peak_rss_bytes).map(|bytes| metric(bytes, None)));
            if !measures.is_empty() {
                let name = format!("{} {}", cell.workload, view::who(view, cell));
                benchmarks.insert(name, Value::Object(measures));
            }
        }
        vec![Artifact::new("bencher.json", crate::record::to_json(&benchmarks))]
    }
}

fn metric<T: serde::Serialize>(value: T, ci95: Option<[T; 2]>) -> Value {
    match ci95 {
        Some([low, high]) => json!({ "value": value, "lower_value": low, "upper_value": high }),
        None => json!({ "value": value }),
    }
}
