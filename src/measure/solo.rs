//! An invocation alone on the machine: phases, the cold total, CPU, memory and the timeline.

use std::time::{Duration, Instant};

use super::context::{Context, ContextError};
use super::sample::{BelowRoot, Sampled, Sampler};
use super::session::{Finished, Place, Session};
use crate::cell::Cell;
use crate::platform::{TreeReader, Usage, monotonic_ns, tree_reader};
use crate::record::{Invocation, InvocationKind, ProcessRole, Resources, Side, Value};

/// Passes after the first: at least these, so that memory has its plateau, and no more than these.
const PASSES: (u32, u32) = (2, 20);
/// At least so many of a command, whose memory begins anew in each.
const FEWEST_OF_COMMAND: u32 = 1;

/// Runs one cell alone: the first pass is the cold one that a user waits for, the others keep the
/// tree at work for about `active`, so that there is something to sample. With an `active` of nothing
/// only the cold figures are wanted, and no worker is warmed up.
///
/// # Errors
/// The machine refused something that no cell is to blame for.
pub(crate) async fn solo(
    context: &Context,
    cell: (&Cell, Side),
    round: u32,
    active: Duration,
) -> Result<Invocation, ContextError> {
    let mut session = Session::launch(context, cell, InvocationKind::Solo, round, None)?;
    let launched = Instant::now();
    let whole_command = session.runs_a_command();
    if whole_command {
        // The run that proves it has more to do than the command.
        session.ready().await;
    }
    let sampler = match session.healthy() {
        false => None,
        true => Some(start_sampler(&session, launched, context.sample_interval)?),
    };
    if !whole_command {
        session.ready().await;
    }
    let mut cold_end = None;
    if session.healthy() {
        cold_end = passes(&mut session, active).await;
        // Everything that the work allocated and keeps is there now.
        if let (Some(sampler), true) = (&sampler, session.healthy()) {
            sampler.mark().await;
        }
    }
    let launched_ns = session.launched_ns + session.starting_ns;
    let peak_rss_bytes = session.peak_rss_bytes;
    let Finished { mut invocation, usage } = session.finish().await;
    let reading_ns = invocation.values.first().and_then(|value| value.harness_ns).unwrap_or(0);
    invocation.total_ns = match (cold_end, invocation.phases_ns.teardown) {
        (Some(end), Some(teardown)) => Some(end.saturating_sub(launched_ns + reading_ns) + teardown),
        _ => None,
    };
    if whole_command {
        invocation.total_ns = invocation.values.first().map(|value| value.ns);
    }
    if let Some(sampled) = sampler.map(Sampler::stop) {
        if sampled.slowed {
            let per_second = |interval_ns: u64| 1e9 / interval_ns.max(1) as f64;
            invocation.warnings.push(format!(
                "the sampler lowered its rate from {:.0} to {:.1} samples a second to keep within its budget",
                per_second(sampled.cost.asked_interval_ns),
                per_second(sampled.cost.interval_ns)
            ));
        }
        let workers: Vec<u32> = invocation.workers.iter().map(|worker| worker.pid).collect();
        invocation.resources = resources(sampled, usage, &workers);
        let first = invocation.values.first().filter(|_| whole_command);
        if let Some((resources, first)) = invocation.resources.as_mut().zip(first) {
            of_command(resources, first, peak_rss_bytes);
        }
    }
    Ok(invocation)
}

/// Runs the cold pass, and others for about `active`. Returns when the cold one had ended, on the monotonic clock;
/// `None`: it failed.
async fn passes(session: &mut Session<'_>, active: Duration) -> Option<u64> {
    let place = |seq| Place { sweep: seq, seq, warmup: seq == 0, concurrent: 1 };
    session.pass(place(0)).await?;
    let cold_end = monotonic_ns();
    let first = session.draft.values.first().map_or(1, Value::cost_ns);
    let wanted = (active.as_nanos() as u64).div_ceil(first.max(1));
    let fewest = if session.runs_a_command() { FEWEST_OF_COMMAND } else { PASSES.0 };
    let count = u32::try_from(wanted).unwrap_or(u32::MAX).clamp(fewest, PASSES.1);
    if !active.is_zero() {
        // A starved worker would be missing in the memory that the others take.
        session.warm_up().await;
    }
    for seq in 1..=count {
        if session.pass(place(seq)).await.is_none() {
            break;
        }
    }
    let draft = &mut session.draft;
    // All that they took: short passes are repeated, and `ns` is what one repeat took.
    let work = draft.values.iter().skip(1).map(Value::whole_ns).sum();
    draft.phases_ns.warmup = Some(draft.warm_ups.iter().map(|round| round.ns).sum());
    draft.phases_ns.first = draft.values.first().map(Value::whole_ns);
    draft.phases_ns.work = Some(work);
    Some(cold_end)
}

fn start_sampler(
    session: &Session<'_>,
    launched: Instant,
    interval: Duration,
) -> Result<Sampler, ContextError> {
    let started = tree_reader().and_then(|reader| {
        let reader: Box<dyn TreeReader> =
            if session.runs_a_command() { Box::new(BelowRoot(reader)) } else { reader };
        Sampler::start(session.pid(), launched, interval, reader)
    });
    started.map_err(ContextError::of("start the sampler"))
}

/// Makes the figures those of one run of a command. What the kernel counts has the harness and all runs in it; a short
/// run's peak lies between two samples, and of one process alone the kernel knows it: it shares with the harness alone.
fn of_command(resources: &mut Resources, run: &Value, peak_rss_bytes: Option<u64>) {
    resources.cpu_ns = run.cpu_ns.unwrap_or(resources.cpu_ns);
    (resources.cpu_exact, resources.user_ns, resources.system_ns) = (run.cpu_ns.is_some(), None, None);
    (resources.voluntary_switches, resources.involuntary_switches) = (None, None);
    resources.peak_rss_bytes = resources.peak_rss_bytes.max(peak_rss_bytes.unwrap_or(0));
    if resources.peak_processes < 2 {
        resources.peak_pss_bytes = None;
    }
}

/// Peaks and totals; `None` when the process was gone before the first sample.
fn resources(sampled: Sampled, exact: Option<Usage>, workers: &[u32]) -> Option<Resources> {
    let Sampled { samples, mut processes, left_out, pss_samples, cost, .. } = sampled;
    let sampled_cpu = samples.iter().map(|sample| sample.cpu_ns).max()?;
    for process in &mut processes {
        let helper = matches!(process.role, ProcessRole::Main | ProcessRole::ResourceTracker);
        if !helper && workers.contains(&process.pid) {
            process.role = ProcessRole::Worker;
        }
    }
    Some(Resources {
        cpu_ns: exact.map_or(sampled_cpu, |usage| usage.user_ns + usage.system_ns),
        cpu_exact: exact.is_some(),
        user_ns: exact.map(|usage| usage.user_ns),
        system_ns: exact.map(|usage| usage.system_ns),
        voluntary_switches: exact.map(|usage| usage.voluntary_switches),
        involuntary_switches: exact.map(|usage| usage.involuntary_switches),
        peak_rss_bytes: samples.iter().map(|sample| sample.rss_bytes).max()?,
        peak_pss_bytes: samples.iter().filter_map(|sample| sample.pss_bytes).max(),
        pss_samples,
        peak_processes: samples.iter().map(|sample| sample.processes).max()?,
        peak_threads: samples.iter().filter_map(|sample| sample.threads).max(),
        samples,
        processes,
        processes_left_out: left_out,
        sampler: cost,
    })
}
