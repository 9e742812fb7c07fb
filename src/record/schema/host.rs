//! The machine that the numbers belong to.

use serde::{Deserialize, Serialize};

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
