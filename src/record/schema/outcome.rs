//! How an invocation, or a cell, ended.

use serde::{Deserialize, Serialize};

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
