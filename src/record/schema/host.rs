//! The machine that the numbers belong to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The machine that the numbers belong to, as it was when the run started. `None`: the system doesn't tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Host {
    /// The name of the machine.
    pub hostname: Option<String>,
    /// The system, as `linux`.
    pub os: String,
    /// The version of the kernel.
    pub kernel: Option<String>,
    /// The machine's architecture, as `x86_64`.
    pub architecture: String,
    /// The name that the CPU gives itself.
    pub cpu_model: String,
    /// Logical CPUs of the machine.
    pub cpus: u32,
    /// CPUs that invocations may really use: affinity, cgroup quota and the CPUs that the run is held to.
    pub effective_cpus: f64,
    /// The CPUs that they may run on, as `0-1,3`.
    pub affinity: Option<String>,
    /// In CPUs; `None`: no cgroup has a quota.
    pub cpu_quota: Option<f64>,
    /// CPUs that share a core.
    pub threads_per_core: Option<u32>,
    /// Whether cores run several threads.
    pub smt: Option<bool>,
    /// Whether the CPU may go beyond its nominal clock.
    pub turbo: Option<bool>,
    /// The governor that sets the clock.
    pub governor: Option<String>,
    /// The memory of the machine.
    pub memory_bytes: u64,
    /// Limit of the cgroup, where it is below `memory_bytes`.
    pub memory_limit_bytes: Option<u64>,
    /// Load average over one minute when the run started.
    pub load_1m: Option<f64>,
    /// CPUs that others kept busy in the moment before the run started.
    pub busy_cpus: Option<f64>,
    /// Share of all CPUs' time that the hypervisor took for others in that moment, 0 to 1.
    pub steal: Option<f64>,
    /// Times that CPUs were throttled for heat in that moment.
    pub throttled: Option<u64>,
    /// Temperature of the hottest zone.
    pub temperature_celsius: Option<f64>,
    /// Whether it runs on its battery.
    pub on_battery: Option<bool>,
    /// How far addresses are randomised: 0 not, 1 without the heap, 2 with it.
    pub aslr: Option<u8>,
    /// The kernel's clock source.
    pub clock_source: Option<String>,
    /// The system's own, as `glibc 2.41`.
    pub libc: Option<String>,
    /// Variables of the surroundings that change what is loaded into every process, or how it allocates memory:
    /// `LD_PRELOAD`, `GLIBC_TUNABLES`, `MALLOC_*`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub loader_env: BTreeMap<String, String>,
    /// Kind of the container, as `docker`; `None`: none, as far as it shows.
    pub container: Option<String>,
    /// Whether it is a virtual machine.
    pub virtualised: Option<bool>,
}

impl Host {
    /// Returns whether a quota, and not the CPUs that there are, is why invocations may use no more than `count`.
    pub fn is_quota(&self, count: f64) -> bool {
        self.cpu_quota.is_some_and(|quota| (quota - count).abs() < 0.01)
    }

    /// Says how many CPUs there are for invocations that may use `count`, and that it is a quota where that is what limits
    /// them: `2`, `a quota of 1.5`.
    pub fn usable_cpus(&self, count: f64) -> String {
        if self.is_quota(count) { format!("a quota of {count}") } else { count.to_string() }
    }

    /// Returns the CPUs that other programs can keep busy: all of the machine, whatever this process may use of them.
    pub fn all_cpus(&self) -> f64 {
        f64::from(self.cpus).max(self.effective_cpus)
    }
}
