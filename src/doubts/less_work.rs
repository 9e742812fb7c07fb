//! Work is conserved: the same tasks take about the same CPU time in every mode of an interpreter. Who uses clearly less
//! left some of it out.
//!
//! What honest code varies by, measured: of the bundled workloads and of functions that fill caches, import late or
//! release the GIL, threads and processes took 0.93 to 1.6 times the loop's CPU time in each block (results of megabytes
//! up to 12 times), on two CPUs that others kept busy fourfold. A full core, cold caches, a GIL that is fought for, a copy
//! on write only add to it. What takes off: a fresh worker's smaller heap, which its collector goes through sooner, and a
//! plain loop that is held to the slower of two CPUs (half as fast again: 0.83).

use super::{DoubtKind, Suspect};
use crate::stats::{median, spearman_trend};

/// The part of the plain loop's CPU time below which a cell did less, by the median of its blocks.
const LESS: f64 = 0.6;
/// No block may be above this: then it isn't what the cell does.
const IN_NONE: f64 = 0.8;
/// What is enough in one block alone.
const AT_ONCE: f64 = 0.4;
/// Below this part of its time the plain loop rests between its tasks, and finds its CPU slow and its caches cold.
const BUSY: f64 = 0.5;

/// A task that a plain loop does in less time, in nanoseconds, does nothing: to call a function takes a third of it, and
/// two thirds without the GIL.
const EMPTY_NS: f64 = 250.0;

/// Passes of the plain loop whose CPU time falls with what they waited for a CPU, at this rank correlation, by a chance of
/// no more than this, and waits of no less than this part of the CPU time.
const FALLS: f64 = -0.6;
const CHANCE: f64 = 1e-4;
const WAITS: f64 = 0.05;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let single = suspect.single?;
    let task_ns = median(&single.task_ns).filter(|ns| *ns < EMPTY_NS);
    let told = || single.told(DoubtKind::LessWork).map(str::to_owned);
    task_ns.map(nothing).or_else(told).or_else(|| by_the_clock(&single.waited)).or_else(|| less(suspect))
}

/// Work takes its CPU time whoever else has the CPU meanwhile; what looks at the clock until it is time to end takes less
/// the longer it was kept waiting.
fn by_the_clock(waited: &[(u64, u64)]) -> Option<String> {
    let mut passes = waited.to_vec();
    passes.sort_unstable();
    let used: Vec<f64> = passes.iter().map(|(_, cpu)| *cpu as f64).collect();
    let waits: Vec<f64> = passes.iter().map(|(delay, _)| *delay as f64).collect();
    let falls = spearman_trend(&used).is_some_and(|it| it.rho < FALLS && it.p < CHANCE);
    (falls && median(&waits)? > WAITS * median(&used)?).then(|| {
        "its tasks use less CPU time the longer other programs kept them waiting, so they end by the clock and not when \
         their work is done"
            .to_owned()
    })
}

fn nothing(task_ns: f64) -> String {
    format!(
        "a task takes {task_ns:.0} ns in a plain loop, as one does that does nothing: what is timed finds its work done, \
         by a set-up or by an earlier task"
    )
}

fn less(suspect: &Suspect<'_>) -> Option<String> {
    let logs = &suspect.facts.cpu;
    let part = median(logs)?.exp();
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max).exp();
    let less = if logs.len() > 1 { part < LESS && most < IN_NONE } else { part < AT_ONCE };
    let busy = median(&suspect.single?.cores)? >= BUSY;
    (less && busy).then(|| {
        format!(
            "its tasks used {:.0} % of the CPU time that they take in a plain loop of the same interpreter, so they \
             did less: they leave work out, find it done, or end by the clock",
            part * 100.0
        )
    })
}
