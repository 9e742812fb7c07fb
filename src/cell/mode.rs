//! What a mode is.

use serde::{Deserialize, Serialize};

/// What the workers of a mode are. The header of its file in `python-workloads/modes/` says it, and nothing else
/// about a mode decides what is made of its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ModeKind {
    /// The main thread does one task after the other.
    Inline,
    /// Coroutines take turns on the main thread.
    Loop,
    /// Threads of one process, with or without an event loop that hands out the tasks.
    Threads,
    /// Processes; only these take a start method.
    Processes,
    /// Threads of one process, each in an interpreter of its own.
    Interpreters,
    /// A command of the user's, which is started anew in each pass.
    Command,
}

impl ModeKind {
    /// Returns its name, as the header of a mode's file has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Loop => "loop",
            Self::Threads => "threads",
            Self::Processes => "processes",
            Self::Interpreters => "interpreters",
            Self::Command => "command",
        }
    }

    /// Whether the mode has one worker, so that it doesn't multiply with the workers axis.
    pub fn one_worker(self) -> bool {
        matches!(self, Self::Inline | Self::Loop | Self::Command)
    }
}

/// A mode of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Mode {
    pub name: String,
    pub kind: ModeKind,
}

/// Returns what the workers of a mode are; `None` for one that isn't in the list.
pub(crate) fn kind_of(modes: &[Mode], name: &str) -> Option<ModeKind> {
    modes.iter().find(|mode| mode.name == name).map(|mode| mode.kind)
}
