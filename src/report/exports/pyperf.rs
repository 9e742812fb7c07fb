//! pyperf's own JSON, one file an interpreter, so that `pyperf compare_to 3.13.json 3.13t.json` meets
//! the same names in both. A pyperf run is one process here: its value is the median of the process's
//! passes. pyperf compares means of unpaired values, gilmatrix medians of paired ratios: on a quiet
//! machine the two agree, on a noisy one the pairs know better.

use serde_json::{Value, json};

use crate::analysis::CellResult;

use super::super::artifact::{Artifact, Drawing};
use super::super::file_names;
use super::super::view::View;
use super::Exporter;

pub(super) const EXPORTER: Exporter = Exporter { name: "pyperf", default: false, draws: false, export };

fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let file = |(name, file_name): (&str, String)| {
        let cells = view.cells.iter().filter(|cell| cell.interpreter == name);
        let benchmarks: Vec<Value> = cells
            .filter(|cell| cell.has_numbers() && !cell.values_ns.is_empty())
            .map(|cell| benchmark(view, cell))
            .collect();
        if benchmarks.is_empty() {
            return None;
        }
        let suite = json!({ "benchmarks": benchmarks, "metadata": metadata(view, name), "version": "1.0" });
        Some(Artifact::new(&format!("pyperf/{file_name}.json"), crate::record::to_json(&suite)))
    };
    let names: Vec<String> = view.interpreter_names.iter().map(|name| (*name).to_owned()).collect();
    view.interpreter_names.iter().copied().zip(file_names::unique(&names)).filter_map(file).collect()
}

fn benchmark(view: &View<'_>, cell: &CellResult) -> Value {
    // pyperf takes a time of zero for a broken clock.
    let run = |ns: &u64| json!({ "values": [(*ns).max(1) as f64 / 1e9] });
    json!({
        "metadata": {
            "gilmatrix_settled": if cell.is_settled() { "yes" } else { "no" },
            "name": format!("{} {}", cell.workload, view.how(cell)),
        },
        "runs": cell.values_ns.iter().map(run).collect::<Vec<_>>(),
    })
}

fn metadata(view: &View<'_>, name: &str) -> Value {
    let mut metadata = json!({
        "unit": "second",
        "cpu_model_name": view.host.cpu_model,
        "cpu_count": view.host.cpus.max(1),
        "platform": format!("{} {}", view.host.os, view.host.architecture),
    });
    if let Some(facts) = view.interpreter(name).map(|known| &known.facts) {
        metadata["python_implementation"] = json!(facts.implementation);
        metadata["python_version"] = json!(facts.version);
        metadata["python_executable"] = json!(facts.executable);
    }
    metadata
}
