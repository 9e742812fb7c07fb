//! Bencher Metric Format: benchmark, measure, value with bounds. Latency is in nanoseconds, as
//! Bencher's built-in measure wants it.

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
            if let Some(wall) = &cell.wall_ns {
                let mut metric = json!({ "value": wall.median });
                if let (Some([low, high]), Some(metric)) = (wall.ci95, metric.as_object_mut()) {
                    metric.insert("lower_value".to_owned(), json!(low));
                    metric.insert("upper_value".to_owned(), json!(high));
                }
                measures.insert("latency".to_owned(), metric);
            }
            if let Some(bytes) = cell.peak_pss_bytes.or(cell.peak_rss_bytes) {
                measures.insert("peak-memory".to_owned(), json!({ "value": bytes }));
            }
            if !measures.is_empty() {
                let name = format!("{} {}", cell.workload, view::who(view, cell));
                benchmarks.insert(name, Value::Object(measures));
            }
        }
        vec![Artifact::new("bencher.json", crate::record::to_json(&benchmarks))]
    }
}
