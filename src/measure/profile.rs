//! One invocation kept at work while profilers read its stacks. Never timed, never recorded.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::context::{Context, ContextError};
use super::session::{Place, Session};
use crate::cell::Cell;
use crate::process::LiveProcess;
use crate::record::{Invocation, InvocationKind, Side};

/// How much longer than asked a profiler may take: it reads symbols first and writes its file last.
const SLACK: Duration = Duration::from_secs(60);
/// How long a profiler may take to write its file once the process that it profiles is gone.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// What was profiled, and how each profiler ended.
#[derive(Debug)]
pub struct Profiled {
    pub invocation: Invocation,
    /// One for each profiler that was started.
    pub profilers: Vec<ProfilerEnd>,
}

/// How a profiler ended.
#[derive(Debug, Default)]
pub struct ProfilerEnd {
    pub success: bool,
    /// What it printed, the errors last.
    pub output: String,
}

/// Makes the command that profiles the process with this pid for the time that was asked.
pub type Profiler<'a> = &'a dyn Fn(u32) -> std::process::Command;

/// Starts the cell and repeats its passes for as long as the profilers take, one after another: two
/// can't hold a process at once. `None`: `cancelled` has turned true, and nothing is left of it.
///
/// # Errors
/// The machine refused something that no cell is to blame for.
pub async fn profile(
    context: &Context,
    cell: &Cell,
    profilers: &[Profiler<'_>],
    active: Duration,
    mut cancelled: watch::Receiver<bool>,
) -> Result<Option<Profiled>, ContextError> {
    tokio::select! {
        biased;
        Ok(_) = cancelled.wait_for(|&stop| stop) => Ok(None),
        done = profiled(context, cell, profilers, active) => done.map(Some),
    }
}

async fn profiled(
    context: &Context,
    cell: &Cell,
    profilers: &[Profiler<'_>],
    active: Duration,
) -> Result<Profiled, ContextError> {
    let mut session = Session::launch(context, (cell, Side::New), InvocationKind::Solo, 0, None).await?;
    let mut place = Place { sweep: 0, seq: 0, warmup: true, concurrent: 1 };
    let mut ends = Vec::new();
    session.ready().await;
    // The first one fills caches, and workers that start late arrive: nobody wants that profiled.
    if session.healthy() {
        session.pass(place).await;
    }
    for profiler in profilers {
        if !session.healthy() {
            break;
        }
        let mut command = Command::from(profiler(session.pid()));
        let limit = active + SLACK;
        // A set ends its tasks, and so their processes, when it is dropped.
        let mut profiling = JoinSet::new();
        profiling.spawn(async move { run_profiler(&mut command, limit).await });
        let mut end = None;
        while session.healthy() && end.is_none() {
            place.seq += 1;
            session.pass(place).await;
            end = profiling.try_join_next();
        }
        let begun = Instant::now();
        while end.is_none() && begun.elapsed() < LAST_WORDS {
            end = tokio::time::timeout(LAST_WORDS, profiling.join_next()).await.ok().flatten();
        }
        // Gone before the session's end looks for strays.
        profiling.shutdown().await;
        ends.push(end.and_then(Result::ok).unwrap_or_default());
    }
    Ok(Profiled { invocation: session.finish().await.invocation, profilers: ends })
}

/// Runs a profiler to its end. Given up half-way, or too late, it is killed with everything below it.
async fn run_profiler(command: &mut Command, limit: Duration) -> ProfilerEnd {
    let failed = |output: String| ProfilerEnd { success: false, output };
    let mut profiler = match LiveProcess::start(command.stdin(Stdio::null()), None) {
        Ok(profiler) => profiler,
        Err(error) => return failed(format!("Error: it can't be started: {error}")),
    };
    let Some(exit) = profiler.ended_within(limit).await else {
        return failed(format!("Error: no end within {} s", limit.as_secs()));
    };
    profiler.reap(LAST_WORDS).await;
    let (stdout, stderr) = profiler.printed(LAST_WORDS).await;
    ProfilerEnd { success: exit.status.success(), output: stdout + &stderr }
}
