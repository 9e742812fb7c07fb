//! For github-action-benchmark, as its tool `customSmallerIsBetter`: a list of name, unit, value. Speedups, of
//! which more is better, have no place there.

use serde::Serialize;

use crate::analysis::Estimate;

use super::super::export::{Artifact, Drawing, Exporter};
use super::super::view::{self, View};

pub struct GithubActionBenchmark;

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

impl Exporter for GithubActionBenchmark {
    fn name(&self) -> &'static str {
        "gha"
    }

    fn export(&self, view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
        let mut entries = Vec::new();
        for cell in view.cells.iter().filter(|cell| view::has_numbers(cell)) {
            let name = format!("{} {}", cell.workload, view::who(view, cell));
            let unsettled = (!view::settled(cell)).then(|| "not settled".to_owned());
            entries.extend(cell.wall_ns.as_ref().map(|wall| time(name.clone(), wall, unsettled)));
            let cold = cell.total_ns.as_ref();
            entries.extend(cold.map(|total| time(format!("{name} cold, in all"), total, None)));
            if let Some(bytes) = cell.peak_pss_bytes.or(cell.peak_rss_bytes) {
                let value = bytes as f64 / 1_048_576.0;
                entries.push(Entry {
                    name: format!("{name} memory"),
                    unit: "MiB",
                    value,
                    range: None,
                    extra: None,
                });
            }
        }
        vec![Artifact::new("github-action-benchmark.json", crate::record::to_json(&entries))]
    }
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
