//! The machine's own ups and downs, as far as the workloads of a run share them.

use std::collections::HashMap;

use super::night::Night;
use crate::stats::median;

/// Fewest workloads whose median can tell the machine from a workload.
const FEWEST_WORKLOADS: usize = 3;

/// For each run the log of how much slower its baseline cells were than usual, the median over the
/// workloads; `None` with fewer than three of them. "Usual" is a workload's median over all runs of the
/// same kind of machine, so `hosts` names that of each run.
pub fn slowness(nights: &[Night], hosts: &[&str]) -> Vec<Option<f64>> {
    let times: Vec<HashMap<&str, f64>> = nights.iter().map(baseline_times).collect();
    let mut usual: HashMap<(&str, &str), Vec<f64>> = HashMap::new();
    for (times, host) in times.iter().zip(hosts) {
        for (workload, time) in times {
            usual.entry((host, workload)).or_default().push(*time);
        }
    }
    let usual: HashMap<_, f64> =
        usual.into_iter().filter_map(|(key, values)| Some((key, median(&values)?))).collect();
    times
        .iter()
        .zip(hosts)
        .map(|(times, host)| {
            let above: Vec<f64> =
                times.iter().filter_map(|(name, time)| Some(time - usual.get(&(*host, *name))?)).collect();
            (above.len() >= FEWEST_WORKLOADS).then(|| median(&above)).flatten()
        })
        .collect()
}

/// Log of the time of a pass of the baseline's `single`, by workload.
fn baseline_times(night: &Night) -> HashMap<&str, f64> {
    let own = |cell: &&super::NightCell| night.is_baseline(cell);
    let time = |cell: &super::NightCell| Some((cell.wall_ns.as_ref()?.median.max(1) as f64).ln());
    night.cells.iter().filter(own).filter_map(|cell| Some((cell.workload.as_str(), time(cell)?))).collect()
}
