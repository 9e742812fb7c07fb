//! What the workers said about themselves; rule 1: a cell proves what it ran.

use serde::{Deserialize, Serialize};

use crate::matrix::CpuSet;

/// What one worker said about itself; rule 1: a cell proves what it ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerFacts {
    pub pid: u32,
    /// Native thread id, for workers that are threads.
    pub thread: Option<u64>,
    pub executable: String,
    pub version: String,
    pub py_gil_disabled: Option<bool>,
    /// The harness, which says it before and after, calls it `gil_enabled`.
    #[serde(alias = "gil_enabled")]
    pub gil_enabled_before: bool,
    /// `None`: the worker was gone before it could say.
    pub gil_enabled_after: Option<bool>,
    /// CPUs that it might run on after the work, as `0-1,3`; `None`: it couldn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<CpuSet>,
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
