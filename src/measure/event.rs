//! What happens during a run, for whoever listens: the terminal, or a stream of JSON lines.

use serde::Serialize;

use crate::cell::Cell;
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
    /// The run was told to stop: nothing that it had started is alive any more.
    Interrupted {
        elapsed_ns: u64,
        /// From being told until no process was left.
        empty_ns: u64,
    },
    /// A cell can't be settled in what is left of the budget: the time goes to the others.
    Left {
        cell: Cell,
        /// Process pairs so far, and those that it would need at the very least.
        pairs: u32,
        needed: u32,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn one_of_each() -> Vec<Event> {
        let cell: Cell = serde_json::from_value(serde_json::json!({
            "interpreter": "3.13", "workload": "fib", "mode": "mp", "workers": 2,
            "start_method": "fork", "environment": "plain",
        }))
        .expect("a cell");
        let (kind, outcome) = (InvocationKind::Solo, Outcome::Completed);
        vec![
            Event::Started { cells: 1, skipped: 0, budget_ns: 1, directory: String::new(), seed: 1 },
            Event::Resumed { invocations: 1, round: 1, elapsed_ns: 1 },
            Event::Round { round: 1, unsettled: 1 },
            Event::Begin { kind, what: String::new(), elapsed_ns: 1 },
            Event::Alive { processes: vec![Alive { pid: 1, cell: cell.clone() }] },
            Event::Invocation { id: 1, kind, round: 1, cell: cell.clone(), outcome, reason: None },
            Event::Interrupted { elapsed_ns: 1, empty_ns: 1 },
            Event::Left { cell: cell.clone(), pairs: 5, needed: 100 },
            Event::Settled { cell, ratio: 1.0, low: 1.0, high: 1.0, pairs: 3 },
            Event::Progress { elapsed_ns: 1, budget_ns: 1, cells: 1, settled: 0, failed: 0 },
            Event::Warning { text: String::new() },
            Event::Finished { elapsed_ns: 1, rounds: 1, settled: 0, failed: 0, interrupted: false },
        ]
    }

    /// A new kind of event doesn't compile until it is counted here, and then wants its line above.
    fn kinds(event: &Event) -> usize {
        match event {
            Event::Started { .. }
            | Event::Resumed { .. }
            | Event::Round { .. }
            | Event::Begin { .. }
            | Event::Alive { .. }
            | Event::Invocation { .. }
            | Event::Interrupted { .. }
            | Event::Left { .. }
            | Event::Settled { .. }
            | Event::Progress { .. }
            | Event::Warning { .. }
            | Event::Finished { .. } => 12,
        }
    }

    #[test]
    fn docs_events_md_names_every_event_with_its_fields() {
        let docs = include_str!("../../docs/events.md");
        let events = one_of_each();
        assert_eq!(events.len(), kinds(&events[0]));
        for event in events {
            let value = serde_json::to_value(&event).expect("JSON");
            let name = value["event"].as_str().expect("its kind").to_owned();
            let row = docs.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
            let row = row.unwrap_or_else(|| panic!("no row for {name}"));
            let fields = row.split('|').nth(3).expect("three columns");
            let words: BTreeSet<&str> = fields.split('`').skip(1).step_by(2).collect();
            for field in value.as_object().expect("an object").keys().filter(|field| *field != "event") {
                assert!(words.contains(field.as_str()), "{name}.{field} isn't in docs/events.md");
            }
        }
    }
}
