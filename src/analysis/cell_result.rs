//! What `results.json` says of one cell. All times are integer nanoseconds, memory is bytes.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::figures::Figure;
use crate::cell::{Cell, FlatCell};
use crate::doubts::Doubt;
use crate::record::{Blas, Gc, Gil, Outcome, Phases, ProcessSeries, Sample};
use crate::stats::Peak;

/// A median and its 95 % interval; none where there are too few invocations for one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Estimate {
    pub median: u64,
    pub ci95: Option<[u64; 2]>,
}

/// How many times as fast as the baseline: above 1 is faster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Speedup {
    /// The full name of the cell it is taken against, as `3.13 fib single`.
    pub baseline: String,
    pub ratio: f64,
    pub ci95: Option<[f64; 2]>,
    /// The interval is as narrow as was asked.
    pub settled: bool,
    /// Process pairs (blocks) behind it.
    pub pairs: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CellResult {
    #[serde(flatten, with = "FlatCell")]
    pub cell: Cell,
    pub oversubscribed: bool,
    pub outcome: Outcome,
    pub reason: Option<String>,
    pub invocations: u32,
    /// Warm passes in blocks, as measured: median over processes of each one's median.
    pub wall_ns: Option<Estimate>,
    /// Medians over solo invocations.
    pub phases_ns: Phases,
    /// Cold: what a user waits for, from solo invocations.
    pub total_ns: Option<Estimate>,
    /// Over the baseline interpreter's `single`.
    pub speedup: Option<Speedup>,
    /// Over this interpreter's own `single`.
    pub speedup_self: Option<Speedup>,
    /// Speedup of `total_ns` over the baseline interpreter's `single`.
    pub speedup_total: Option<Speedup>,
    /// `speedup_self` divided by the workers.
    pub efficiency: Option<f64>,
    pub efficiency_ci95: Option<[f64; 2]>,
    /// CPU of the whole tree of a solo invocation, median.
    pub cpu_ns: Option<u64>,
    /// Workers' CPU divided by wall, over the warm passes.
    pub cpu_cores_used: Option<f64>,
    /// CPU time of a warm pass over that of the own `single`, and of the baseline's: what the same work burns.
    pub cpu_over_self: Option<Figure>,
    pub cpu_over_base: Option<Figure>,
    /// Highest over solo invocations.
    pub peak_rss_bytes: Option<u64>,
    pub peak_pss_bytes: Option<u64>,
    /// What each solo invocation held at most, in order of launch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peaks: Vec<SoloPeak>,
    /// Longest stall of the event loop in a pass, median over processes of each one's median (asyncio modes).
    pub loop_lag_ns: Option<u64>,
    pub loop_lag_ci95: Option<[u64; 2]>,
    /// The 99th percentile of its lag over the heartbeats of a pass, likewise.
    pub loop_lag_p99_ns: Option<u64>,
    /// Executions of the tasks inside one reading of the clock, at most: more than 1 where one is too short.
    #[serde(default = "once")]
    pub repeats: u32,
    /// Warm-ups of a process before its passes, median over blocks.
    pub warm_ups: Option<u32>,
    pub gc: Option<Gc>,
    /// Where the workload brought a math library.
    pub blas: Option<Blas>,
    pub gil: Option<Gil>,
    /// What every pass returned, where all returned the same.
    pub checksum: Option<String>,
    /// Reasons to distrust it; none of a cell that didn't complete.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    pub warnings: Vec<String>,
    /// Median pass time of each invocation, in order of launch: every point behind `wall_ns`.
    pub values_ns: Vec<u64>,
    /// Places in `values_ns` of those that lie far from the rest (more than 3.5 robust deviations); they count
    /// like any other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outliers: Vec<usize>,
    /// Samples of the solo invocation that has most.
    pub timeline: Vec<Sample>,
    /// What each process of that invocation did; columns over `timeline`.
    #[serde(default)]
    pub processes: Vec<ProcessSeries>,
}

/// The most that the process tree of one solo invocation held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SoloPeak {
    pub rss_bytes: u64,
    pub pss_bytes: Option<u64>,
    /// Most that were alive at once.
    pub processes: u32,
}

impl From<Peak> for SoloPeak {
    fn from(peak: Peak) -> Self {
        Self { rss_bytes: peak.rss, pss_bytes: peak.pss, processes: peak.processes }
    }
}

fn once() -> u32 {
    1
}

impl CellResult {
    /// Returns the bytes at the peak of the whole process tree: PSS, or summed RSS where the system gives no PSS.
    pub fn peak_bytes(&self) -> Option<u64> {
        self.peak_pss_bytes.or(self.peak_rss_bytes)
    }

    /// Returns the doubt that makes its ratios meaningless, if there is one.
    pub(crate) fn disqualified(&self) -> Option<&Doubt> {
        self.doubts.iter().find(|doubt| doubt.kind.is_disqualifying())
    }

    /// Returns whether ratios of it mean something.
    pub(crate) fn is_comparable(&self) -> bool {
        self.outcome == Outcome::Completed && self.disqualified().is_none()
    }
}

/// Results are asked about their cell far more often than about anything else.
impl Deref for CellResult {
    type Target = Cell;

    fn deref(&self) -> &Cell {
        &self.cell
    }
}
