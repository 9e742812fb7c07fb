//! One run, as far as a trend needs it: read from its `results.json`, whatever version wrote that.

use serde::Deserialize;

use crate::analysis::{Estimate, ReferenceResult, Speedup, WorkloadResult};
use crate::cell::{Cell, FlatCell};
use crate::interpreter::Missing;
use crate::record::{Host, Outcome, Part};

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Night {
    pub schema: String,
    pub run_id: String,
    pub tool_version: String,
    pub started_unix_ns: u64,
    pub host: Host,
    /// What was measured where; empty but for a merged run.
    #[serde(default)]
    pub parts: Vec<Part>,
    pub interpreters: Vec<Python>,
    #[serde(default)]
    pub missing: Vec<Missing>,
    pub baseline: String,
    pub workloads: Vec<WorkloadResult>,
    pub cells: Vec<NightCell>,
    /// Each workload's baseline beside the fixed reference; empty where the budget was short.
    #[serde(default)]
    pub references: Vec<ReferenceResult>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Python {
    pub name: String,
    pub facts: PythonFacts,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct PythonFacts {
    pub version: String,
    pub build: String,
    pub executable_sha256: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct NightCell {
    #[serde(flatten, with = "FlatCell")]
    pub cell: Cell,
    pub outcome: Outcome,
    pub wall_ns: Option<Estimate>,
    pub speedup: Option<Speedup>,
    pub peak_rss_bytes: Option<u64>,
    pub peak_pss_bytes: Option<u64>,
}

impl Night {
    /// What the speedups of its workload are over: it alone has none, and its time is followed instead.
    pub(crate) fn is_baseline(&self, cell: &NightCell) -> bool {
        cell.cell.is_single_of(&self.baseline)
    }
}
