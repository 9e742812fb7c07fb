//! What a run decides as it goes: the next round's jobs, what is affordable, what was learned.

use std::collections::HashSet;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;

use super::contest;
use super::context::{Context, ContextError};
use super::event::Event;
use super::feasibility::{self, Deferred};
use super::gate::{self, Gate};
use super::job::Job;
use super::progress::Progress;
use super::resume_state::ResumeState;
use super::run::Settings;
use super::schedule::{self, Limits, Scope};
use super::{block, cost, host, randomness, solo};
use crate::cell::Cell;
use crate::matrix::Until;
use crate::pairing::PairRole;
use crate::record::{Invocation, RecordError, Side};
use crate::stats::MIN_PAIRS;

/// Kept back from the budget for the analysis and the reports.
const RESERVE: f64 = 0.03;
/// How long a solo invocation is kept at work, where the budget allows it.
const SOLO_ACTIVE: Duration = Duration::from_millis(100);

/// Runs of up to a minute are for a first look, not for comparing with other nights' runs.
const REFERENCE_FROM_NS: u64 = 60_000_000_000;
/// Counted sweeps of a block, however short the budget.
const FEWEST_SWEEPS: u32 = 2;

/// How long each of so many cells is kept at work when it is alone: all of them together should leave most of
/// the budget to the blocks.
pub(crate) fn solo_active(budget_ns: u64, cells: usize) -> Duration {
    SOLO_ACTIVE.min(Duration::from_nanos(budget_ns / (16 * cells.max(1) as u64)))
}

/// A run under way.
pub(super) struct Runner<'a> {
    pub(super) context: &'a Context,
    pub(super) settings: &'a Settings<'a>,
    pub progress: Progress,
    limits: Limits,
    sweeps: u32,
    solo_active: Duration,
    /// How much longer jobs take than predicted, learned as they end.
    optimism: f64,
    job_started_ns: u64,
    deadline_ns: u64,
    /// Rounds like the last one that still fit, by what it was predicted to take.
    rounds_left: f64,
    gate: Gate,
    /// Rounds that were the gate's alone.
    gate_rounds: u32,
    /// Cells that are out of the schedule, and those that this was told of.
    deferred: Vec<Deferred>,
    told: HashSet<usize>,
}

impl<'a> Runner<'a> {
    pub(super) fn new(context: &'a Context, settings: &'a Settings<'a>) -> Self {
        let matrix = settings.matrix;
        let weak = |name: &str| matrix.workloads.iter().any(|it| it.name == name && it.weak());
        let baseline = &matrix.interpreters.baseline;
        let progress = Progress::new(&settings.plan.cells, baseline, matrix.run.precision, weak);
        let workers = progress.cells.iter().map(|known| known.cell.workers);
        let capacity_workers =
            workers.filter(|&workers| workers > 1 && f64::from(workers) <= settings.effective_cpus).max();
        Self {
            context,
            settings,
            limits: Limits {
                capacity_workers,
                block_memory: host::available_memory() / 2,
                references: settings.budget_ns > REFERENCE_FROM_NS,
            },
            sweeps: 0,
            solo_active: solo_active(settings.budget_ns, progress.cells.len()),
            progress,
            optimism: 1.0,
            rounds_left: f64::INFINITY,
            gate: Gate::new(settings.against),
            gate_rounds: 0,
            deferred: Vec::new(),
            told: HashSet::new(),
            job_started_ns: 0,
            deadline_ns: (settings.budget_ns as f64 * (1.0 - RESERVE)) as u64,
        }
    }

    pub(super) fn recall(
        &mut self,
        records: impl Iterator<Item = Result<Invocation, RecordError>>,
    ) -> Result<ResumeState, RecordError> {
        let past = ResumeState::read(records, &mut self.progress)?;
        if past.invocations > 0 {
            self.context.go_on(&past);
            // What was never more than a guess is known by now: no first job that runs whatever it costs.
            self.job_started_ns = 1;
            if self.settings.budget_anew {
                self.deadline_ns = self.deadline_ns.saturating_add(past.spent_ns);
            }
        }
        Ok(past)
    }

    pub(super) fn jobs(&mut self, number: u32) -> Vec<Job> {
        let mut random = randomness::of_round(self.settings.seed, number);
        self.sweeps = cost::sweeps(&self.progress);
        if number > 1 {
            // The first round shows what fails.
            let mut jobs = self.gate.jobs(&mut random);
            jobs.retain(|job| self.affordable(job));
            if !jobs.is_empty() {
                self.gate_rounds += 1;
                return jobs;
            }
        }
        if self.settings.matrix.run.until == Until::Answered && self.settings.against.is_empty() {
            return self.contest(&mut random);
        }
        let number = number - self.gate_rounds;
        if number > self.settings.matrix.run.max_rounds {
            return Vec::new();
        }
        self.defer();
        let scope = schedule::scope(number, self.rounds_left);
        let mut jobs = schedule::round(&self.progress, number, scope, &self.limits, &mut random);
        if jobs.is_empty() {
            // The leading cells are settled: on with the others.
            jobs = schedule::round(&self.progress, number, Scope::All, &self.limits, &mut random);
        }
        self.stretch(&jobs, number);
        let left = self.deadline_ns.saturating_sub(self.context.elapsed_ns());
        self.rounds_left = left as f64 / self.cost_ns(&jobs).max(1) as f64;
        schedule::repeat_references(&mut jobs, &self.progress, self.rounds_left, &mut random);
        jobs
    }

    /// What a run for its questions does next.
    fn contest(&mut self, random: &mut ChaCha8Rng) -> Vec<Job> {
        let spent = self.context.elapsed_ns() as f64 / self.deadline_ns.max(1) as f64;
        let mut jobs =
            contest::next(&self.progress, spent, self.settings.matrix.run.max_rounds, &self.limits, random);
        let Some(Job::Block(cells)) = jobs.first() else {
            self.sweeps = contest::SWEEPS.0;
            return jobs;
        };
        self.sweeps = contest::sweeps(&self.progress, cells);
        let left = self.deadline_ns.saturating_sub(self.context.elapsed_ns());
        // A short block beats none: fewer sweeps, then fewer contenders.
        while self.cost_ns(&jobs[..1]) > left {
            match jobs.first_mut() {
                _ if self.sweeps > FEWEST_SWEEPS => self.sweeps -= 1,
                Some(Job::Block(cells)) if cells.len() > 2 => cells.truncate(cells.len().div_ceil(2).max(2)),
                _ => break,
            }
        }
        jobs
    }

    /// Takes cells that the rest of the budget can't settle out of the schedule, or back into it.
    pub(super) fn defer(&mut self) {
        let left = self.deadline_ns.saturating_sub(self.context.elapsed_ns());
        let cpus = self.settings.effective_cpus;
        let cost = |cells: &[Cell]| {
            (cost::predict_blocks_ns(&self.progress, cells, self.sweeps, cpus) as f64 * self.optimism) as u64
        };
        self.deferred = feasibility::defer(&self.progress, left, &cost);
        for (index, known) in self.progress.cells.iter_mut().enumerate() {
            known.deferred = self.deferred.iter().any(|one| one.index == index);
        }
    }

    /// Returns an event for each cell that has left the schedule for the first time.
    pub(super) fn newly_deferred(&mut self) -> Vec<Event> {
        let new = self.deferred.iter().filter(|one| self.told.insert(one.index));
        let cell = |one: &Deferred| self.progress.cells[one.index].cell.clone();
        new.map(|one| Event::Left { cell: cell(one), pairs: one.pairs, needed: one.needed }).collect()
    }

    pub(super) fn cost_ns(&self, jobs: &[Job]) -> u64 {
        let sum: u64 = jobs.iter().map(|job| self.predict_ns(job)).sum();
        (sum as f64 * self.optimism) as u64
    }

    /// More processes beat more passes: where the budget is short, blocks get fewer sweeps, so that
    /// enough of them fit for an interval.
    pub(super) fn stretch(&mut self, jobs: &[Job], number: u32) {
        let wanted = (MIN_PAIRS as u32 + 2).saturating_sub(number).max(1);
        let left = self.deadline_ns.saturating_sub(self.context.elapsed_ns());
        while number > 1 && self.sweeps > FEWEST_SWEEPS && self.cost_ns(jobs) * u64::from(wanted) > left {
            self.sweeps -= 1;
        }
    }

    pub(super) fn predict_ns(&self, job: &Job) -> u64 {
        let active = self.solo_active.as_nanos() as u64;
        cost::predict_ns(&self.progress, job, self.sweeps, active, self.settings.effective_cpus)
    }

    /// It will probably end before the budget does. The very first job always runs.
    pub(super) fn affordable(&self, job: &Job) -> bool {
        let predicted = (self.predict_ns(job) as f64 * self.optimism) as u64;
        let deadline = match job {
            Job::Against(_) | Job::GateSolo(..) => (self.deadline_ns as f64 * gate::SHARE) as u64,
            _ => self.deadline_ns,
        };
        self.job_started_ns == 0 || self.context.elapsed_ns() + predicted <= deadline
    }

    pub(super) async fn perform(&mut self, job: &Job, round: u32) -> Result<Vec<Invocation>, ContextError> {
        self.job_started_ns = self.context.elapsed_ns().max(1);
        let (context, sweeps) = (self.context, cost::sweeps_of(&self.progress, job, self.sweeps));
        let mut random = randomness::of_job(self.settings.seed, context.peek_id());
        let lock_step = async |members: Vec<(Cell, Side)>, random: &mut ChaCha8Rng| {
            block::lock_step(context, job.kind(), round, &members, sweeps, random).await
        };
        match job {
            Job::Solo(cell) => {
                // Later ones are for the cold total alone.
                let active = if round == 1 { self.solo_active } else { Duration::ZERO };
                Ok(vec![solo::solo(context, (cell, Side::New), round, active).await?])
            }
            // As in the first round: memory has its plateau.
            Job::GateSolo(cell, side) => {
                Ok(vec![solo::solo(context, (cell, *side), round, self.solo_active).await?])
            }
            Job::Block(cells) => lock_step(members(cells), &mut random).await,
            Job::Against(cell) => {
                let both = vec![(cell.clone(), Side::Base), (cell.clone(), Side::New)];
                lock_step(both, &mut random).await
            }
            Job::Reference(cell) => {
                let both = [Cell::reference(&cell.interpreter), cell.clone()];
                lock_step(members(&both), &mut random).await
            }
            Job::Capacity { single, workers } => {
                block::capacity(context, round, single, *workers, sweeps, &mut random).await
            }
        }
    }

    pub(super) fn learn(&mut self, job: &Job, invocations: &[Invocation], emit: &mut dyn FnMut(Event)) {
        let took = self.context.elapsed_ns() - self.job_started_ns;
        let predicted = self.predict_ns(job).max(1);
        // Slowly, and never below what was predicted: a budget is a promise.
        self.optimism = (0.8 * self.optimism + 0.2 * (took as f64 / predicted as f64)).max(1.0);
        let pairs = self.progress.learn(invocations);
        self.gate.learn(invocations);
        for pair in pairs.iter().filter(|pair| pair.role == PairRole::Against) {
            self.gate.compare(&self.progress.cells[pair.cell].cell, pair.value());
        }
        for index in 0..self.progress.cells.len() {
            let known = &self.progress.cells[index];
            if known.announced || !known.is_sound() || !self.progress.is_settled(known) {
                continue;
            }
            if let Some(interval) = known.over_baseline.interval() {
                emit(Event::Settled {
                    cell: known.cell.clone(),
                    ratio: interval.estimate.exp(),
                    low: interval.low.exp(),
                    high: interval.high.exp(),
                    pairs: known.over_baseline.pairs() as u32,
                });
                self.progress.cells[index].announced = true;
            }
        }
    }

    pub(super) fn settled(&self) -> u32 {
        let settled =
            |known: &&super::progress::CellState| known.is_sound() && self.progress.is_settled(known);
        self.progress.cells.iter().filter(settled).count() as u32
    }

    pub(super) fn progress(&self) -> Event {
        Event::Progress {
            elapsed_ns: self.context.elapsed_ns(),
            budget_ns: self.settings.budget_ns,
            cells: self.progress.cells.len() as u32,
            settled: self.settled(),
            failed: self.progress.cells.iter().filter(|known| known.failed).count() as u32,
        }
    }
}

fn members(cells: &[Cell]) -> Vec<(Cell, Side)> {
    cells.iter().map(|cell| (cell.clone(), Side::New)).collect()
}
