//! The types behind `run.json` and `records.jsonl`. Times are integer nanoseconds, memory is bytes.
//! Nothing is rounded or thrown away: every value, warm-up and resource sample stays.

use serde::{Deserialize, Serialize};

use crate::interpreter::{Interpreter, Missing};
use crate::matrix::Matrix;
use crate::plan::{Cell, Plan};

pub const RUN_SCHEMA: &str = "gilmatrix.run/1";
pub const RECORDS_SCHEMA: &str = "gilmatrix.records/1";

/// `run.json`: what was asked, resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunInfo {
    pub schema: String,
    /// Name of the run's directory.
    pub run_id: String,
    pub tool_version: String,
    /// The command line that was typed.
    pub command: Vec<String>,
    /// Path of the matrix file as given.
    pub matrix_path: String,
    pub matrix: Matrix,
    pub seed: u64,
    pub host: Host,
    pub interpreters: Vec<Interpreter>,
    pub missing: Vec<Missing>,
    pub plan: Plan,
    /// What was really installed for `packages`, by interpreter name: `["numpy==2.4.6"]`.
    #[serde(default)]
    pub packages: std::collections::BTreeMap<String, Vec<String>>,
    /// SHA-256 over the harness's files, hexadecimal.
    pub harness_sha256: String,
    /// Unix time.
    pub started_unix_ns: u64,
    pub finished_unix_ns: Option<u64>,
    pub status: RunStatus,
    #[serde(default)]
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Still going on, or the runner died.
    Running,
    Completed,
    Interrupted,
    /// The machine refused (disk full, ...).
    Failed,
}

/// The machine that the numbers belong to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Host {
    pub hostname: Option<String>,
    pub os: String,
    pub kernel: Option<String>,
    pub architecture: String,
    pub cpu_model: String,
    /// Logical CPUs of the machine.
    pub cpus: u32,
    /// CPUs that this process may really use: affinity and cgroup quota.
    pub effective_cpus: f64,
    pub memory_bytes: u64,
    /// Load average over one minute when the run started.
    pub load_1m: Option<f64>,
    /// CPUs that others kept busy in the moment before the run started.
    #[serde(default)]
    pub busy_cpus: Option<f64>,
    pub governor: Option<String>,
    pub virtualised: Option<bool>,
}

/// What an invocation was launched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvocationKind {
    /// Alone on the machine: phases, cold totals, CPU, memory, timelines.
    Solo,
    /// Alive together with a baseline: ratios.
    Block,
    /// A block of the leading rivals, which meet each other directly.
    Rivals,
    /// Several `single` processes at once: what the machine itself can do.
    Capacity,
}

/// How an invocation, or a cell, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Completed,
    Failed,
    TimedOut,
    Crashed,
    ChecksumMismatch,
    ProtocolError,
    GilMismatch,
    OutOfMemory,
    NoSteadyState,
    NotReached,
    Cancelled,
    Skipped,
}

impl Outcome {
    /// Failed for a reason of its own; `Skipped`, `NotReached` and `Cancelled` are not failures.
    pub fn is_failure(self) -> bool {
        !matches!(self, Self::Completed | Self::Skipped | Self::NotReached | Self::Cancelled)
    }
}

/// One line of `records.jsonl`: one process launched for one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invocation {
    pub schema: String,
    /// Counts up from 1 inside the run.
    pub id: u64,
    pub kind: InvocationKind,
    /// Counts up from 1.
    pub round: u32,
    /// Number of the block inside the run; invocations with the same number were alive together.
    pub block: Option<u64>,
    pub cell: Cell,
    /// Of the process, as launched.
    pub command: Vec<String>,
    pub pid: u32,
    pub started_unix_ns: u64,
    /// On the run's monotonic clock, 0 at the run's start.
    pub started_ns: u64,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    pub phases_ns: Phases,
    /// Solo only: launch to exit with one cold pass, what a user waits for.
    pub total_ns: Option<u64>,
    pub values: Vec<Value>,
    pub workers: Vec<WorkerFacts>,
    pub gil: Option<Gil>,
    /// Solo only.
    pub resources: Option<Resources>,
    /// The last bytes of what the process printed.
    pub stdout_tail: String,
    pub stderr_tail: String,
    pub warnings: Vec<String>,
    /// Load average over one minute when it was launched.
    pub load_1m: Option<f64>,
}

/// The parts of an invocation's life, timed apart. `None`: not reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Phases {
    /// From launch to the harness's first line.
    pub start: Option<u64>,
    /// Importing the harness, the mode and the workload.
    pub imports: Option<u64>,
    /// Creating the pool until every worker has answered.
    pub pool: Option<u64>,
    /// Warm-up passes before the first counted one (blocks only).
    pub warmup: Option<u64>,
    /// The first pass of all.
    pub first: Option<u64>,
    /// The sum of all passes after it.
    pub work: Option<u64>,
    /// From the end command to the process's exit.
    pub teardown: Option<u64>,
}

/// One pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Its time.
    pub ns: u64,
    /// Block it belongs to, as in the invocation.
    pub block: Option<u64>,
    /// Sweep: every live cell of a block has one pass in each sweep, in random order.
    pub sweep: u32,
    /// Its place in the block's whole sequence of passes, from 0.
    pub seq: u32,
    /// On the run's monotonic clock.
    pub start_ns: u64,
    /// First passes of a process, kept but not counted.
    pub warmup: bool,
    /// Invocations that had a pass under way at the same time, itself included: 1 but in capacity blocks.
    pub concurrent: u32,
    pub checksum: String,
    /// CPU time of all workers from go to value, by their own clocks.
    pub cpu_ns: Option<u64>,
    /// The event loop's longest stall (asyncio modes).
    pub loop_lag_ns: Option<u64>,
}

/// What one worker said about itself; rule 1: a cell proves what it ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerFacts {
    pub pid: u32,
    /// Native thread id, for workers that are threads.
    pub thread: Option<u64>,
    pub executable: String,
    pub version: String,
    pub py_gil_disabled: Option<bool>,
    pub gil_enabled_before: bool,
    /// `None`: the worker was gone before it could say.
    pub gil_enabled_after: Option<bool>,
}

/// The GIL over a whole invocation: `enabled_*` is true if it was for any worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Gil {
    pub build: GilBuild,
    pub enabled_before: bool,
    pub enabled_after: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GilBuild {
    Gil,
    FreeThreaded,
}

/// CPU and memory of the whole process tree of a solo invocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// User and system time of the whole tree.
    pub cpu_ns: u64,
    /// From the kernel's accounting of the finished tree; else summed from samples, a lower bound.
    pub cpu_exact: bool,
    pub user_ns: Option<u64>,
    pub system_ns: Option<u64>,
    /// Highest sum over the tree.
    pub peak_rss_bytes: u64,
    pub peak_pss_bytes: Option<u64>,
    pub pss_samples: u32,
    pub peak_processes: u32,
    pub samples: Vec<Sample>,
    pub sampler: SamplerCost,
}

/// The tree at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Sample {
    /// Since the invocation's launch.
    pub t_ns: u64,
    /// Accumulated CPU of the tree, processes already gone included.
    pub cpu_ns: u64,
    pub rss_bytes: u64,
    /// Read more rarely than the rest.
    pub pss_bytes: Option<u64>,
    pub processes: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplerCost {
    pub interval_ns: u64,
    /// CPU of the sampler's own thread.
    pub cpu_ns: u64,
    pub ticks: u32,
    /// Ticks more than half an interval late.
    pub late_ticks: u32,
}
