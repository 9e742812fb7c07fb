//! What makes one distrust a cell that completed: each reason has a kind and a file of its own, which judges it. Pure:
//! the run under way (`measure`) and a stored one (`analysis`) read the same judgement.
//!
//! A [`Ledger`] keeps of each cell the few numbers that the files judge by. To add a doubt: a [`DoubtKind`], a file with
//! a function from a [`Suspect`] to its text, a line in [`CHECKS`], and what it needs in [`CellFacts`].

mod beyond_capacity;
mod busy_between;
mod facts;
mod grows;
mod idle_workers;
mod kept_outside;
mod kind;
mod ledger;
mod less_work;
mod own_threads;
mod slows;
mod uneven;
mod waits;

use facts::{CellFacts, Suspect};
pub(crate) use kind::{Doubt, DoubtKind};
pub(crate) use ledger::Ledger;
pub(crate) use own_threads::PARALLEL_INSIDE;
pub(crate) use waits::NEXT_TO_NONE;

/// Says why a cell is to be distrusted, if it is.
type Judge = fn(&Suspect<'_>) -> Option<String>;

/// Every doubt about a cell, in the order in which they are told.
const CHECKS: [(DoubtKind, Judge); 9] = [
    (DoubtKind::Waits, waits::doubt),
    (DoubtKind::LessWork, less_work::doubt),
    (DoubtKind::LessWork, uneven::doubt),
    (DoubtKind::IdleWorkers, idle_workers::doubt),
    (DoubtKind::BeyondCapacity, beyond_capacity::doubt),
    (DoubtKind::BusyBetween, busy_between::doubt),
    (DoubtKind::Grows, grows::doubt),
    (DoubtKind::Slows, slows::doubt),
    (DoubtKind::OwnThreads, own_threads::doubt),
];
