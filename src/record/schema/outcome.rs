//! How an invocation, or a cell, ended.

use serde::{Deserialize, Serialize};

/// How the reason begins where inputs or results can't travel between processes.
pub(crate) const NOT_FIT: &str = "not fit for processes";

/// How an invocation, or a cell, ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every pass was measured.
    #[default]
    Completed,
    /// The workload raised an exception.
    Failed,
    /// A phase or pass took longer than the timeout.
    TimedOut,
    /// A process ended without an answer.
    Crashed,
    /// The result isn't that of the others.
    ChecksumMismatch,
    /// The harness's answer couldn't be read.
    ProtocolError,
    /// The GIL wasn't in the state that was asked for.
    GilMismatch,
    /// Another Python ran than the one that was asked for.
    WrongInterpreter,
    /// Its clock told another time than the runner's own.
    ClockMismatch,
    /// The process tree took more memory than it may.
    OutOfMemory,
    /// Passes didn't become steady.
    NoSteadyState,
    /// The budget ended before its turn.
    NotReached,
    /// The run was interrupted.
    Cancelled,
    /// The plan knew it to be impossible or unwanted.
    Skipped,
}

impl Outcome {
    /// Failed for a reason of its own; `Skipped`, `NotReached` and `Cancelled` are not failures.
    pub fn is_failure(self) -> bool {
        !matches!(self, Self::Completed | Self::Skipped | Self::NotReached | Self::Cancelled)
    }
}
