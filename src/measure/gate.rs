//! What the gate of `--against` wants measured next. Pure.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::job::Job;
use crate::plan::Cell;
use crate::record::{Budgeted, Invocation, InvocationKind, Outcome, Side};
use crate::stats::gate::{Gated, Judged, Verdict, judge};
use crate::stats::pair_value;

/// Share of the budget that the gate may take; the rest is for the run's own ratios.
pub const SHARE: f64 = 2.0 / 3.0;
/// Most meetings of a cell and its base in one round.
const MEETINGS: usize = 16;

/// What is known of each cell beside its base.
#[derive(Debug, Default)]
pub struct Gate {
    cells: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    cell: Cell,
    max_slowdown: f64,
    /// Log of new over base, one value a block.
    pairs: Vec<f64>,
    failed: bool,
}

impl Gate {
    pub fn new(cells: &[Budgeted]) -> Self {
        let entry = |one: &Budgeted| Entry {
            cell: one.cell.clone(),
            max_slowdown: one.max_slowdown,
            pairs: Vec::new(),
            failed: false,
        };
        Self { cells: cells.iter().map(entry).collect() }
    }

    /// Takes in one block of a cell and its base, or a failure of anything else.
    pub fn learn(&mut self, invocations: &[Invocation]) {
        for invocation in invocations.iter().filter(|one| one.outcome != Outcome::Completed) {
            let entry = self.cells.iter_mut().find(|entry| entry.cell == invocation.cell);
            entry.into_iter().for_each(|entry| entry.failed = true);
        }
        let find = |side| {
            invocations.iter().find(|one| {
                one.kind == InvocationKind::Against && one.side == side && one.outcome == Outcome::Completed
            })
        };
        let (Some(base), Some(new)) = (find(Side::Base), find(Side::New)) else { return };
        let value = pair_value(&new.counted_passes(), &base.counted_passes());
        if let Some(entry) = self.cells.iter_mut().find(|entry| entry.cell == new.cell) {
            entry.pairs.extend(value);
        }
    }

    /// Every cell is screened before a suspect is looked at closely. Empty: all is decided.
    pub fn jobs(&self, random: &mut ChaCha8Rng) -> Vec<Job> {
        let judged = self.judged();
        let screening = judged.iter().any(|(_, one)| one.verdict == Verdict::NotReached);
        let mut jobs: Vec<Job> = judged
            .iter()
            .filter(|(_, one)| !screening || one.verdict == Verdict::NotReached)
            .flat_map(|(cell, one)| {
                std::iter::repeat_n(Job::Against((*cell).clone()), one.wanted.min(MEETINGS))
            })
            .collect();
        jobs.shuffle(random);
        jobs
    }

    fn judged(&self) -> Vec<(&Cell, Judged)> {
        let sound: Vec<&Entry> = self.cells.iter().filter(|entry| !entry.failed).collect();
        let gated: Vec<Gated<'_>> = sound
            .iter()
            .map(|entry| Gated { pairs: &entry.pairs, max_slowdown: entry.max_slowdown })
            .collect();
        sound.into_iter().map(|entry| &entry.cell).zip(judge(&gated, false)).collect()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::plan::reference;
    use crate::stats::gate::{LOOKS, SCREENING};

    fn gate() -> Gate {
        let cell = |workload: &str| Cell { workload: workload.into(), ..reference("3.13") };
        Gate::new(&["fib", "json"].map(|workload| Budgeted {
            cell: cell(workload),
            max_slowdown: 0.03,
            max_memory: 0.1,
        }))
    }

    #[test]
    fn all_are_screened_then_only_suspects_meet_their_base() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut gate = gate();
        assert_eq!(gate.jobs(&mut random).len(), 2 * SCREENING);
        gate.cells[0].pairs = vec![0.05, 0.051, 0.049, 0.05, 0.052, 0.05];
        assert!(gate.jobs(&mut random).iter().all(|job| *job == Job::Against(gate.cells[1].cell.clone())));
        gate.cells[1].pairs = vec![0.0, 0.001, -0.001, 0.0, 0.002, 0.0];
        let jobs = gate.jobs(&mut random);
        assert_eq!(jobs, vec![Job::Against(gate.cells[0].cell.clone()); LOOKS[0]]);
        gate.cells[0].pairs.extend([0.05, 0.051, 0.049, 0.05, 0.052, 0.05, 0.048, 0.05]);
        assert!(gate.jobs(&mut random).is_empty(), "confirmed at the first look");
    }

    #[test]
    fn what_failed_is_left_alone() {
        let mut gate = gate();
        gate.cells[0].failed = true;
        gate.cells[1].failed = true;
        assert!(gate.jobs(&mut ChaCha8Rng::seed_from_u64(1)).is_empty());
    }
}
