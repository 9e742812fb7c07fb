//! What is kept of a cell's invocations for its doubts.

use super::grows::ProcessGrowth;
use super::slows::Slowing;
use super::{Doubt, DoubtKind, grows, slows, uneven};
use crate::record::{GilBuild, Invocation, Noticed, Outcome, Value};
use crate::stats::median;

/// Passes that take less time together are too short for a process to say anything of.
const TOLD_NS: u64 = 1_000_000;

/// A few numbers of each of a cell's processes, and of each block in which it met the plain loop of its interpreter and
/// environment.
#[derive(Debug, Default)]
pub(super) struct CellFacts {
    /// CPU time over time of a process's counted passes together, without what it waited for a CPU.
    pub cores: Vec<f64>,
    /// The part of that CPU time which its workers' own clocks show.
    pub by_workers: Vec<f64>,
    /// The most CPUs that it kept busy in a pass.
    pub most_cores: f64,
    /// Threads beside each process's first one, as seen in solo invocations, or that its first call started.
    pub own_threads: u32,
    /// Of each pass with one worker, what it waited for a CPU, and its CPU time.
    pub waited: Vec<(u64, u64)>,
    /// How each process's passes became slower.
    pub slowing: Vec<Slowing>,
    pub growth: Vec<ProcessGrowth>,
    /// Its interpreter was built without the GIL.
    pub free_threaded: bool,
    /// For each process, CPU time used after its passes over what they used, and in nanoseconds after each.
    pub between: Vec<f64>,
    pub between_ns: Vec<f64>,
    /// The median CPU time of each process's passes, and the part of its passes that took next to nothing of the longest's.
    pub process_cpu_ns: Vec<f64>,
    pub skipped: Vec<f64>,
    /// What one of its tasks takes in each process, in nanoseconds.
    pub task_ns: Vec<f64>,
    /// Of each block the log of its CPU time over the plain loop's, for the same work.
    pub cpu: Vec<f64>,
    /// Of each block the log of how many times as fast as the plain loop it was, and by how much more it may have been.
    pub speed: Vec<f64>,
    pub waiting: Vec<f64>,
    /// What the harness said in it, once a kind.
    pub noticed: Vec<Doubt>,
    /// The most CPUs that were online; 0: not known.
    pub cpus: u32,
}

impl CellFacts {
    /// Takes one process of the cell; one that failed says nothing.
    pub(super) fn take(&mut self, invocation: &Invocation) {
        if invocation.outcome != Outcome::Completed {
            return;
        }
        let counted = || invocation.values.iter().filter(|value| !value.warmup && value.concurrent == 1);
        let sum =
            |of: fn(&Value) -> Option<u64>| counted().filter_map(of).map(u128::from).sum::<u128>() as f64;
        let (time, used) = (sum(own_ns), sum(|value| value.cpu_ns));
        if time >= TOLD_NS as f64 && used > 0.0 {
            self.cores.push(used / time);
            if counted().all(|value| value.workers_cpu_ns.is_some()) {
                self.by_workers.push(sum(|value| Some(value.workers_cpu_ns.as_ref()?.iter().sum())) / used);
            }
        }
        // By the whole time: while the main thread waits for a CPU, others of the process may have one.
        let long = |value: &&Value| value.ns >= TOLD_NS;
        let cores = |value: &Value| Some(value.cpu_ns? as f64 / value.ns as f64);
        self.most_cores = counted().filter(long).filter_map(cores).fold(self.most_cores, f64::max);
        let seen = invocation.resources.as_ref().map_or(0, |resources| {
            resources.peak_threads.unwrap_or(0).saturating_sub(resources.peak_processes)
        });
        let started = invocation.calls.map_or(0, |calls| calls.threads);
        self.own_threads = self.own_threads.max(seen).max(started);
        self.waited.extend(counted().filter_map(|value| Some((value.run_delay_ns?, value.cpu_ns?))));
        // In CPU time, which others don't add to.
        let used: Vec<f64> = counted().map(|value| value.cpu_ns.unwrap_or(value.ns) as f64).collect();
        self.slowing.extend(slows::slowing(&used));
        if counted().all(|value| value.cpu_ns.is_some()) {
            self.process_cpu_ns.extend(median(&used));
            self.skipped.extend(uneven::skipped(&used));
        }
        self.free_threaded |= invocation.gil.is_some_and(|gil| gil.build == GilBuild::FreeThreaded);
        self.growth.extend(grows::growth(&invocation.values));
        self.take_rests(invocation);
        let tasks =
            invocation.warm_ups.first().map_or(0, |round| round.workers.iter().map(|it| it.tasks).sum());
        let times: Vec<f64> = counted().map(|value| value.ns as f64 / f64::from(tasks)).collect();
        self.task_ns.extend(median(&times).filter(|_| tasks > 0));
        self.cpus = self.cpus.max(invocation.disturbance.as_ref().map_or(0, |seen| seen.cpus));
        for Noticed { kind, text } in &invocation.doubts {
            let kind = serde_json::from_value::<DoubtKind>(kind.as_str().into());
            if let Some(kind) = kind.ok().filter(|kind| self.noticed.iter().all(|known| known.kind != *kind))
            {
                self.noticed.push(Doubt { kind, text: text.clone() });
            }
        }
    }

    /// Returns what the harness said of this kind.
    pub(super) fn told(&self, kind: DoubtKind) -> Option<&str> {
        self.noticed.iter().find(|doubt| doubt.kind == kind).map(|doubt| doubt.text.as_str())
    }

    /// Takes what its processes used while others had their turns.
    fn take_rests(&mut self, invocation: &Invocation) {
        let rests = invocation.values.iter().filter_map(|value| {
            let after = value.after.as_ref()?;
            let whole = value.cpu_ns? * u64::from(value.repeats);
            Some((after.rest_cpu_ns.filter(|_| whole > 0)? as f64, whole as f64))
        });
        let rests: Vec<(f64, f64)> = rests.collect();
        let sum = rests.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        if !rests.is_empty() {
            self.between.push(sum.0 / sum.1);
            self.between_ns.push(sum.0 / rests.len() as f64);
        }
    }
}

/// What a pass took without waiting for a CPU; `None` where its CPU time isn't known.
fn own_ns(value: &Value) -> Option<u64> {
    value.cpu_ns.map(|_| value.ns.saturating_sub(value.run_delay_ns.unwrap_or(0)))
}

/// A cell under suspicion.
pub(super) struct Suspect<'a> {
    pub workers: u32,
    pub facts: &'a CellFacts,
    /// Of the plain loop of its interpreter and environment; its own where it is that.
    pub single: Option<&'a CellFacts>,
    /// The logs of what as many independent plain loops of its workload as it has workers did at once over what one does
    /// alone, of each block in which that was measured.
    pub capacity: Option<&'a [f64]>,
}
