//! The measuring part on a runtime of its own, Ctrl-C and SIGTERM turned into an orderly end.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{oneshot, watch};

use crate::cell::Cell;
use crate::commands::prepare::Prepared;
use crate::commands::{Exit, Failure};
use crate::harness;
use crate::interpreter::cache_dir;
use crate::measure::{self, Context, ContextError, Ended, Event, Profiled, Profiler, Settings};
use crate::platform::{interrupt_kills, is_ignored, wait_for_closed_stderr};
use crate::record::{Invocation, Journal, RecordError, Side};

/// A second Ctrl-C within this time is taken for the first.
const SECOND_THOUGHT: Duration = Duration::from_millis(700);

/// Runs the plan.
pub(super) fn measure(
    prepared: &Prepared,
    seed: u64,
    budget_ns: u64,
    budget_anew: bool,
    records: impl Iterator<Item = Result<Invocation, RecordError>>,
    journal: &mut Journal,
    listener: &mut dyn FnMut(Event),
) -> Result<Ended, Failure> {
    let context = context(prepared)?;
    let modes = prepared.catalogue.kinds();
    let settings = Settings {
        plan: &prepared.plan,
        matrix: &prepared.matrix,
        interpreters: &prepared.interpreters,
        budget_ns,
        budget_anew,
        seed,
        effective_cpus: prepared.effective_cpus,
        against: prepared.against.as_ref().map_or(&[], |against| &against.cells),
        modes: &modes,
    };
    block_on(async |cancelled| {
        Ok(measure::run(&context, &settings, records, journal, cancelled, listener).await?)
    })
}

/// Measures one cell alone, for about `active`, outside any run; `None`: interrupted.
///
/// # Errors
/// The machine refused.
pub(crate) fn probe(
    prepared: &Prepared,
    cell: &Cell,
    active: Duration,
) -> Result<Option<Invocation>, Failure> {
    let context = context(prepared)?;
    unless_interrupted(measure::solo(&context, (cell, Side::New), 0, active))
}

/// Keeps one cell at work while profilers look at it, each for `active`; `None`: interrupted.
///
/// # Errors
/// The machine refused.
pub(crate) fn profile_cell(
    prepared: &Prepared,
    cell: &Cell,
    profilers: &[Profiler<'_>],
    active: Duration,
) -> Result<Option<Profiled>, Failure> {
    let context = context(prepared)?;
    unless_interrupted(measure::profile(&context, cell, profilers, active))
}

fn context(prepared: &Prepared) -> Result<Context, Failure> {
    let cache = cache_dir()
        .ok_or_else(|| Exit::Refused.because("no cache folder: set `GILMATRIX_CACHE` or `HOME`"))?;
    let place = cache.join("harness").join(&harness::sha256()[..16]);
    let script =
        harness::extract(&place).map_err(|error| refused(&format!("write `{}`", place.display()), &error))?;
    let mut context = Context::new(
        &prepared.matrix,
        &prepared.interpreters,
        prepared.against.as_ref(),
        &script,
        &cache.join("pycache"),
    )?;
    context.guard()?;
    Ok(context)
}

fn refused(what: &str, error: &dyn std::fmt::Display) -> Failure {
    Exit::Refused.because(format!("can't {what}: {error}"))
}

/// Runs `work` to its end; `None`: it was interrupted, and nothing is left of it.
fn unless_interrupted<T>(work: impl Future<Output = Result<T, ContextError>>) -> Result<Option<T>, Failure> {
    block_on(async |mut cancelled| {
        tokio::select! {
            biased;
            Ok(_) = cancelled.wait_for(|&stop| stop) => Ok(None),
            done = work => Ok(Some(done?)),
        }
    })
}

/// Runs `work` with a channel that turns true when it is to stop.
fn block_on<T>(work: impl AsyncFnOnce(watch::Receiver<bool>) -> Result<T, Failure>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| refused("start the runtime", &error))?;
    runtime.block_on(async {
        let (cancel, cancelled) = watch::channel(false);
        let stop = stop_signal();
        tokio::spawn(async move {
            stop.await;
            let _ = cancel.send(true);
            // Whoever presses Ctrl-C once more doesn't want to wait for the reports: the signal is deadly
            // again, and the guard ends what is left. Not at once, since some launchers send it twice.
            std::thread::spawn(|| {
                std::thread::sleep(SECOND_THOUGHT);
                interrupt_kills();
            });
            // Kept alive: a closed channel would mean that nobody can cancel.
            std::future::pending::<()>().await;
        });
        work(cancelled).await
    })
}

/// Takes Ctrl-C, SIGTERM and the signal of a closed terminal from now on, but for those that were ignored from the
/// start, as `nohup` and a shell's background jobs want it. A closed terminal says the same where it sends no signal,
/// as to a job in its background. Returns what waits for the first of them. To be called inside a runtime.
pub(in crate::commands) fn stop_signal() -> impl Future<Output = ()> {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let taken = kinds.into_iter().filter(|kind| !is_ignored(kind.as_raw_value()));
    // Asked before the signals are taken: then none is ignored any more.
    let mut closed = (!is_ignored(SignalKind::hangup().as_raw_value())).then(closed_stderr);
    let mut taken: Vec<Signal> = taken.filter_map(|kind| signal(kind).ok()).collect();
    poll_fn(move |context| {
        let told = closed.as_mut().map(|closed| Pin::new(closed).poll(context));
        if told.as_ref().is_some_and(Poll::is_ready) {
            closed = None;
        }
        let gone = matches!(told, Some(Poll::Ready(Ok(()))));
        match gone || taken.iter_mut().any(|signal| signal.poll_recv(context).is_ready()) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
}

/// Returns what is told once nobody can see standard error any more; dropped where that can't be known.
fn closed_stderr() -> oneshot::Receiver<()> {
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || {
        if wait_for_closed_stderr() {
            let _ = tell.send(());
        }
    });
    told
}
