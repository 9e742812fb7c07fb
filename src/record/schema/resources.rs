//! CPU and memory of a process tree.

use serde::{Deserialize, Serialize};

use super::ProcessSeries;

/// CPU and memory of the whole process tree of a solo invocation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// User and system time of the whole tree.
    pub cpu_ns: u64,
    /// From the kernel's accounting of the finished tree; else summed from samples, a lower bound.
    pub cpu_exact: bool,
    pub user_ns: Option<u64>,
    pub system_ns: Option<u64>,
    /// Context switches of the whole tree, by the kernel's accounting: those that waiting caused, and those
    /// that the scheduler forced.
    pub voluntary_switches: Option<u64>,
    pub involuntary_switches: Option<u64>,
    /// Highest sum over the tree.
    pub peak_rss_bytes: u64,
    pub peak_pss_bytes: Option<u64>,
    pub pss_samples: u32,
    pub peak_processes: u32,
    pub peak_threads: Option<u32>,
    pub samples: Vec<Sample>,
    /// Every process that a sample met, in the order in which they appeared; columns over `samples`.
    #[serde(default)]
    pub processes: Vec<ProcessSeries>,
    /// Processes without a series: there were too many.
    #[serde(default)]
    pub processes_left_out: u32,
    pub sampler: SamplerCost,
}

/// The tree at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Threads of all processes together.
    pub threads: Option<u32>,
}

/// What the sampling itself took, and how well it kept time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplerCost {
    /// Between samples at the end.
    pub interval_ns: u64,
    /// Between samples as asked; longer at the end: the rate was lowered to keep within the budget.
    #[serde(default)]
    pub asked_interval_ns: u64,
    /// CPU of the sampler's own thread, PSS included.
    pub cpu_ns: u64,
    /// CPU of it for PSS, which has a budget of its own.
    #[serde(default)]
    pub pss_cpu_ns: u64,
    /// How long it ran.
    #[serde(default)]
    pub wall_ns: u64,
    pub ticks: u32,
    /// Ticks more than half an interval late.
    pub late_ticks: u32,
    /// Which backend read: `linux` or `sysinfo`.
    #[serde(default)]
    pub backend: String,
}
