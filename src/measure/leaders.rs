//! Who meets whom: the leading cells of each workload.

use super::run::Settings;
use super::settle::{Board, Ratio};
use crate::cell::kind_of;
use crate::plan::{Contender, rivals};

/// Once the first blocks are in, the leaders of each workload are known well enough.
pub fn pick(board: &mut Board, settings: &Settings<'_>) {
    let mut workloads: Vec<&str> = board.known.iter().map(|known| known.cell.workload.as_str()).collect();
    workloads.dedup();
    let mut picked = Vec::new();
    // Twice the work in the same time is twice as fast.
    let log_work = |workload: &str, workers: u32| {
        let weak = settings.weak_workloads.iter().any(|name| name == workload);
        if weak { f64::from(workers.max(1)).ln() } else { 0.0 }
    };
    for workload in workloads {
        if board.rivals.contains_key(workload) {
            continue;
        }
        let contenders: Vec<Contender<'_>> = board
            .known
            .iter()
            .filter(|known| known.cell.workload == workload && !known.failed)
            .filter_map(|known| {
                Some(Contender {
                    cell: &known.cell,
                    log_speedup: known.over_baseline.estimate()? + log_work(workload, known.cell.workers),
                    free_threaded: settings.free_threaded.contains(&known.cell.interpreter),
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
        board.rivals.insert(workload, (cells, Ratio::default()));
    }
}
