//! One live invocation: launched, driven pass by pass, ended, and turned into a record.

mod launch;
mod rows;
mod termination;

use std::time::Duration;

use super::ceiling::Ceiling;
use super::context::{Context, ContextError};
use super::protocol::{HarnessCommand, HarnessRow, RowWorker};
use super::warm::{self, WarmUpVerdict};
use crate::cell::Cell;
use crate::platform::{ProcessExit, Usage, hold, monotonic_ns};
use crate::process::LiveProcess;
use crate::record::{Invocation, InvocationKind, Outcome, Side, Value, WarmUp, WorkerFacts};
use crate::stats::Pass;

/// How long a process that was asked to end may take before it is killed.
const GRACE: Duration = Duration::from_millis(500);
/// CPU time over time from which on a pass with one worker counts as parallel inside: clocks differ a little, and
/// a pass may be short.
const PARALLEL: f64 = 1.2;
/// How long a finished invocation's helpers (forkserver, resource tracker) may take to end by themselves.
const DRAIN: Duration = Duration::from_millis(400);

/// Where a pass stands in its block.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The number of its sweep, from 0.
    pub sweep: u32,
    /// Its number among all passes of the block, from 0.
    pub seq: u32,
    /// It isn't counted.
    pub warmup: bool,
    /// How many passes are under way at once, this one included.
    pub concurrent: u32,
}

/// A process under way. Dropped while alive, it is killed with everything below it.
pub struct Session<'a> {
    context: &'a Context,
    /// What will be written; its outcome stays `Completed` until something goes wrong.
    draft: Invocation,
    /// `None` before it has started and after it has ended.
    live: Option<Live>,
    /// When it was started, on the monotonic clock.
    launched_ns: u64,
    /// How it ended, once it has.
    exit: Option<ProcessExit>,
    /// Watches its memory, where there is a ceiling.
    ceiling: Option<Ceiling>,
    /// How many processes the kernel had killed for lack of memory when it was launched; `None`: it doesn't count.
    oom_kills: Option<u64>,
    /// What the root and every orphan it left have used, as far as they have ended.
    usage: Usage,
    /// The number of the last command.
    last_id: u32,
}

/// A finished invocation.
pub struct Finished {
    /// Its record.
    pub invocation: Invocation,
    /// The CPU time of the whole tree by the kernel's accounting; `None` where it doesn't tell.
    pub usage: Option<Usage>,
}

/// What only a living process has.
struct Live {
    process: LiveProcess,
    rows: rows::Rows,
    /// Holds the spec and the report; removed with it.
    _folder: tempfile::TempDir,
}

impl<'a> Session<'a> {
    /// Starts the process. A cell's own trouble (no such program, ...) ends up in the record.
    ///
    /// # Errors
    /// The machine refused something that no cell is to blame for.
    pub async fn launch(
        context: &'a Context,
        (cell, side): (&Cell, Side),
        kind: InvocationKind,
        round: u32,
        block: Option<u64>,
    ) -> Result<Self, ContextError> {
        let mut session = Self {
            context,
            draft: launch::draft(context, (cell, side), kind, round, block),
            live: None,
            launched_ns: monotonic_ns(),
            exit: None,
            ceiling: None,
            oom_kills: None,
            usage: Usage::default(),
            last_id: 0,
        };
        session.spawn().await?;
        Ok(session)
    }

    /// Returns whether nothing has gone wrong so far.
    pub fn healthy(&self) -> bool {
        self.draft.outcome == Outcome::Completed && self.live.is_some()
    }

    /// Returns the pid of its root; 0 where it could not be started.
    pub fn pid(&self) -> u32 {
        self.draft.pid
    }

    /// Returns the record as far as it is known.
    pub fn draft_mut(&mut self) -> &mut Invocation {
        &mut self.draft
    }

    /// Returns when the process was started, on the monotonic clock.
    pub fn launched_ns(&self) -> u64 {
        self.launched_ns
    }

    /// Waits until the pool is up and every worker has answered.
    pub async fn ready(&mut self) {
        let limit = self.context.timeout;
        match self.row(limit, "starting").await {
            Some(HarnessRow::Hello { protocol: super::protocol::PROTOCOL, at_ns }) => {
                let now = monotonic_ns();
                // Both are CLOCK_MONOTONIC; where they aren't, our own arrival time is the bound.
                let at = if (self.launched_ns..=now).contains(&at_ns) { at_ns } else { now };
                self.draft.phases_ns.start = Some(at - self.launched_ns);
            }
            Some(HarnessRow::Hello { protocol, .. }) => {
                return self.fail(Outcome::ProtocolError, format!("the harness speaks protocol {protocol}"));
            }
            Some(other) => return self.fail_unexpected(&other, "hello"),
            None => return,
        }
        match self.row(limit, "creating its pool").await {
            Some(HarnessRow::Ready { phases_ns, workers, gc }) => {
                self.draft.gc = gc;
                self.draft.phases_ns.imports = Some(phases_ns.imports);
                self.draft.phases_ns.pool = Some(phases_ns.pool);
                self.draft.workers = workers.into_iter().map(before).collect();
                self.verify_gil();
            }
            Some(other) => self.fail_unexpected(&other, "ready"),
            None => {}
        }
    }

    /// Has every worker run its share of the tasks until all are warm. Only once something has begun cold:
    /// what a user waits for is never measured after it.
    pub async fn warm_up(&mut self) {
        let compiles = self.compiles();
        while self.healthy() {
            match warm::judge(&self.draft.workers, &self.draft.warm_ups, compiles) {
                WarmUpVerdict::Again => {}
                WarmUpVerdict::Warm => return,
                WarmUpVerdict::Doubtful(doubt) => return self.draft.warnings.push(doubt),
                WarmUpVerdict::Never(reason) => return self.fail(Outcome::NoSteadyState, reason),
            }
            let id = self.next_id();
            if self.command(HarnessCommand::Warm { id }).await.is_none() {
                return;
            }
            match self.row(self.context.timeout, "warming up").await {
                Some(HarnessRow::Warmed(row)) if row.id == id => self.draft.warm_ups.push(WarmUp {
                    start_ns: self.context.on_run_clock(row.start_ns),
                    ns: row.ns,
                    workers: row.workers,
                }),
                Some(other) => self.fail_unexpected(&other, "warmed"),
                None => {}
            }
        }
    }

    /// Returns whether it compiles while it runs, and so needs more than one warm-up.
    fn compiles(&self) -> bool {
        let env = self.context.variant_env(&self.draft.cell);
        let asked = env.iter().any(|(name, value)| name == "PYTHON_JIT" && value == "1");
        let facts = self.context.interpreter(&self.draft.cell, self.draft.side).map(|found| &found.facts);
        asked || facts.is_some_and(|it| it.implementation != "cpython" || it.jit_enabled == Some(true))
    }

    /// Returns the number of the next command.
    fn next_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    /// Asks for one pass and waits for its value. `None`: it has failed, and the draft says how.
    pub async fn pass(&mut self, place: Place) -> Option<u64> {
        let id = self.next_id();
        self.command(HarnessCommand::Pass { id }).await?;
        match self.row(self.context.timeout, "working").await? {
            HarnessRow::Value(value) if value.id == id => {
                self.draft.values.push(Value {
                    ns: value.ns,
                    repeats: value.repeats.unwrap_or(1),
                    total_ns: value.total_ns,
                    block: self.draft.block,
                    sweep: place.sweep,
                    seq: place.seq,
                    start_ns: self.context.on_run_clock(value.start_ns),
                    warmup: place.warmup,
                    concurrent: place.concurrent,
                    checksum: value.checksum,
                    cpu_ns: value.cpu_ns,
                    loop_lag_ns: value.lag_ns,
                    loop_lag_p99_ns: value.extra.lag_p99_ns,
                    beats: value.extra.beats,
                    workers_cpu_ns: value.extra.workers_cpu_ns,
                    run_delay_ns: value.extra.run_delay_ns,
                });
                Some(value.ns)
            }
            other => {
                self.fail_unexpected(&other, "value");
                None
            }
        }
    }

    /// Returns whether it has one worker.
    pub fn one_worker(&self) -> bool {
        self.draft.cell.workers == 1
    }

    /// Returns whether its only worker is the main thread, which says how long it waited for a CPU.
    pub fn in_main_thread(&self) -> bool {
        self.draft.values.last().is_some_and(|value| value.run_delay_ns.is_some())
    }

    /// Returns whether its last pass took more CPU time than one CPU has, or, which a busy machine doesn't hide, part of it was
    /// used by threads and processes of the task's own.
    pub fn parallel_inside(&self) -> bool {
        let Some(value) = self.draft.values.last() else { return true };
        let Some(cpu_ns) = value.cpu_ns.map(|ns| ns as f64) else { return true };
        let own = value.workers_cpu_ns.as_ref().map(|each| each.iter().sum::<u64>() as f64);
        cpu_ns > PARALLEL * value.ns as f64 || own.is_some_and(|own| cpu_ns > PARALLEL * own)
    }

    /// Returns whether it isn't kept from that CPU.
    pub fn may_use(&self, cpu: u32) -> bool {
        self.draft.cpus.as_ref().is_none_or(|cpus| cpus.cpus().contains(&cpu))
    }

    /// Keeps its passes on this CPU from now on. Where the kernel refuses, they are where they were.
    pub fn hold(&mut self, cpu: u32) {
        if hold(self.draft.pid, cpu).is_ok() {
            self.draft.held_to_cpu = Some(cpu);
        }
    }

    /// Returns the passes so far that count.
    pub fn counted_passes(&self) -> Vec<Pass> {
        self.draft.counted_passes()
    }

    /// Lets the process end, or ends it, and waits until its whole tree is gone. Does nothing the second
    /// time.
    pub async fn end(&mut self) {
        if self.live.is_none() {
            return;
        }
        let ending = monotonic_ns();
        if self.healthy() && self.command(HarnessCommand::End).await.is_some() {
            match self.row(self.context.timeout, "ending").await {
                Some(HarnessRow::End { workers, blas }) => {
                    self.draft.blas = blas;
                    self.note_workers_after(&workers);
                }
                Some(other) => self.fail_unexpected(&other, "end"),
                None => {}
            }
        }
        self.verify_gil();
        self.verify_cpus();
        self.close(ending).await;
    }

    /// Ends the session as [`Session::end`] does, and gives its record.
    pub async fn finish(mut self) -> Finished {
        self.end().await;
        let usage = self.exit.and_then(|exit| exit.usage).map(|_| self.usage);
        // Nothing is alive any more, so dropping the session has nothing left to kill.
        Finished { invocation: std::mem::replace(&mut self.draft, launch::blank()), usage }
    }
}

/// Converts what a worker said before the work.
fn before(worker: RowWorker) -> WorkerFacts {
    WorkerFacts {
        pid: worker.pid,
        thread: worker.thread,
        executable: worker.executable,
        version: worker.version,
        py_gil_disabled: worker.py_gil_disabled,
        gil_enabled_before: worker.gil_enabled,
        gil_enabled_after: None,
        cpus: None,
    }
}
