//! The types in `results.json` of what a run answers.

use serde::{Deserialize, Serialize};

use crate::cell::{Cell, FlatCell};
use crate::doubts::Doubt;
use crate::plan::Situation;

/// What to use for a workload in a situation, what that gains, and what it can cost at most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Answer {
    pub workload: String,
    pub situation: Situation,
    /// `None`: fewer than two cells completed, so nothing could be compared.
    pub choose: Option<NamedCell>,
    pub gain: Option<Gain>,
    /// How much faster the best of all others may be, at most: 0.04 is 4 % (95 %, one-sided, for all of them
    /// together). `None` without a choice.
    pub regret: Option<f64>,
    /// The regret is at most the precision that was asked for, from three meetings on with all others that are left.
    pub decided: bool,
    /// Cells that would have done as well: their own regret is within the precision, too.
    pub as_good: Vec<NamedCell>,
    /// How many cells were compared, the choice included.
    pub compared: u32,
    pub not_considered: Vec<NotConsidered>,
    /// The most that the choice's process tree held, PSS where the system gives it.
    pub memory_bytes: Option<u64>,
    pub doubts: Vec<Doubt>,
    /// All of it in words, for every report.
    pub text: String,
}

/// A cell as an answer names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct NamedCell(
    #[serde(with = "FlatCell")]
    #[cfg_attr(test, schemars(with = "FlatCell"))]
    pub Cell,
);

/// What a choice gains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Gain {
    /// What people have now: the baseline interpreter's plain loop; of a stall, the longest on the same interpreter.
    pub over: NamedCell,
    /// How many times as fast; of a stall, how many times as short.
    pub ratio: f64,
    pub ci95: [f64; 2],
}

/// A cell that could have been an answer, and why it wasn't compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotConsidered {
    pub cell: NamedCell,
    pub reason: String,
}
