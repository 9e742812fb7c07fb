//! CPU and memory of a process tree.

use serde::{Deserialize, Serialize};

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
