//! The machine's own ups and downs, as far as the workloads of a run share them.

use std::collections::HashMap;

use super::night::Night;
use super::types::HistoryRun;
use crate::stats::median;

/// Fewest workloads whose median can tell the machine from a workload.
const FEWEST_WORKLOADS: usize = 3;

/// For each run, and each machine that took part in it, the log of how much slower its baseline cells were than usual,
/// the median over the workloads it measured; none with fewer than three of them. "Usual" is a workload's median
/// over all runs on the same kind of machine.
pub(super) fn slowness<'a>(nights: &'a [Night], runs: &'a [HistoryRun]) -> Vec<HashMap<&'a str, f64>> {
    let times: Vec<HashMap<&str, f64>> = nights.iter().map(baseline_times).collect();
    let mut usual: HashMap<(&str, &str), Vec<f64>> = HashMap::new();
    for (times, run) in times.iter().zip(runs) {
        for (workload, time) in times {
            usual.entry((run.host_of(workload), workload)).or_default().push(*time);
        }
    }
    let usual: HashMap<_, f64> =
        usual.into_iter().filter_map(|(key, values)| Some((key, median(&values)?))).collect();
    let above = |(times, run): (&HashMap<&'a str, f64>, &'a HistoryRun)| {
        let mut above: HashMap<&str, Vec<f64>> = HashMap::new();
        for (workload, time) in times {
            let host = run.host_of(workload);
            above.entry(host).or_default().extend(usual.get(&(host, *workload)).map(|usual| time - usual));
        }
        let enough = above.into_iter().filter(|(_, above)| above.len() >= FEWEST_WORKLOADS);
        enough.filter_map(|(host, above)| Some((host, median(&above)?))).collect()
    };
    times.iter().zip(runs).map(above).collect()
}

/// Log of the time of a pass of the baseline's `single`, by workload.
fn baseline_times(night: &Night) -> HashMap<&str, f64> {
    let own = |cell: &&super::NightCell| night.is_baseline(cell);
    let time = |cell: &super::NightCell| Some((cell.wall_ns.as_ref()?.median.max(1) as f64).ln());
    night
        .cells
        .iter()
        .filter(own)
        .filter_map(|cell| Some((cell.cell.workload.as_str(), time(cell)?)))
        .collect()
}
