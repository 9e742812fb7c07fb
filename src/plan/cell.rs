//! What is measured: the identity of one cell of the matrix.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How `multiprocessing` starts its workers. Always set explicitly: the default differs between
/// Python versions (forkserver from 3.14, fork before).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum StartMethod {
    Fork,
    Forkserver,
    Spawn,
}

impl StartMethod {
    pub const ALL: [StartMethod; 3] = [Self::Fork, Self::Forkserver, Self::Spawn];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Forkserver => "forkserver",
            Self::Spawn => "spawn",
        }
    }
}

impl std::str::FromStr for StartMethod {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|method| method.as_str() == text);
        known.ok_or_else(|| "expected `fork`, `forkserver` or `spawn`".to_owned())
    }
}

impl fmt::Display for StartMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of the environment that is always there.
pub const PLAIN: &str = "plain";

/// The name of the mode that every ratio is taken against.
pub const SINGLE: &str = "single";

/// One cell: interpreter × workload × mode × workers × variant. Two cells are the same cell
/// exactly when all fields are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// The interpreter's canonical name in the matrix, as `3.13t`.
    pub interpreter: String,
    pub workload: String,
    pub mode: String,
    pub workers: u32,
    /// Only for modes that start processes.
    pub start_method: Option<StartMethod>,
    /// Name of the `[[variant]]`, or [`PLAIN`].
    pub environment: String,
}

/// The name of the workload that never changes; no matrix can name it.
pub const REFERENCE: &str = "@reference";

/// A fixed piece of the harness's own work on the baseline interpreter. A workload's `single` measured
/// beside it says how slow the workload is apart from how slow the machine is that day.
pub fn reference(baseline: &str) -> Cell {
    Cell {
        interpreter: baseline.to_owned(),
        workload: REFERENCE.to_owned(),
        mode: SINGLE.to_owned(),
        workers: 1,
        start_method: None,
        environment: PLAIN.to_owned(),
    }
}

impl Cell {
    /// Start method and environment as one word: `plain`, `fork`, `gil-on`, `fork+gil-on`.
    pub fn variant(&self) -> String {
        match (self.start_method, self.environment.as_str()) {
            (None, environment) => environment.to_owned(),
            (Some(method), PLAIN) => method.to_string(),
            (Some(method), environment) => format!("{method}+{environment}"),
        }
    }
}

/// The identity as one line: `3.13t fib threads×2 (plain)`.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}×{}", self.interpreter, self.workload, self.mode, self.workers)?;
        match self.variant().as_str() {
            PLAIN => Ok(()),
            variant => write!(f, " ({variant})"),
        }
    }
}
