//! What is kept of all cells of a run.

use super::{CHECKS, CellFacts, Doubt, DoubtKind, Judge, Suspect};
use crate::record::{Invocation, Side};

/// By index of a cell, what its doubts are judged by.
#[derive(Debug)]
pub(crate) struct Ledger {
    cells: Vec<CellFacts>,
}

impl Ledger {
    /// For so many cells, of which nothing is known yet.
    pub(crate) fn new(cells: usize) -> Self {
        Self { cells: (0..cells).map(|_| CellFacts::default()).collect() }
    }

    /// Takes one invocation of a cell; the base side of `run --against` says nothing of it.
    pub(crate) fn take(&mut self, cell: usize, invocation: &Invocation) {
        if invocation.side == Side::New {
            self.cells[cell].take(invocation);
        }
    }

    /// Returns every doubt about a cell.
    pub(crate) fn doubts(&self, cell: usize) -> Vec<Doubt> {
        let facts = &self.cells[cell];
        let suspect = Suspect { facts };
        let check = |(kind, judge): &(DoubtKind, Judge)| Some(Doubt { kind: *kind, text: judge(&suspect)? });
        CHECKS.iter().filter_map(check).chain(facts.noticed.iter().cloned()).collect()
    }
}
