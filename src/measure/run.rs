//! One run: rounds of jobs until everything is settled, or the budget is used up.

use std::collections::VecDeque;
use std::pin::pin;

use tokio::sync::watch;

use super::context::{Context, ContextError};
use super::disturb::DisturbanceWatch;
use super::event::Event;
use super::job::Job;
use super::runner::Runner;
use crate::cell::Mode;
use crate::interpreter::Interpreter;
use crate::matrix::Matrix;
use crate::plan::Plan;
use crate::record::{Budgeted, Disturbance, Invocation, Journal, RecordError};

/// What decides a run, beside its plan.
pub struct Settings<'a> {
    /// The cells, skipped ones too.
    pub plan: &'a Plan,
    /// What the matrix says of the run, of its baseline and of its workloads.
    pub matrix: &'a Matrix,
    pub interpreters: &'a [Interpreter],
    /// The time of the whole run.
    pub budget_ns: u64,
    /// The budget begins now, however long the run took before it was broken off.
    pub budget_anew: bool,
    /// The seed of everything that is shuffled.
    pub seed: u64,
    /// The CPUs that this process may really use; a quota is a fraction.
    pub effective_cpus: f64,
    /// The modes, each with what its workers are.
    pub modes: &'a [Mode],
    /// The cells that `--against` compares with their base.
    pub against: &'a [Budgeted],
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    pub rounds: u32,
    pub invocations: u32,
    pub failed: u32,
    pub interrupted: bool,
}

/// Why a run had to stop. What was recorded stands.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Context(#[from] ContextError),
}

/// Runs the plan. `records`: what is in the journal already, of a run that was broken off; nothing of it
/// is measured again. Each invocation is in the journal before the next job begins; `cancelled` turning
/// true ends what is under way, tree and all, and keeps what was recorded.
///
/// # Errors
/// The journal can't be written, or the machine refuses processes, threads or pipes.
pub async fn run(
    context: &Context,
    settings: &Settings<'_>,
    records: impl Iterator<Item = Result<Invocation, RecordError>>,
    journal: &mut Journal,
    mut cancelled: watch::Receiver<bool>,
    emit: &mut dyn FnMut(Event),
) -> Result<Ended, RunError> {
    let mut runner = Runner::new(context, settings);
    let past = runner.recall(records)?;
    if past.invocations > 0 {
        let (invocations, round) = (past.invocations, past.round);
        emit(Event::Resumed { invocations, round, elapsed_ns: context.elapsed_ns() });
    }
    let mut ended =
        Ended { rounds: past.round, invocations: past.invocations, failed: 0, interrupted: false };
    for number in past.round.max(1).. {
        let mut jobs = runner.jobs(number);
        if number == past.round {
            jobs = past.prune(jobs, &runner.progress);
            if jobs.is_empty() {
                continue;
            }
        }
        if jobs.is_empty() {
            break;
        }
        emit(Event::Round { round: number, unsettled: runner.progress.unsettled(&|_| true).len() as u32 });
        runner.newly_deferred().into_iter().for_each(&mut *emit);
        let invocations = ended.invocations;
        ended.interrupted =
            round(&mut runner, (number, jobs), &mut ended, journal, &mut cancelled, emit).await?;
        if ended.interrupted || ended.invocations == invocations {
            break;
        }
        ended.rounds = number;
    }
    ended.failed = runner.progress.cells.iter().filter(|known| known.failed).count() as u32;
    emit(Event::Finished {
        elapsed_ns: context.elapsed_ns(),
        rounds: ended.rounds,
        settled: runner.settled(),
        failed: ended.failed,
        interrupted: ended.interrupted,
    });
    Ok(ended)
}

/// Performs the jobs of a round that the budget still allows for; true once the run is interrupted.
async fn round(
    runner: &mut Runner<'_>,
    (number, jobs): (u32, Vec<Job>),
    ended: &mut Ended,
    journal: &mut Journal,
    cancelled: &mut watch::Receiver<bool>,
    emit: &mut dyn FnMut(Event),
) -> Result<bool, RunError> {
    let context = runner.context;
    let mut jobs: VecDeque<(Job, bool)> = jobs.into_iter().map(|job| (job, false)).collect();
    while let Some((job, repeated)) = jobs.pop_front() {
        if !runner.affordable(&job) {
            continue;
        }
        let (kind, what) = (job.kind(), job.title());
        emit(Event::Begin { kind, what, elapsed_ns: context.elapsed_ns() });
        let watch = DisturbanceWatch::begin();
        let Some(mut invocations) = perform(runner, &job, number, cancelled, emit).await? else {
            return Ok(true);
        };
        let disturbance = watch.and_then(DisturbanceWatch::end);
        let disturbed = disturbance.as_ref().is_some_and(Disturbance::disturbed);
        for invocation in &mut invocations {
            invocation.disturbance.clone_from(&disturbance);
        }
        journal.append(&invocations)?;
        for invocation in &invocations {
            ended.invocations += 1;
            emit(finished(invocation));
        }
        runner.learn(&job, &invocations, emit);
        emit(runner.progress());
        if disturbed && runner.settings.matrix.run.repeat_disturbed && !repeated {
            jobs.push_back((job, true));
        }
    }
    Ok(false)
}

/// Performs one job; `None`: it was interrupted, and its processes are gone.
async fn perform(
    runner: &mut Runner<'_>,
    job: &Job,
    number: u32,
    cancelled: &mut watch::Receiver<bool>,
    emit: &mut dyn FnMut(Event),
) -> Result<Option<Vec<Invocation>>, ContextError> {
    let context = runner.context;
    let mut alive = context.alive();
    let stopped_ns = {
        let mut performing = pin!(runner.perform(job, number));
        loop {
            tokio::select! {
                biased;
                // A closed channel means that nobody can cancel any more.
                Ok(_) = cancelled.wait_for(|&stop| stop) => break context.elapsed_ns(),
                done = &mut performing => return done.map(Some),
                Ok(()) = alive.changed() => {
                    let processes = alive.borrow_and_update().clone();
                    emit(Event::Alive { processes });
                }
            }
        }
    };
    // What was under way has been dropped, and its processes with it.
    let elapsed_ns = context.elapsed_ns();
    emit(Event::Interrupted { elapsed_ns, empty_ns: elapsed_ns.saturating_sub(stopped_ns) });
    Ok(None)
}

fn finished(invocation: &Invocation) -> Event {
    Event::Invocation {
        id: invocation.id,
        kind: invocation.kind,
        round: invocation.round,
        cell: invocation.cell.clone(),
        outcome: invocation.outcome,
        reason: invocation.reason.clone(),
    }
}
