//! What happens during a run, for whoever listens: the terminal, or a stream of JSON lines.

use serde::Serialize;

use crate::plan::Cell;
use crate::record::{InvocationKind, Outcome};

/// One thing that happened. `measure` emits these and prints nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Started {
        cells: u32,
        skipped: u32,
        budget_ns: u64,
        directory: String,
        seed: u64,
    },
    /// The run goes on after it was broken off.
    Resumed {
        /// That are in the record already.
        invocations: u32,
        round: u32,
        elapsed_ns: u64,
    },
    Round {
        round: u32,
        unsettled: u32,
    },
    /// Something begins: `what` is a line for people.
    Begin {
        kind: InvocationKind,
        what: String,
        elapsed_ns: u64,
    },
    /// Which processes are alive now, their start or end being the news; the harness's main processes,
    /// for `py-spy top --pid` and its like. Never sent during a pass.
    Alive {
        processes: Vec<Alive>,
    },
    /// One process has ended and is in the record.
    Invocation {
        id: u64,
        kind: InvocationKind,
        round: u32,
        cell: Cell,
        outcome: Outcome,
        reason: Option<String>,
    },
    Settled {
        cell: Cell,
        ratio: f64,
        low: f64,
        high: f64,
        pairs: u32,
    },
    Progress {
        elapsed_ns: u64,
        budget_ns: u64,
        cells: u32,
        settled: u32,
        failed: u32,
    },
    Warning {
        text: String,
    },
    Finished {
        elapsed_ns: u64,
        rounds: u32,
        settled: u32,
        failed: u32,
        interrupted: bool,
    },
}

/// A process that runs a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alive {
    pub pid: u32,
    pub cell: Cell,
}
