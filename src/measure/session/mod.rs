//! One live invocation: launched, driven pass by pass, ended, and turned into a record.

mod classify;
mod clock;
mod drive;
mod exchange;
mod launch;
mod rest;
mod rows;
mod termination;
mod verify;

use std::time::Duration;

use super::ceiling::Ceiling;
use super::context::{Context, ContextError};
use crate::cell::Cell;
use crate::platform::{ProcessExit, Usage, hold, monotonic_ns};
use crate::process::LiveProcess;
use crate::record::{Invocation, InvocationKind, Outcome, Side};

/// How long a process that was asked to end may take before it is killed.
const GRACE: Duration = Duration::from_millis(500);
/// CPU time over time from which on a pass with one worker counts as parallel inside: clocks differ a little, and
/// a pass may be short.
const PARALLEL: f64 = 1.2;
/// How long a finished invocation's helpers (forkserver, resource tracker) may take to end by themselves.
const DRAIN: Duration = Duration::from_millis(400);

/// Where a pass stands in its block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
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
pub(crate) struct Session<'a> {
    context: &'a Context,
    /// What will be written; its outcome stays `Completed` until something goes wrong.
    pub(super) draft: Invocation,
    /// `None` before it has started and after it has ended.
    live: Option<Live>,
    /// When it was started, on the monotonic clock.
    pub(super) launched_ns: u64,
    /// How it ended, once it has.
    exit: Option<ProcessExit>,
    /// Watches its memory, where there is a ceiling.
    ceiling: Option<Ceiling>,
    /// How many processes the kernel had killed for lack of memory when it was launched; `None`: it doesn't count.
    oom_kills: Option<u64>,
    /// What the root and every orphan it left have used, as far as they have ended.
    usage: Usage,
    /// The harness's main process; `None`: it hasn't told, or isn't to be found.
    main_pid: Option<u32>,
    /// The number of the last command.
    last_id: u32,
    /// What the harness itself did while its workers started; it is no part of the pool's phase.
    pub(super) starting_ns: u64,
    /// The most that a process of a command has held; `None`: not known, or no command.
    pub(super) peak_rss_bytes: Option<u64>,
    /// CPU time of its main process that the harness used to read results.
    harness_cpu_ns: u64,
    /// How long each pass took, by either clock.
    exchanges: Vec<clock::Exchange>,
    /// For how long the runner was away while it waited for the last answers.
    gap_ns: u64,
    /// Before its end it is to look whether its tasks end by the clock.
    crowd: bool,
    /// Since its last pass, where that was looked at.
    at_rest: Option<rest::AtRest>,
}

/// A finished invocation.
pub(crate) struct Finished {
    /// Its record.
    pub invocation: Invocation,
    /// The CPU time of the whole tree by the kernel's accounting, without the harness's own; `None` where it doesn't tell.
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
    pub(crate) fn launch(
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
            main_pid: None,
            last_id: 0,
            starting_ns: 0,
            peak_rss_bytes: None,
            harness_cpu_ns: 0,
            exchanges: Vec::new(),
            gap_ns: 0,
            crowd: false,
            at_rest: None,
        };
        session.spawn()?;
        Ok(session)
    }

    /// Returns whether nothing has gone wrong so far.
    pub(crate) fn healthy(&self) -> bool {
        self.draft.outcome == Outcome::Completed && self.live.is_some()
    }

    /// Returns the pid of its root; 0 where it could not be started.
    pub(crate) fn pid(&self) -> u32 {
        self.draft.pid
    }

    /// Ends it; once for each cell that is a plain loop it looks before whether tasks end by the clock.
    pub(crate) async fn end_with_a_look(&mut self) {
        self.crowd = self.draft.cell.is_single() && self.context.is_first_look(&self.draft.cell);
        if self.crowd {
            self.end().await;
        }
    }

    /// Returns whether what it runs is a whole command.
    pub(crate) fn runs_a_command(&self) -> bool {
        self.draft.cell.is_command()
    }

    /// Returns whether it has one worker.
    pub(crate) fn one_worker(&self) -> bool {
        self.draft.cell.workers == 1
    }

    /// Returns whether its only worker is the main thread, which says how long it waited for a CPU. A command may have
    /// threads and processes of its own.
    pub(crate) fn in_main_thread(&self) -> bool {
        !self.runs_a_command() && self.draft.values.last().is_some_and(|value| value.run_delay_ns.is_some())
    }

    /// Returns whether its last pass took more CPU time than one CPU has, or, which a busy machine doesn't hide, part of it was
    /// used by threads and processes of the task's own.
    pub(crate) fn parallel_inside(&self) -> bool {
        let Some(value) = self.draft.values.last() else { return true };
        let Some(cpu_ns) = value.cpu_ns.map(|ns| ns as f64) else { return true };
        let own = value.workers_cpu_ns.as_ref().map(|each| each.iter().sum::<u64>() as f64);
        cpu_ns > PARALLEL * value.ns as f64 || own.is_some_and(|own| cpu_ns > PARALLEL * own)
    }

    /// Returns whether it isn't kept from that CPU.
    pub(crate) fn may_use(&self, cpu: u32) -> bool {
        self.draft.cpus.as_ref().is_none_or(|cpus| cpus.cpus().contains(&cpu))
    }

    /// Keeps its passes on this CPU from now on. Where the kernel refuses, they are where they were.
    pub(crate) fn hold(&mut self, cpu: u32) {
        if self.main_pid.is_some_and(|pid| hold(pid, cpu).is_ok()) {
            self.draft.held_to_cpu = Some(cpu);
        }
    }
}
