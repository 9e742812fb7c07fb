//! How a command ends.

use std::process::ExitCode;

use super::output;
use crate::interpreter::unavailable::machine_refused;
use crate::measure::{ContextError, RunError};
use crate::record::RecordError;

/// The exit codes of every command; scripts depend on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    Regression = 1,
    /// The command line or the matrix is wrong.
    Usage = 2,
    /// An interpreter or package that was required is missing.
    Missing = 3,
    /// At least one cell failed, or vanished between two runs.
    CellFailed = 4,
    /// The machine refused: disk full, no permission.
    Refused = 5,
    /// Not comparable, or changed since.
    NotComparable = 6,
    Interrupted = 130,
}

impl Exit {
    /// Returns how a command ends that lacks an interpreter or a package for this reason: its machine may have refused.
    pub(crate) fn of_missing(reason: &str) -> Self {
        if machine_refused(reason) { Self::Refused } else { Self::Missing }
    }

    /// Of two ends of a command that did its work, the one that counts.
    pub(crate) fn or_worse(self, other: Self) -> Self {
        let rank = |exit| [Self::Done, Self::Regression, Self::CellFailed].iter().position(|it| *it == exit);
        // What isn't listed goes before.
        if rank(other).unwrap_or(9) > rank(self).unwrap_or(9) { other } else { self }
    }

    /// Returns the failure that ends a command so, with its reason.
    pub(crate) fn because(self, reason: impl std::fmt::Display) -> Failure {
        Failure { exit: self, message: reason.to_string(), rendered: false }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that couldn't do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    pub exit: Exit,
    /// Ready to print, without the leading `error:`; empty where all is said already.
    message: String,
    /// The message brings its own layout (a snippet of the matrix).
    rendered: bool,
}

impl Failure {
    /// Makes a failure whose message is laid out already.
    pub(crate) fn rendered(exit: Exit, message: String) -> Self {
        Self { exit, message, rendered: true }
    }

    /// Prints it on standard error.
    pub(crate) fn print(&self) {
        if self.rendered {
            output::styled(&self.message);
        } else if !self.message.is_empty() {
            output::error(&self.message);
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<std::io::Error> for Failure {
    /// Takes it for standard output's: a reader that has had enough (`| head`) is no error.
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Exit::Done.because(""),
            _ => Exit::Refused.because(format!("can't write to standard output: {error}")),
        }
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        let exit = match error {
            RecordError::Io { .. } | RecordError::Locked { .. } => Exit::Refused,
            RecordError::Malformed { .. } | RecordError::NoRun { .. } => Exit::Usage,
            RecordError::Schema { .. } => Exit::NotComparable,
        };
        exit.because(error)
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Record(error) => error.into(),
            RunError::Context(error) => error.into(),
        }
    }
}

impl From<ContextError> for Failure {
    fn from(error: ContextError) -> Self {
        Exit::Refused.because(error)
    }
}
