//! What the gate of `--against` wants measured next. Pure.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::job::Job;
use crate::cell::Cell;
use crate::record::{Budgeted, Invocation, InvocationKind, Outcome, Side};
use crate::stats::gate::{BaseRuns, Gated, Judged, MEMORY, Rule, RuleVerdict, TIME};
use crate::stats::{Peak, peak_pairs};

/// Share of the budget that the gate may take; the rest is for the run's own ratios.
pub(super) const SHARE: f64 = 2.0 / 3.0;
/// Most meetings of a cell and its base in one round.
const MEETINGS: usize = 16;

/// What is known of each cell beside its base.
#[derive(Debug, Default)]
pub(super) struct Gate {
    cells: Vec<Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    cell: Cell,
    max_slowdown: f64,
    max_memory: f64,
    /// Log of new over base, one value a block.
    pairs: Vec<f64>,
    /// Peaks of solo invocations: base, new.
    peaks: [Vec<Peak>; 2],
    /// The new side's; one is enough.
    failed: bool,
    base: BaseRuns,
    /// Solo invocations that the base side completed.
    base_solos: usize,
}

impl Gate {
    pub(super) fn new(cells: &[Budgeted]) -> Self {
        let entry = |one: &Budgeted| Entry {
            cell: one.cell.clone(),
            max_slowdown: one.max_slowdown,
            max_memory: one.max_memory,
            ..Entry::default()
        };
        Self { cells: cells.iter().map(entry).collect() }
    }

    /// Takes in how invocations of either side ended, and the peaks of solos.
    pub(super) fn learn(&mut self, invocations: &[Invocation]) {
        for invocation in invocations {
            self.of(&invocation.cell).into_iter().for_each(|entry| entry.take(invocation));
        }
    }

    /// Takes in a pair of a cell and its base: the log of how many times as fast the new side is.
    pub(super) fn compare(&mut self, cell: &Cell, speedup: f64) {
        self.of(cell).into_iter().for_each(|entry| entry.pairs.push(-speedup));
    }

    fn of(&mut self, cell: &Cell) -> Option<&mut Entry> {
        self.cells.iter_mut().find(|entry| entry.cell == *cell)
    }

    /// Every cell is screened before a suspect is looked at closely. Empty: all is decided.
    pub(super) fn jobs(&self, random: &mut ChaCha8Rng) -> Vec<Job> {
        let times = self.judged(&TIME, |entry| (entry.pairs.clone(), entry.max_slowdown));
        let mut weights = self.judged(&MEMORY, |entry| (entry.peak_pairs(), entry.max_memory));
        // Gone before the first sample: nothing can be said of its memory.
        weights.retain(|(entry, one)| one.pairs > 0 || entry.base_solos == 0);
        let screens = |judged: &[(&Entry, Judged)]| {
            judged.iter().any(|(_, one)| one.verdict == RuleVerdict::NotReached)
        };
        let screening = screens(&times) || screens(&weights);
        let due = |one: &Judged| !screening || one.verdict == RuleVerdict::NotReached;
        let mut jobs: Vec<Job> = times
            .iter()
            .filter(|(_, one)| due(one))
            .flat_map(|(entry, one)| {
                std::iter::repeat_n(Job::Against(entry.cell.clone()), one.wanted.min(MEETINGS))
            })
            .collect();
        for (entry, one) in weights.iter().filter(|(_, one)| due(one) && one.wanted > 0) {
            if one.suspect {
                let both = [Side::Base, Side::New].map(|side| Job::GateSolo(entry.cell.clone(), side));
                (0..one.wanted).for_each(|_| jobs.extend(both.clone()));
            } else if entry.base_solos == 0 {
                // The new side's is the run's first round.
                jobs.push(Job::GateSolo(entry.cell.clone(), Side::Base));
            }
        }
        // Whether what fails did so before.
        let broken = self.cells.iter().filter(|entry| entry.failed && entry.base.runs() == 0);
        jobs.extend(broken.map(|entry| Job::GateSolo(entry.cell.clone(), Side::Base)));
        jobs.shuffle(random);
        jobs
    }

    fn judged(&self, rule: &Rule, figures: impl Fn(&Entry) -> (Vec<f64>, f64)) -> Vec<(&Entry, Judged)> {
        let sound: Vec<&Entry> =
            self.cells.iter().filter(|entry| !entry.failed && !entry.base.hopeless()).collect();
        let values: Vec<(Vec<f64>, f64)> = sound.iter().map(|entry| figures(entry)).collect();
        let gated: Vec<Gated<'_>> =
            values.iter().map(|(pairs, allowed)| Gated { pairs, allowed: *allowed }).collect();
        sound.into_iter().zip(rule.judge(&gated, false)).collect()
    }
}

impl Entry {
    fn take(&mut self, invocation: &Invocation) {
        let (new, completed) = (invocation.side == Side::New, invocation.outcome == Outcome::Completed);
        match new {
            true => self.failed |= !completed,
            false if invocation.outcome != Outcome::Cancelled => self.base.take(completed),
            false => {}
        }
        if invocation.kind == InvocationKind::Solo && completed {
            self.base_solos += usize::from(!new);
            self.peaks[usize::from(new)].extend(invocation.peak());
        }
    }

    fn peak_pairs(&self) -> Vec<f64> {
        peak_pairs(&self.peaks[0], &self.peaks[1])
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::cell::Cell;

    fn gate() -> Gate {
        let cell = |workload: &str| Cell { workload: workload.into(), ..Cell::reference("3.13") };
        let mut gate = Gate::new(&["fib", "json"].map(|workload| Budgeted {
            cell: cell(workload),
            max_slowdown: 0.03,
            max_memory: 0.1,
        }));
        // The run's first round.
        gate.cells.iter_mut().for_each(|entry| weigh(entry, 1, 1, 100));
        gate
    }

    fn weigh(entry: &mut Entry, side: usize, round: u32, bytes: u64) {
        let id = u64::from(round) * 100 + entry.peaks[side].len() as u64;
        entry.peaks[side].push(Peak { id, round, rss: bytes, pss: Some(bytes), processes: 1 });
        entry.base_solos += usize::from(side == 0);
    }

    fn random() -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(1)
    }

    const NOTHING: [f64; 6] = [0.0, 0.001, -0.001, 0.0, 0.002, 0.0];

    #[test]
    fn all_are_screened_then_only_suspects_meet_their_base() {
        let mut gate = gate();
        let jobs = gate.jobs(&mut random());
        let weighed = jobs.iter().filter(|job| matches!(job, Job::GateSolo(_, Side::Base))).count();
        assert_eq!((jobs.len(), weighed), (2 * TIME.screening + 2, 2));
        gate.cells.iter_mut().for_each(|entry| weigh(entry, 0, 2, 100));
        gate.cells[0].pairs = vec![0.05, 0.051, 0.049, 0.05, 0.052, 0.05];
        assert!(gate.jobs(&mut random()).iter().all(|job| *job == Job::Against(gate.cells[1].cell.clone())));
        gate.cells[1].pairs = NOTHING.to_vec();
        let jobs = gate.jobs(&mut random());
        assert_eq!(jobs, vec![Job::Against(gate.cells[0].cell.clone()); TIME.looks[0]]);
        gate.cells[0].pairs.extend([0.05, 0.051, 0.049, 0.05, 0.052, 0.05, 0.048, 0.05]);
        assert!(gate.jobs(&mut random()).is_empty(), "confirmed at the first look");
    }

    #[test]
    fn what_seems_heavier_is_weighed_again_on_both_sides() {
        let mut gate = gate();
        gate.cells.iter_mut().for_each(|entry| entry.pairs = NOTHING.to_vec());
        weigh(&mut gate.cells[0], 0, 2, 80);
        weigh(&mut gate.cells[1], 0, 2, 97);
        let jobs = gate.jobs(&mut random());
        let of =
            |side| jobs.iter().filter(|job| **job == Job::GateSolo(gate.cells[0].cell.clone(), side)).count();
        assert_eq!((jobs.len(), of(Side::Base), of(Side::New)), (6, 3, 3), "{jobs:?}");
        for bytes in [99, 100, 101] {
            weigh(&mut gate.cells[0], 0, 3, bytes * 8 / 10);
            weigh(&mut gate.cells[0], 1, 3, bytes);
        }
        assert!(gate.jobs(&mut random()).is_empty(), "three fresh pairs leave no doubt");
    }

    #[test]
    fn of_what_failed_only_the_base_is_looked_at_once() {
        let mut gate = gate();
        gate.cells.iter_mut().for_each(|entry| entry.failed = true);
        gate.cells[0].base.take(false);
        assert_eq!(gate.jobs(&mut random()), [Job::GateSolo(gate.cells[1].cell.clone(), Side::Base)]);
        gate.cells[1].base.take(true);
        assert!(gate.jobs(&mut random()).is_empty());
    }

    #[test]
    fn a_base_that_fails_now_and_then_is_met_again_and_a_broken_one_is_not() {
        let mut gate = gate();
        for entry in &mut gate.cells {
            entry.base_solos = 1;
            entry.pairs = vec![0.05, 0.051, 0.049, 0.05, 0.052, 0.05];
            entry.base = BaseRuns { sound: 7, failed: 5 };
        }
        assert_eq!(gate.jobs(&mut random()).len(), 2 * TIME.looks[0]);
        gate.cells[0].base = BaseRuns { sound: 3, failed: 4 };
        assert_eq!(gate.jobs(&mut random()).len(), TIME.looks[0]);
        // One accident says nothing of a base that hasn't had its turn.
        gate.cells[0].base = BaseRuns { sound: 0, failed: 1 };
        assert_eq!(gate.jobs(&mut random()).len(), 2 * TIME.looks[0]);
    }

    #[test]
    fn memory_that_nobody_could_sample_keeps_nothing_waiting() {
        let mut gate = gate();
        for entry in &mut gate.cells {
            entry.base_solos = 1;
            entry.pairs = vec![0.05, 0.051, 0.049, 0.05, 0.052, 0.05];
        }
        assert_eq!(gate.jobs(&mut random()).len(), 2 * TIME.looks[0]);
    }
}
