//! pyperf's own JSON, one file an interpreter, so that `pyperf compare_to 3.13.json 3.13t.json` meets
//! the same names in both. A pyperf run is one process here: its value is the median of the process's
//! passes. pyperf compares means of unpaired values, gilmatrix medians of paired ratios: on a quiet
//! machine the two agree, on a noisy one the pairs know better.

use serde::Serialize;
use serde_json::{Value, json};

use crate::analysis::CellResult;

use super::super::artifact::{Artifact, Drawing};
use super::super::view::View;
use super::Exporter;

pub(super) const EXPORTER: Exporter = Exporter { name: "pyperf", default: false, draws: false, export };

#[derive(Serialize)]
struct PyperfSuite {
    benchmarks: Vec<PyperfBenchmark>,
    metadata: Value,
    version: &'static str,
}

#[derive(Serialize)]
struct PyperfBenchmark {
    metadata: PyperfMetadata,
    runs: Vec<PyperfRun>,
}

#[derive(Serialize)]
struct PyperfMetadata {
    gilmatrix_settled: &'static str,
    name: String,
}

#[derive(Serialize)]
struct PyperfRun {
    values: [f64; 1],
}

fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let file = |name: &str| {
        let cells = view.cells.iter().filter(|cell| cell.interpreter == name);
        let benchmarks: Vec<PyperfBenchmark> = cells
            .filter(|cell| cell.has_numbers() && !cell.values_ns.is_empty())
            .map(|cell| benchmark(view, cell))
            .collect();
        if benchmarks.is_empty() {
            return None;
        }
        let suite = PyperfSuite { benchmarks, metadata: metadata(view, name), version: "1.0" };
        Some(Artifact::new(&format!("pyperf/{}.json", file_name(name)), crate::record::to_json(&suite)))
    };
    view.interpreter_names().iter().filter_map(|name| file(name)).collect()
}

fn benchmark(view: &View<'_>, cell: &CellResult) -> PyperfBenchmark {
    // pyperf takes a time of zero for a broken clock.
    let seconds = |ns: &u64| (*ns).max(1) as f64 / 1e9;
    PyperfBenchmark {
        metadata: PyperfMetadata {
            gilmatrix_settled: if cell.is_settled() { "yes" } else { "no" },
            name: format!("{} {}", cell.workload, view.how(cell)),
        },
        runs: cell.values_ns.iter().map(|ns| PyperfRun { values: [seconds(ns)] }).collect(),
    }
}

fn metadata(view: &View<'_>, name: &str) -> Value {
    let mut metadata = json!({
        "unit": "second",
        "cpu_model_name": view.host.cpu_model,
        "cpu_count": view.host.cpus.max(1),
        "platform": format!("{} {}", view.host.os, view.host.architecture),
    });
    let facts = view.interpreter(name).map(|known| &known.facts);
    if let (Some(facts), Some(object)) = (facts, metadata.as_object_mut()) {
        object.insert("python_implementation".to_owned(), json!(facts.implementation));
        object.insert("python_version".to_owned(), json!(facts.version));
        object.insert("python_executable".to_owned(), json!(facts.executable));
    }
    metadata
}

/// A name from the matrix can't leave its folder.
fn file_name(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_alphanumeric() || "-_.+@".contains(c) { c } else { '_' }).collect();
    if safe.starts_with('.') { format!("_{safe}") } else { safe }
}
