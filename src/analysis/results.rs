//! The types behind `results.json`. Times are integer nanoseconds, memory is bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cell_result::{CellResult, Speedup};
use super::figures::{BreakEven, MemoryGrowth, Overall, Scaling, SingleThread};
use super::{AgainstResult, Answer};
use crate::cell::{Cell, FlatCell, Mode, ModeKind, kind_of};
use crate::interpreter::{Interpreter, Missing};
use crate::matrix::{ScalingKind, SweepPoint};
use crate::record::{Host, Part, RunStatus};

pub(crate) const RESULTS_SCHEMA: &str = "gilmatrix.results/10";

/// `results.json`: the analysis, rebuilt at will from `run.json` and `records.jsonl`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Results {
    pub schema: String,
    pub run_id: String,
    pub tool_version: String,
    pub status: RunStatus,
    pub command: Vec<String>,
    pub seed: u64,
    pub started_unix_ns: u64,
    pub finished_unix_ns: Option<u64>,
    /// How long it measured, by the run's own clock: until its last invocation had ended, without the time in which it
    /// was broken off; in a merged run the longest of its parts. `None`: nothing was measured. The machine's clock may
    /// have been set between start and end, so they don't tell it.
    #[serde(default)]
    pub elapsed_ns: Option<u64>,
    /// The machine that measured; in a merged run that of its first part, see `parts`.
    pub host: Host,
    /// Each shard of a merged run, with its host and the workloads that ran there; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// Of each variant that changes them, the variables that say which libraries its processes load, or how they allocate
    /// memory.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub loader_env: BTreeMap<String, BTreeMap<String, String>>,
    pub interpreters: Vec<Interpreter>,
    pub missing: Vec<Missing>,
    /// The modes of the plan and what their workers are.
    #[serde(default)]
    pub modes: Vec<Mode>,
    /// Name of the baseline interpreter.
    pub baseline: String,
    /// Half-width of a log ratio's 95 % interval that counts as settled.
    pub precision: f64,
    /// What one invocation's process tree might take; `None`: no ceiling.
    pub max_memory_bytes: Option<u64>,
    /// What each workload did, in the matrix's order.
    pub workloads: Vec<WorkloadResult>,
    pub counts: Counts,
    /// Every cell of the plan, skipped ones too, in the matrix's order.
    pub cells: Vec<CellResult>,
    pub capacity: Vec<Capacity>,
    /// The gate's verdict; `None` without `--against`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<AgainstResult>,
    /// Each workload's baseline beside the fixed reference.
    #[serde(default)]
    pub references: Vec<ReferenceResult>,
    /// SHA-256 over the harness's files.
    pub harness_sha256: Option<String>,
    /// What free threading costs one thread, by workload and free-threaded interpreter.
    #[serde(default)]
    pub single_thread: Vec<SingleThread>,
    /// Curves over the workers with their fits.
    #[serde(default)]
    pub scaling: Vec<Scaling>,
    #[serde(default)]
    pub memory_growth: Vec<MemoryGrowth>,
    /// Where a workload has a `sweep`.
    #[serde(default)]
    pub break_even: Vec<BreakEven>,
    /// Geometric means over the workloads.
    #[serde(default)]
    pub overall: Vec<Overall>,
    /// What sampling took in the solo invocations; `None`: there was none.
    pub sampling: Option<Sampling>,
    /// What to use, by workload and situation. Older files have none: they are drawn again from the record.
    #[serde(default)]
    pub answers: Vec<Answer>,
    pub warnings: Vec<Warning>,
}

impl Results {
    /// As it was resolved; `None` for one that wasn't on the machine.
    pub fn interpreter(&self, name: &str) -> Option<&Interpreter> {
        self.interpreters.iter().find(|known| known.name == name)
    }

    /// Returns what the workers of a mode are; `None` for one that the harness no longer has.
    pub fn kind(&self, mode: &str) -> Option<ModeKind> {
        kind_of(&self.modes, mode)
    }

    pub fn workload(&self, name: &str) -> Option<&WorkloadResult> {
        self.workloads.iter().find(|known| known.name == name)
    }

    /// The machine that measured a workload: shards of a merged run may have had different ones.
    pub fn host_of(&self, workload: &str) -> &Host {
        let part = self.parts.iter().find(|part| part.workloads.iter().any(|name| name == workload));
        part.map_or(&self.host, |part| &part.host)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WorkloadResult {
    pub name: String,
    pub tasks: u32,
    pub args: serde_json::Map<String, serde_json::Value>,
    /// SHA-256 of its own file, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script_sha256: Option<String>,
    #[serde(default)]
    pub scaling: ScalingKind,
    /// The `[[workload]]` whose `sweep` it is a point of, and the argument that is swept.
    pub sweep: Option<SweepPoint>,
    /// What it stresses, and what was expected of it before anything was measured; empty: it doesn't say.
    #[serde(default)]
    pub stress: String,
    #[serde(default)]
    pub expect: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Counts {
    pub completed: u32,
    pub settled: u32,
    pub failed: u32,
    pub skipped: u32,
    pub not_reached: u32,
    /// Invocations that something else on the machine disturbed.
    #[serde(default)]
    pub disturbed: u32,
    pub invocations: u32,
}

/// How CPU and memory were sampled, over all solo invocations, and what that itself cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Sampling {
    /// Invocations that were sampled.
    pub invocations: u32,
    /// Invocations in which the rate was lowered to keep within the budget.
    pub slowed: u32,
    pub samples: u64,
    /// Samples in which PSS was read.
    pub pss_samples: u64,
    /// Between samples as asked, and the longest at the end of an invocation.
    pub asked_interval_ns: u64,
    pub longest_interval_ns: u64,
    /// CPU time of the sampler's thread, of it for PSS, and how long it ran.
    pub cpu_ns: u64,
    pub pss_cpu_ns: u64,
    pub wall_ns: u64,
    /// Ticks more than half an interval late.
    pub late_ticks: u64,
}

/// What the machine gives to several independent `single` processes at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Capacity {
    /// So many plain loops, each a process of its own.
    #[serde(flatten, with = "FlatCell")]
    pub cell: Cell,
    /// Work done together in the time that one alone takes for its own.
    pub ratio: f64,
    pub ci95: Option<[f64; 2]>,
    pub blocks: u32,
}

/// How fast a workload's plain loop on the baseline interpreter is beside [`Cell::reference`]. The machine's speed on
/// the day cancels in it; what is left is the workload's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReferenceResult {
    pub workload: String,
    /// Time of the reference over that of the workload's `single`: falls when the workload gets slower.
    pub speedup: Speedup,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Warning {
    /// Machine-readable kind, as `comparability`, `oversubscribed`, `interpreter_missing`.
    pub kind: String,
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixture_reads_as_results() {
        let text = include_str!("../../tests/fixtures/results.json");
        let results: Results = serde_json::from_str(text).unwrap();
        assert!(crate::record::readable(&results.schema, RESULTS_SCHEMA), "{}", results.schema);
        let again: Results = serde_json::from_value(serde_json::to_value(&results).unwrap()).unwrap();
        assert!(again == results, "what is written reads back the same");
    }

    #[test]
    fn a_workload_belongs_to_the_host_of_its_part() {
        let text = include_str!("../../tests/fixtures/results.json");
        let mut results: Results = serde_json::from_str(text).unwrap();
        let part = |cpu: &str, workload: &str| Part {
            run_id: cpu.to_owned(),
            shard: None,
            host: Host { cpu_model: cpu.to_owned(), ..results.host.clone() },
            workloads: vec![workload.to_owned()],
        };
        let parts = vec![part("one", "fib"), part("two", "json")];
        assert_eq!(results.host_of("json"), &results.host);
        results.parts = parts;
        assert_eq!(results.host_of("json").cpu_model, "two");
        assert_eq!(results.host_of("elsewhere"), &results.host);
    }
}
