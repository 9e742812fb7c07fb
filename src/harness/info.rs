//! What a mode's or a workload's file says about itself.

use crate::cell::ModeKind;

/// One file of `python-workloads/modes/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeInfo {
    pub name: String,
    pub summary: String,
    pub kind: ModeKind,
    /// Runs an event loop, and so reports its longest stall.
    pub asyncio: bool,
    /// The oldest Python that has it, `(3, 14)`.
    pub since: Option<(u32, u32)>,
    /// Needs a workload whose inputs can lie in shared memory.
    pub shared: bool,
}

/// One file of `python-workloads/workloads/`.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadInfo {
    pub name: String,
    pub summary: String,
    /// Every argument of one task with its default.
    pub args: serde_json::Map<String, serde_json::Value>,
    /// Tasks in one pass, unless the matrix says otherwise.
    pub tasks: u32,
    /// Packages that must be importable.
    pub requires: Vec<String>,
    /// Its inputs can lie in memory that processes share.
    pub shared: bool,
    /// What it stresses, and what is expected of it: one line each.
    pub stress: String,
    pub expect: String,
}
