//! One invocation kept at work while profilers read its stacks. Never timed, never recorded.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::Command;

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
pub(crate) struct Profiled {
    /// The record of the cell, which is never kept.
    pub invocation: Invocation,
    /// One for each profiler that was started.
    pub profilers: Vec<ProfilerEnd>,
}

/// How a profiler ended.
#[derive(Debug)]
pub(crate) struct ProfilerEnd {
    /// Whether it ended well.
    pub success: bool,
    /// The end of what it printed, the errors last.
    pub output: String,
}

/// Makes the command that profiles the process with this pid for the time that was asked.
pub(crate) type Profiler<'a> = &'a dyn Fn(u32) -> std::process::Command;

/// Starts the cell and repeats its passes for as long as the profilers take, one after another: two
/// can't hold a process at once.
///
/// # Errors
/// The machine refused something that no cell is to blame for.
pub(crate) async fn profile(
    context: &Context,
    cell: &Cell,
    profilers: &[Profiler<'_>],
    active: Duration,
) -> Result<Profiled, ContextError> {
    let mut session = Session::launch(context, (cell, Side::New), InvocationKind::Solo, 0, None)?;
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
        let mut running = match LiveProcess::start(command.stdin(Stdio::null()), None) {
            Ok(running) => running,
            Err(error) => {
                ends.push(ProfilerEnd::failed(format!("Error: it can't be started: {error}")));
                continue;
            }
        };
        let (begun, limit) = (Instant::now(), active + SLACK);
        let mut exit = None;
        while session.healthy() && exit.is_none() && begun.elapsed() < limit {
            place.seq += 1;
            session.pass(place).await;
            exit = running.ended_within(Duration::ZERO).await;
        }
        if exit.is_none() && !session.healthy() {
            exit = running.ended_within(LAST_WORDS).await;
        }
        ends.push(match exit {
            Some(exit) => {
                running.reap(LAST_WORDS).await;
                let (stdout, stderr) = running.printed(LAST_WORDS).await;
                ProfilerEnd { success: exit.status.success(), output: stdout + &stderr }
            }
            // Dropped, it is killed: before the session's end looks for strays.
            None => ProfilerEnd::failed(format!("Error: no end within {} s", begun.elapsed().as_secs())),
        });
    }
    Ok(Profiled { invocation: session.finish().await.invocation, profilers: ends })
}

impl ProfilerEnd {
    fn failed(output: String) -> Self {
        Self { success: false, output }
    }
}
