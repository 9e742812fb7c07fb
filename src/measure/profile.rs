//! One invocation kept at work while other programs look into it. Never timed, never recorded.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::context::{Context, ContextError};
use super::session::{Place, Session};
use crate::cell::Cell;
use crate::record::{Invocation, InvocationKind, Side};

/// How much longer than asked a profiler may take: it reads symbols first and writes its file last.
const SLACK: Duration = Duration::from_secs(60);
/// What a profiler gets to write its file once the process that it looks at is gone.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// What was looked at, and how each profiler ended.
#[derive(Debug)]
pub struct Profiled {
    pub invocation: Invocation,
    /// One for each profiler that was started.
    pub profilers: Vec<ProfilerEnd>,
}

#[derive(Debug, Default)]
pub struct ProfilerEnd {
    pub success: bool,
    /// Both outputs, the errors last.
    pub output: String,
}

/// Makes the command that looks at a process for the time that was asked.
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
    // The first one fills caches, and workers that start late arrive: nobody asks for a look at that.
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
        let mut looking = JoinSet::new();
        looking.spawn(async move { look(&mut command, limit).await });
        let mut end = None;
        while session.healthy() && end.is_none() {
            place.seq += 1;
            session.pass(place).await;
            end = looking.try_join_next();
        }
        let begun = Instant::now();
        while end.is_none() && begun.elapsed() < LAST_WORDS {
            end = tokio::time::timeout(LAST_WORDS, looking.join_next()).await.ok().flatten();
        }
        // Gone before the session's end looks for strays.
        looking.shutdown().await;
        ends.push(end.and_then(Result::ok).unwrap_or_default());
    }
    Ok(Profiled { invocation: session.finish().await.invocation, profilers: ends })
}

async fn look(command: &mut Command, limit: Duration) -> ProfilerEnd {
    let failed = |output: String| ProfilerEnd { success: false, output };
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Its own group, for the reason that the cell's process has one.
    command.process_group(0).kill_on_drop(true);
    match tokio::time::timeout(limit, command.output()).await {
        Err(_) => failed(format!("Error: no end within {} s", limit.as_secs())),
        Ok(Err(error)) => failed(format!("Error: it can't be started: {error}")),
        Ok(Ok(output)) => {
            let text = [output.stdout, output.stderr].concat();
            ProfilerEnd {
                success: output.status.success(),
                output: String::from_utf8_lossy(&text).into_owned(),
            }
        }
    }
}
