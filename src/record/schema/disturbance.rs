//! What else the machine did during an invocation.

use serde::{Deserialize, Serialize};

/// What else the machine did while an invocation, or its whole block, was alive. Times are summed over all
/// CPUs, in the kernel's ticks of 10 ms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Disturbance {
    /// How long was looked at.
    pub wall_ns: u64,
    /// CPUs that are online.
    pub cpus: u32,
    /// Taken by the hypervisor for others.
    pub steal_ns: Option<u64>,
    /// All CPUs together, whoever kept them busy; stolen time isn't in it.
    pub busy_ns: u64,
    /// By processes that were neither this invocation (block) nor the runner.
    pub others_ns: u64,
    /// As much of `others_ns` may be work of low priority (`nice`), which gives way.
    pub others_nice_ns: u64,
    /// Beyond what still counts as quiet: why. `None`: undisturbed.
    pub reason: Option<String>,
}

impl Disturbance {
    /// It went beyond what still counts as quiet.
    pub fn disturbed(&self) -> bool {
        self.reason.is_some()
    }
}
