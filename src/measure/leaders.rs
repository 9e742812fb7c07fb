//! Who meets whom: the leading cells of each workload.

use super::progress::{Progress, RivalMeeting};
use super::run::Settings;
use crate::cell::kind_of;
use crate::plan::{Contender, rivals};

/// Once the first blocks are in, the leaders of each workload are known well enough.
pub(super) fn pick(progress: &mut Progress, settings: &Settings<'_>) {
    let free_threaded =
        |name: &str| settings.interpreters.iter().any(|one| one.name == name && one.facts.free_threaded());
    let mut picked = Vec::new();
    for workload in progress.workloads() {
        if progress.rivals.contains_key(workload) {
            continue;
        }
        let contenders: Vec<Contender<'_>> = progress
            .sound_of(workload)
            .filter_map(|known| {
                Some(Contender {
                    cell: &known.cell,
                    log_speedup: known.over_baseline.estimate()?,
                    free_threaded: free_threaded(&known.cell.interpreter),
                    kind: kind_of(settings.modes, &known.cell.mode),
                    oversubscribed: known.oversubscribed,
                })
            })
            .collect();
        let cells = rivals(&contenders);
        if !cells.is_empty() {
            picked.push((workload.to_owned(), cells));
        }
    }
    for (workload, cells) in picked {
        progress.rivals.insert(workload, RivalMeeting { cells, ..RivalMeeting::default() });
    }
}
