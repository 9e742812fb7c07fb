//! The noun of the whole crate: what is measured, its names, and what it matches.

mod flat;
mod mode;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use flat::FlatCell;
pub use mode::ModeKind;
pub(crate) use mode::{Mode, kind_of};

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
pub(crate) const PLAIN: &str = "plain";

/// The name of the mode that every ratio is taken against.
pub(crate) const SINGLE: &str = "single";

/// The name of the mode of whole commands, which have no other: every ratio of theirs is taken against it.
pub(crate) const COMMAND: &str = "command";

/// The name of the workload that never changes; no matrix can name it.
pub(crate) const REFERENCE: &str = "@reference";

/// One cell: interpreter × workload × mode × workers × variant. Two cells are the same cell
/// exactly when all fields are equal.
///
/// Figures that are derived from several cells belong to a cell with a part left open: `workers` is 0
/// for a curve over the workers, `workload` is empty for what holds for all workloads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

impl Cell {
    /// Returns the plain loop of an interpreter and a workload, in the plain environment.
    pub fn single(interpreter: &str, workload: &str) -> Self {
        Self {
            interpreter: interpreter.to_owned(),
            workload: workload.to_owned(),
            mode: SINGLE.to_owned(),
            workers: 1,
            start_method: None,
            environment: PLAIN.to_owned(),
        }
    }

    /// Returns a whole command on an interpreter, in the plain environment.
    pub(crate) fn command(interpreter: &str, workload: &str) -> Self {
        Self { mode: COMMAND.to_owned(), ..Self::single(interpreter, workload) }
    }

    /// Returns what ratios of a workload may be taken against: a run has one of the two.
    pub(crate) fn bases(interpreter: &str, workload: &str) -> [Self; 2] {
        [Self::single(interpreter, workload), Self::command(interpreter, workload)]
    }

    /// Returns a fixed piece of the harness's own work on the baseline interpreter. A workload's plain loop
    /// measured beside it says how slow the workload is apart from how slow the machine is that day.
    pub fn reference(baseline: &str) -> Self {
        Self::single(baseline, REFERENCE)
    }

    /// Returns whether it is the fixed reference, on whichever interpreter.
    pub(crate) fn is_reference(&self) -> bool {
        self.workload == REFERENCE
    }

    /// Returns whether it is a whole command, in whichever environment.
    pub(crate) fn is_command(&self) -> bool {
        self.mode == COMMAND
    }

    /// Returns the mode that its ratios are taken against.
    pub(crate) fn base_mode(&self) -> &'static str {
        if self.is_command() { COMMAND } else { SINGLE }
    }

    /// Returns whether its mode is one that ratios are taken against, in whichever environment.
    pub(crate) fn is_of_base_mode(&self) -> bool {
        self.mode == self.base_mode()
    }

    /// Whether it is a plain loop, or a whole command, in the plain environment.
    pub fn is_single(&self) -> bool {
        self.is_of_base_mode() && self.workers == 1 && self.variant().is_plain()
    }

    /// Whether it is what ratios over this interpreter are taken against.
    pub fn is_single_of(&self, interpreter: &str) -> bool {
        self.interpreter == interpreter && self.is_single()
    }

    /// Returns the curve that it is a point of.
    pub fn curve(&self) -> Self {
        Self { workers: 0, ..self.clone() }
    }

    /// Returns the same way of running, whatever the workload.
    pub fn of_all_workloads(&self) -> Self {
        Self { workload: String::new(), ..self.clone() }
    }

    pub fn variant(&self) -> CellVariant<'_> {
        CellVariant { start_method: self.start_method, environment: &self.environment }
    }

    /// Returns how it runs: `single`, `threads×2`, `mp×2 (spawn)`. `×1` is never written. The variant is written
    /// where it isn't the plain one; a run that has only one of a mode leaves it out (`varied` is false).
    pub fn short(&self, varied: bool) -> String {
        let workers = if self.workers > 1 { format!("×{}", self.workers) } else { String::new() };
        self.variant().after(&format!("{}{workers}", self.mode), varied)
    }
}

/// Writes the full name: `3.13t fib threads×2`, `3.12 fib mp×2 (fork)`.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.interpreter)?;
        if !self.workload.is_empty() {
            write!(f, "{} ", self.workload)?;
        }
        f.write_str(&self.short(true))
    }
}

/// The start method and the environment of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellVariant<'a> {
    pub start_method: Option<StartMethod>,
    pub environment: &'a str,
}

impl<'a> CellVariant<'a> {
    pub const PLAIN: CellVariant<'static> = CellVariant { start_method: None, environment: PLAIN };

    pub fn is_plain(self) -> bool {
        self == Self::PLAIN
    }

    /// Returns a name with the variant behind it: `mp (spawn)`. Just the name where that is plain or isn't `told`.
    pub fn after(self, name: &str, told: bool) -> String {
        if told && !self.is_plain() { format!("{name} ({self})") } else { name.to_owned() }
    }

    /// Reads what [`Display`](fmt::Display) wrote. An environment that is called like a start method is taken
    /// for one.
    fn parse(text: &'a str) -> Self {
        let (first, rest) = text.split_once('+').unwrap_or((text, PLAIN));
        match first.parse() {
            Ok(method) => Self { start_method: Some(method), environment: rest },
            Err(_) if text.is_empty() => Self::PLAIN,
            Err(_) => Self { start_method: None, environment: text },
        }
    }
}

/// Writes it as one word: `plain`, `fork`, `gil-on`, `fork+gil-on`.
impl fmt::Display for CellVariant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.start_method, self.environment) {
            (None, environment) => f.write_str(environment),
            (Some(method), PLAIN) => f.write_str(method.as_str()),
            (Some(method), environment) => write!(f, "{method}+{environment}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(mode: &str, workers: u32, start_method: Option<StartMethod>, environment: &str) -> Cell {
        let environment = environment.to_owned();
        Cell { mode: mode.to_owned(), workers, start_method, environment, ..Cell::single("3.13", "fib") }
    }

    #[test]
    fn a_cell_has_one_full_and_one_short_name() {
        let fork = Some(StartMethod::Fork);
        let mp = cell("mp", 2, fork, PLAIN);
        assert_eq!((mp.to_string(), mp.short(false)), ("3.13 fib mp×2 (fork)".to_owned(), "mp×2".to_owned()));
        assert_eq!(cell("mp", 2, fork, "malloc").short(true), "mp×2 (fork+malloc)");
        assert_eq!(Cell::single("3.13", "fib").to_string(), "3.13 fib single");
        assert_eq!(cell("threads", 1, None, "gil-on").to_string(), "3.13 fib threads (gil-on)");
        assert_eq!(mp.curve().of_all_workloads().to_string(), "3.13 mp (fork)");
    }
}
