//! What a run is held against: the other side of `run --against`.

use serde::{Deserialize, Serialize};

use crate::cell::Cell;
use crate::interpreter::Interpreter;
use crate::matrix::Workload;

/// Which of the two an invocation ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// What the matrix asks for.
    #[default]
    New,
    /// What it is held against: a base interpreter, or a base checkout's scripts.
    Base,
}

impl Side {
    pub fn is_new(&self) -> bool {
        *self == Self::New
    }
}

/// The base of a gate, resolved; part of `run.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// As it was typed: `git:main`, `3.13.0`, `run:reports/base`.
    pub request: String,
    /// The commit that `git:REF` was; `None` for other bases.
    pub commit: Option<String>,
    /// What stands for the matrix's interpreters on the base side, under their names.
    pub interpreters: Vec<Interpreter>,
    /// What stands for the matrix's workloads on the base side, under their names.
    pub workloads: Vec<Workload>,
    /// The cells that are compared, each with what it may lose.
    pub cells: Vec<Budgeted>,
    /// What the base has or the run has, and the other hasn't.
    #[serde(default)]
    pub unmatched: Vec<Unmatched>,
    /// A cell that the budget doesn't suffice for fails the gate, too.
    #[serde(default)]
    pub fail_on_undecided: bool,
    /// The two sides may give different answers.
    #[serde(default)]
    pub allow_answers: bool,
}

/// A cell and what it may lose before the gate fails, as shares above 0: 0.03 is 3 %.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Budgeted {
    pub cell: Cell,
    pub max_slowdown: f64,
    pub max_memory: f64,
}

/// A cell without a counterpart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmatched {
    pub cell: Cell,
    pub kind: UnmatchedKind,
    /// One line for a reader, lower case, no trailing period.
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnmatchedKind {
    /// The base had it, and the run doesn't: a failure of its own kind.
    Vanished,
    /// The base had it, and its interpreter is no longer here.
    InterpreterMissing,
    /// The base doesn't have it.
    Appeared,
}
