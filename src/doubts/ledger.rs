//! What is kept of all cells of a run.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::kept_outside::FirstCalls;
use super::{CHECKS, CellFacts, Doubt, DoubtKind, Judge, Suspect};
use crate::cell::Cell;
use crate::pairing::{Pair, PairRole};
use crate::record::{Changed, Invocation, Side};

/// By index of a cell, what its doubts are judged by.
#[derive(Debug)]
pub(crate) struct Ledger {
    facts: Vec<CellFacts>,
    workers: Vec<u32>,
    /// Each cell has the number of its workload.
    workload: Vec<usize>,
    workloads: Vec<WorkloadFacts>,
    /// For each cell the plain loop of its interpreter in its own environment: another environment is other work.
    singles: Vec<Option<usize>>,
}

/// What all cells of a workload share.
#[derive(Debug, Default)]
struct WorkloadFacts {
    first_calls: FirstCalls,
    /// By their number, the logs of what independent plain loops did at once over what one does alone.
    capacity: BTreeMap<u32, Vec<f64>>,
}

impl Ledger {
    /// Begins with nothing known of these cells.
    pub(crate) fn new<'a>(cells: impl Iterator<Item = &'a Cell> + Clone) -> Self {
        let index: HashMap<&Cell, usize> = cells.clone().zip(0..).collect();
        let single = |cell: &Cell| {
            let (mode, workers, start_method) = (cell.base_mode().to_owned(), 1, None);
            index.get(&Cell { mode, workers, start_method, ..cell.clone() }).copied()
        };
        let names: BTreeSet<&str> = cells.clone().map(|cell| cell.workload.as_str()).collect();
        let names: HashMap<&str, usize> = names.into_iter().zip(0..).collect();
        Self {
            workloads: names.iter().map(|_| WorkloadFacts::default()).collect(),
            workload: cells.clone().map(|cell| names[cell.workload.as_str()]).collect(),
            facts: cells.clone().map(|_| CellFacts::default()).collect(),
            workers: cells.clone().map(|cell| cell.workers).collect(),
            singles: cells.map(single).collect(),
        }
    }

    /// Takes one invocation of a cell; the base side of `run --against` says nothing of it.
    pub(crate) fn take(&mut self, cell: usize, invocation: &Invocation) {
        if invocation.side == Side::New {
            self.facts[cell].take(invocation);
            self.workloads[self.workload[cell]].first_calls.take(invocation);
        }
    }

    /// Takes a meeting of a cell with its plain loop.
    pub(crate) fn take_pair(&mut self, pair: &Pair) {
        if let PairRole::Capacity { processes } = pair.role {
            let known = &mut self.workloads[self.workload[pair.cell]].capacity;
            return known.entry(processes).or_default().push(pair.value());
        }
        let Some(other) = pair.other.filter(|_| pair.role == PairRole::Contender) else { return };
        let (cell, sign) =
            match (self.singles[pair.cell] == Some(other), self.singles[other] == Some(pair.cell)) {
                (true, _) => (pair.cell, 1.0),
                (_, true) => (other, -1.0),
                _ => return,
            };
        let facts = &mut self.facts[cell];
        facts.cpu.extend(pair.cpu_value().map(|log| sign * log));
        facts.speed.push(sign * pair.value());
        facts.waiting.push(sign * pair.waiting);
    }

    /// Takes something that changed while the run went on.
    pub(crate) fn take_changed(&mut self, cell: usize, changed: &Changed) {
        let text = format!(
            "`{}` was changed while it was measured, so some of its processes ran the old and some the new",
            changed.file
        );
        self.facts[cell].noticed.push(Doubt { kind: DoubtKind::ChangedDuringRun, text });
    }

    /// Returns every doubt about a cell.
    pub(crate) fn doubts(&self, cell: usize) -> Vec<Doubt> {
        let (facts, shared) = (&self.facts[cell], &self.workloads[self.workload[cell]]);
        let suspect = Suspect {
            workers: self.workers[cell],
            facts,
            single: self.singles[cell].map(|single| &self.facts[single]),
            capacity: shared.capacity.get(&self.workers[cell]).map(Vec::as_slice),
        };
        let check = |(kind, judge): &(DoubtKind, Judge)| Some(Doubt { kind: *kind, text: judge(&suspect)? });
        let outside = shared.first_calls.doubt().map(|text| Doubt { kind: DoubtKind::KeptResult, text });
        let mut doubts: Vec<Doubt> = Vec::new();
        for one in CHECKS.iter().filter_map(check).chain(facts.noticed.iter().cloned()).chain(outside) {
            if doubts.iter().all(|told| told.kind != one.kind) {
                doubts.push(one);
            }
        }
        doubts
    }
}
