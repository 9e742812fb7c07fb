//! The questions that a run answers, one a workload and situation.

use serde::{Deserialize, Serialize};

use crate::cell::Cell;

/// What decides about a question's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Situation {
    /// A long-lived process does the work again and again: the time of a pass.
    Warm,
    /// The same, on the baseline interpreter alone.
    SameInterpreter,
    /// The work is done once: the time from launch to exit.
    Cold,
    /// An event loop has to go on answering: its longest stall.
    Responsive,
}

impl Situation {
    pub(crate) const ALL: [Self; 4] = [Self::Warm, Self::SameInterpreter, Self::Cold, Self::Responsive];

    /// Whether a run goes on until it is decided. The others rest on what a run measures anyway.
    pub(crate) fn is_waited_for(self) -> bool {
        matches!(self, Self::Warm | Self::SameInterpreter)
    }

    /// Whether a cell of the workload can be the answer. `has_loop`: its mode runs an event loop.
    pub(crate) fn admits(self, cell: &Cell, baseline: &str, has_loop: bool) -> bool {
        match self {
            Self::Warm => true,
            // A command is started in every pass.
            Self::Cold => !cell.is_command(),
            Self::SameInterpreter => cell.interpreter == baseline,
            Self::Responsive => has_loop,
        }
    }
}
