//! For github-action-benchmark, as its tool `customSmallerIsBetter`: a list of name, unit, value.

use serde::Serialize;

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
            if let Some(wall) = &cell.wall_ns {
                let half = wall.ci95.map(|[low, high]| high.saturating_sub(low) as f64 / 2e6);
                entries.push(Entry {
                    name: name.clone(),
                    unit: "ms",
                    value: wall.median as f64 / 1e6,
                    range: half.map(|half| format!("± {half:.3}")),
                    extra: (!view::settled(cell)).then(|| "not settled".to_owned()),
                });
            }
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
