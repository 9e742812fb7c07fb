//! What is kept of a cell's invocations while they stream by.

use crate::record::{Blas, Gc, Gil, Invocation, InvocationKind, Outcome, Phases, Resources, Value};
use crate::stats::{self, Peak};

use super::steady::MonotoneRuns;

/// Distinct notes kept per cell.
const MAX_NOTES: usize = 8;
/// Characters of a reason that are kept.
const MAX_REASON: usize = 400;

/// The first failure of a cell, by the invocation's number.
#[derive(Debug, Clone)]
pub(super) struct CellFailure {
    pub id: u64,
    pub outcome: Outcome,
    pub reason: String,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    pub invocations: u32,
    pub completed: u32,
    pub cancelled: u32,
    pub failure: Option<CellFailure>,
    /// Invocation's number and the median time of its counted passes, in ns.
    pub medians: Vec<(u64, f64)>,
    /// Per invocation: CPU of the workers divided by time, over the counted passes.
    pub cores: Vec<f64>,
    /// Per invocation: median longest stall of the loop, and of its 99th percentile, ns.
    pub lags: Vec<f64>,
    /// Block and the median longest stall in it, ns.
    pub stalls: Vec<(u64, f64)>,
    pub lag_p99s: Vec<f64>,
    /// Most executions in a row inside one reading of the clock.
    pub repeats: u32,
    /// Per invocation in blocks: warm-ups before its passes.
    pub warm_ups: Vec<f64>,
    /// Per invocation in blocks: what its process took, from launch to exit, without waiting for its turns.
    pub process_ns: Vec<f64>,
    monotone: MonotoneRuns,
    /// What the first invocation that said it said.
    pub gc: Option<(u64, Gc)>,
    pub blas: Option<(u64, Blas)>,
    /// Round, invocation's number and cold total.
    pub totals: Vec<(u32, u64, u64)>,
    pub phases: Vec<Phases>,
    pub cpu: Vec<f64>,
    pub peak_rss: Option<u64>,
    pub peak_pss: Option<u64>,
    /// Peaks of solo invocations.
    pub peaks: Vec<Peak>,
    /// Number and resources of the solo invocation that has most samples.
    timeline: Option<(u64, Resources)>,
    pub gil: Option<Gil>,
    /// Distinct ones, each with the first invocation that gave it.
    pub checksums: Vec<(String, u64)>,
    pub notes: Vec<String>,
}

impl Tally {
    /// Takes one invocation. `proof` says what is wrong with what it ran, if anything.
    pub(super) fn take(&mut self, invocation: &mut Invocation, proof: Option<(Outcome, String)>) {
        self.invocations = self.invocations.saturating_add(1);
        for note in &invocation.warnings {
            if self.notes.len() < MAX_NOTES && !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
        self.take_gil(invocation.gil);
        if matches!(invocation.outcome, Outcome::Completed | Outcome::ChecksumMismatch) {
            self.take_checksums(invocation);
        }
        match (invocation.outcome, proof) {
            (Outcome::Completed, None) => {}
            (Outcome::Completed, Some((outcome, reason))) => {
                self.fail(invocation.id, outcome, reason);
                return;
            }
            (Outcome::Cancelled, _) => {
                self.cancelled += 1;
                return;
            }
            (Outcome::NotReached | Outcome::Skipped, _) => return,
            (outcome, _) => {
                let reason = invocation.reason.clone().unwrap_or_else(|| "gave no reason".to_owned());
                self.fail(invocation.id, outcome, reason);
                return;
            }
        }
        self.completed += 1;
        first(&mut self.gc, invocation.id, invocation.gc.as_ref());
        first(&mut self.blas, invocation.id, invocation.blas.as_ref());
        if invocation.kind.counts_for_wall() {
            self.process_ns.push(own_time(&invocation.phases_ns));
            self.warm_ups.push(invocation.warm_ups.len() as f64);
            self.take_warm(invocation);
        }
        if invocation.kind == InvocationKind::Solo {
            self.take_solo(invocation);
        }
    }

    /// Marks a cell that has no steady state, and puts the peaks in order; asked once all is known.
    pub(super) fn finish(&mut self) {
        self.peaks.sort_unstable();
        if let Some((id, reason)) = self.monotone.objection() {
            self.fail(id, Outcome::NoSteadyState, reason);
        }
    }

    pub(super) fn fail(&mut self, id: u64, outcome: Outcome, reason: String) {
        if self.failure.as_ref().is_none_or(|first| id < first.id) {
            let reason = match reason.char_indices().nth(MAX_REASON) {
                Some((end, _)) => format!("{}…", &reason[..end]),
                None => reason,
            };
            self.failure = Some(CellFailure { id, outcome, reason });
        }
    }

    /// Takes out what was sampled of the solo invocation that has most samples.
    pub(super) fn take_timeline(&mut self) -> Resources {
        self.timeline.take().map(|(_, resources)| resources).unwrap_or_default()
    }

    /// What every pass returned, where all returned the same.
    pub(super) fn checksum(&self) -> Option<String> {
        match self.checksums.as_slice() {
            [(only, _)] => Some(only.clone()),
            _ => None,
        }
    }

    fn take_gil(&mut self, gil: Option<Gil>) {
        if let Some(seen) = gil {
            let all = self.gil.get_or_insert(seen);
            all.enabled_before |= seen.enabled_before;
            all.enabled_after |= seen.enabled_after;
        }
    }

    fn take_checksums(&mut self, invocation: &Invocation) {
        for value in &invocation.values {
            let seen = self.checksums.iter().position(|(seen, _)| *seen == value.checksum);
            if let Some(seen) = seen {
                let first = &mut self.checksums[seen].1;
                *first = (*first).min(invocation.id);
            } else if self.checksums.len() < MAX_NOTES {
                self.checksums.push((value.checksum.clone(), invocation.id));
            }
        }
    }

    fn take_warm(&mut self, invocation: &Invocation) {
        let id = invocation.id;
        let counted = || invocation.values.iter().filter(|value| !value.warmup);
        let times: Vec<f64> = counted().map(|value| value.ns as f64).collect();
        if let Some(middle) = stats::median(&times) {
            self.medians.push((id, middle));
        }
        self.monotone.take(id, &times);
        self.repeats = counted().map(|value| value.repeats).fold(self.repeats, u32::max);
        let with_cpu = || counted().filter_map(|value| value.cpu_ns.map(|cpu| (cpu as f64, value.ns as f64)));
        let (cpu, wall) = with_cpu().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        if wall > 0.0 {
            self.cores.push(cpu / wall);
        }
        let lags = |of: fn(&Value) -> Option<u64>| {
            stats::median(&counted().filter_map(of).map(|lag| lag as f64).collect::<Vec<_>>())
        };
        let longest = lags(|value| value.loop_lag_ns);
        self.lags.extend(longest);
        self.stalls.extend(invocation.block.zip(longest));
        self.lag_p99s.extend(lags(|value| value.loop_lag_p99_ns));
    }

    fn take_solo(&mut self, invocation: &mut Invocation) {
        // The others are the harness's.
        let first = || Phases { first: invocation.phases_ns.first, ..Phases::default() };
        let of_command = invocation.cell.is_command();
        self.phases.push(if of_command { first() } else { invocation.phases_ns.clone() });
        if let Some(total) = invocation.total_ns {
            self.totals.push((invocation.round, invocation.id, total));
        }
        self.peaks.extend(invocation.peak());
        let Some(resources) = invocation.resources.take() else { return };
        self.cpu.push(resources.cpu_ns as f64);
        self.peak_rss = self.peak_rss.max(Some(resources.peak_rss_bytes));
        self.peak_pss = self.peak_pss.max(resources.peak_pss_bytes);
        let better = self.timeline.as_ref().is_none_or(|(id, known)| {
            let (new, old) = (resources.samples.len(), known.samples.len());
            new > old || (new == old && invocation.id < *id)
        });
        if better {
            self.timeline = Some((invocation.id, resources));
        }
    }
}

fn own_time(phases: &Phases) -> f64 {
    let Phases { start, imports, pool, warmup, first: _, work, teardown } = *phases;
    [start, imports, pool, warmup, work, teardown].into_iter().flatten().map(|ns| ns as f64).sum()
}

/// Keeps what the invocation launched first said.
fn first<T: Clone>(kept: &mut Option<(u64, T)>, id: u64, said: Option<&T>) {
    if let Some(said) = said
        && kept.as_ref().is_none_or(|(known, _)| id < *known)
    {
        *kept = Some((id, said.clone()));
    }
}
