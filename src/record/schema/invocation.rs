//! One line of `records.jsonl`: one process launched for one cell.

use serde::{Deserialize, Serialize};

use super::{Blas, Disturbance, Gc, Gil, Outcome, Resources, Side, Value, WarmUp, WorkerFacts};
use crate::cell::Cell;
use crate::matrix::CpuSet;

/// What an invocation was launched for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvocationKind {
    /// Alone on the machine: phases, cold totals, CPU, memory, timelines.
    #[default]
    Solo,
    /// Alive together with a baseline: ratios.
    Block,
    /// A block of two contenders alone: only in older records.
    Rivals,
    /// Several `single` processes at once: what the machine itself can do.
    Capacity,
    /// A cell and its counterpart on the base side of `run --against`, in lock-step.
    Against,
    /// The baseline interpreter's `single` of a workload and [`crate::cell::Cell::reference`], in lock-step:
    /// what makes stored runs comparable.
    Reference,
}

impl InvocationKind {
    /// Whether its passes count towards the time of a cell.
    pub(crate) fn counts_for_wall(self) -> bool {
        matches!(self, Self::Block | Self::Rivals)
    }
}

/// One line of `records.jsonl`: one process launched for one cell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// The only CPUs that it was launched on; `None`: all that the runner may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<CpuSet>,
    /// The CPU on which its counted passes ran, as did those of all members of its block that have one worker;
    /// `None`: the kernel chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_to_cpu: Option<u32>,
    /// The base side runs the same cell with the base's interpreter and scripts.
    #[serde(default, skip_serializing_if = "Side::is_new")]
    pub side: Side,
    /// The command line of the process, as launched.
    pub command: Vec<String>,
    pub pid: u32,
    pub started_unix_ns: u64,
    /// On the run's monotonic clock, 0 at the run's start.
    pub started_ns: u64,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    /// It had to be ended: how that went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forced: Option<Forced>,
    pub phases_ns: Phases,
    /// Solo only: launch to exit with one cold pass, what a user waits for.
    pub total_ns: Option<u64>,
    /// Before the first counted pass; in a solo after its first pass, which stays cold.
    #[serde(default)]
    pub warm_ups: Vec<WarmUp>,
    pub values: Vec<Value>,
    pub workers: Vec<WorkerFacts>,
    pub gil: Option<Gil>,
    pub gc: Option<Gc>,
    /// `None`: the workload brought no such library, or the process never ended.
    pub blas: Option<Blas>,
    /// Solo only.
    pub resources: Option<Resources>,
    /// The last bytes of what the process printed.
    pub stdout_tail: String,
    pub stderr_tail: String,
    pub warnings: Vec<String>,
    /// What the harness itself saw that makes one distrust it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Noticed>,
    /// `None`: not recorded (schema 3), or no process made a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<Calls>,
    /// Load average over one minute when it was launched.
    pub load_1m: Option<f64>,
    /// What else the machine did meanwhile; members of a block share one figure.
    pub disturbance: Option<Disturbance>,
}

/// What calls took in its processes, in nanoseconds, and what they started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// CPU time of a process's very first call, the most of all. `None`: each imported a module, which takes its time.
    pub first_cpu_ns: Option<u64>,
    /// The shortest of the later ones.
    pub later_ns: u64,
    /// How many threads a process's very first call started, the most of all.
    #[serde(default)]
    pub threads: u32,
}

impl Invocation {
    /// Returns when it had ended, on the run's clock, which nobody sets; what the runner did after that isn't recorded.
    pub fn ended_ns(&self) -> u64 {
        let phases = &self.phases_ns;
        let up = [phases.start, phases.imports, phases.pool].into_iter().flatten();
        let up = up.fold(self.started_ns, u64::saturating_add);
        let worked = self.values.iter().map(|value| value.start_ns.saturating_add(value.ns)).max();
        worked.unwrap_or(0).max(up).saturating_add(phases.teardown.unwrap_or(0))
    }
}

/// A doubt that the harness has: its kind, as in `results.json`, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noticed {
    pub kind: String,
    pub text: String,
}

/// The end of an invocation that didn't end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forced {
    /// From asking its processes to end (SIGTERM) until those that stayed were killed; 0 where nobody was asked.
    pub grace_ns: u64,
    /// From then until no process of its tree was left.
    pub empty_ns: u64,
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
    /// Warm-ups and uncounted passes; in a solo what warmed it up after its first pass.
    pub warmup: Option<u64>,
    /// The first pass of all.
    pub first: Option<u64>,
    /// The sum of all passes after it.
    pub work: Option<u64>,
    /// From the end command to the process's exit.
    pub teardown: Option<u64>,
}
