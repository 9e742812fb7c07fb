//! The machine's own ups and downs: what the fixed reference says, or what the workloads of a run share.

use std::collections::HashMap;

use super::night::Night;
use super::types::HistoryRun;
use crate::stats::median;

/// Fewest workloads whose median can tell the machine from a workload.
const FEWEST_WORKLOADS: usize = 3;

/// Logs of times by workload.
type Times<'a> = HashMap<&'a str, f64>;

/// For each run and workload, the log of how much slower its machine was than usual: going by the fixed reference that
/// was measured beside the workload's baseline or, without one, by the baselines of all workloads that the machine
/// measured, the median over three of them or more. "Usual" is the median over all runs on the same kind of machine.
pub(super) fn slowness<'a>(nights: &'a [Night], runs: &[HistoryRun]) -> Vec<Times<'a>> {
    let own: Vec<Times<'a>> = nights.iter().map(baseline_times).collect();
    let references: Vec<Times<'a>> = nights.iter().zip(&own).map(reference_times).collect();
    let (above, by_reference) = (above(&own, runs), above(&references, runs));
    let one = |((above, mut by_reference), run): ((Times<'a>, Times<'a>), &HistoryRun)| {
        for workload in above.keys() {
            let host = run.host_of(workload);
            let same: Vec<f64> = above
                .iter()
                .filter(|(other, _)| run.host_of(other) == host)
                .map(|(_, above)| *above)
                .collect();
            if same.len() >= FEWEST_WORKLOADS
                && let Some(shared) = median(&same)
            {
                by_reference.entry(workload).or_insert(shared);
            }
        }
        by_reference
    };
    above.into_iter().zip(by_reference).zip(runs).map(one).collect()
}

/// How far above its median on the same kind of machine each of the logs lies.
fn above<'a>(times: &[Times<'a>], runs: &[HistoryRun]) -> Vec<Times<'a>> {
    let mut all: HashMap<(&str, &str), Vec<f64>> = HashMap::new();
    for (times, run) in times.iter().zip(runs) {
        for (workload, time) in times {
            all.entry((run.host_of(workload), workload)).or_default().push(*time);
        }
    }
    let usual: HashMap<_, f64> =
        all.into_iter().filter_map(|(key, logs)| Some((key, median(&logs)?))).collect();
    let one = |(times, run): (&Times<'a>, &HistoryRun)| {
        let above = times
            .iter()
            .map(|(workload, time)| (*workload, time - usual[&(run.host_of(workload), *workload)]));
        above.collect()
    };
    times.iter().zip(runs).map(one).collect()
}

/// Of a pass of the baseline's `single`.
fn baseline_times(night: &Night) -> Times<'_> {
    let own = night.cells.iter().filter(|cell| night.is_baseline(cell));
    own.filter_map(|cell| {
        Some((cell.cell.workload.as_str(), (cell.wall_ns.as_ref()?.median.max(1) as f64).ln()))
    })
    .collect()
}

/// Of the reference, beside each workload's baseline.
fn reference_times<'a>((night, own): (&'a Night, &Times<'a>)) -> Times<'a> {
    let known =
        night.references.iter().filter(|one| one.speedup.ratio.is_finite() && one.speedup.ratio > 0.0);
    known
        .filter_map(|one| Some((&*one.workload, own.get(&*one.workload)? + one.speedup.ratio.ln())))
        .collect()
}
