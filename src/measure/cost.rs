//! What jobs will take, and how many sweeps are worth their while. Pure.

use std::collections::HashMap;

use super::job::Job;
use super::progress::{CellState, Progress};
use super::schedule::BLOCK_CELLS;
use crate::cell::Cell;

/// Counted sweeps of a block until the variances are known.
const SWEEPS: u32 = 5;
/// Most counted sweeps of two processes alone.
const MOST_SWEEPS: u32 = 25;
const SWEEPS_RANGE: (u32, u32) = (3, 12);
/// What a cell costs before anything is known of it.
const GUESSED_OVERHEAD_NS: u64 = 200_000_000;
const GUESSED_PASS_NS: u64 = 80_000_000;

/// What a cell alone takes, before anything is known of it.
pub(super) fn predict_solo_ns(progress: &Progress, active_ns: u64) -> u64 {
    let unknown = Cell::single("", "");
    predict_ns(progress, &Job::Solo(unknown), SWEEPS, active_ns, 1.0)
}

/// What the blocks of a round of these cells will take.
pub(super) fn predict_blocks_ns(progress: &Progress, cells: &[Cell], sweeps: u32, cpus: f64) -> u64 {
    let mut groups: HashMap<(&str, &str), Vec<Cell>> = HashMap::new();
    for cell in cells {
        groups.entry((&cell.interpreter, &cell.workload)).or_default().push(cell.clone());
    }
    let blocks = groups.into_values().map(|cells| {
        let bases = progress.bases_of(&cells[0]);
        let cells: Vec<Cell> = cells.into_iter().filter(|cell| !bases.contains(cell)).collect();
        let blocks = cells.len().div_ceil(BLOCK_CELLS).max(1) as u64;
        let ns = |cells: Vec<Cell>| predict_ns(progress, &Job::Block(cells), sweeps, 0, cpus);
        blocks * ns(bases) + ns(cells)
    });
    blocks.sum()
}

/// Counted sweeps of each block, for all cells alike.
///
/// Kalibera and Jones (2013), section 5: passes per process = √(cost of a process / cost of a pass ×
/// variance within / variance between).
pub(super) fn sweeps(progress: &Progress) -> u32 {
    let process = |known: &CellState| Some(known.overhead_ns? + known.warm_ns.unwrap_or(0));
    let costs = |of: fn(&CellState) -> Option<u64>| {
        let values: Vec<f64> = progress.cells.iter().filter_map(of).map(|ns| ns as f64).collect();
        crate::stats::median(&values)
    };
    match (progress.variances(), costs(process), costs(|known| known.pass_ns)) {
        (Some((within, between)), Some(overhead), Some(pass)) => {
            let best = crate::stats::optimal_passes(within, between, overhead + pass, pass, SWEEPS_RANGE.1);
            best.clamp(SWEEPS_RANGE.0, SWEEPS_RANGE.1)
        }
        _ => SWEEPS,
    }
}

/// Counted sweeps of a job: where two processes meet alone and their passes are short, as much work as it takes
/// to start them.
pub(super) fn sweeps_of(progress: &Progress, job: &Job, sweeps: u32) -> u32 {
    let (Job::Against(cell) | Job::Reference(cell)) = job else { return sweeps };
    let known = progress.get(cell);
    let costs = known.and_then(|known| Some((known.overhead_ns?, known.pass_ns?)));
    let even = costs.map_or(0, |(overhead, pass)| overhead / pass.max(1));
    u32::try_from(even).unwrap_or(u32::MAX).clamp(sweeps, MOST_SWEEPS.max(sweeps))
}

/// How long a job will take, from what its cells took last time. Processes start side by side,
/// passes take turns.
pub(super) fn predict_ns(progress: &Progress, job: &Job, sweeps: u32, solo_active_ns: u64, cpus: f64) -> u64 {
    let cost = |cell: &Cell| {
        let known = progress.get(cell);
        let overhead = known.and_then(|known| known.overhead_ns).unwrap_or(GUESSED_OVERHEAD_NS);
        let pass = known.and_then(|known| known.pass_ns).unwrap_or(GUESSED_PASS_NS);
        (overhead as f64, pass as f64)
    };
    // One by one, before the passes.
    let warm = |cell: &Cell| {
        let known = progress.get(cell);
        known.and_then(|known| known.warm_ns.or(known.pass_ns)).unwrap_or(GUESSED_PASS_NS) as f64
    };
    let passes = f64::from(sweeps_of(progress, job, sweeps) + 1);
    let ns = match job {
        Job::Solo(cell) | Job::GateSolo(cell, _) => {
            let (overhead, pass) = cost(cell);
            overhead + (3.0 * pass).max(pass + solo_active_ns as f64)
        }
        Job::Block(cells) => {
            let costs = cells.iter().map(|cell| (cost(cell), warm(cell)));
            costs.map(|((overhead, pass), warm)| overhead / cpus.max(1.0) + warm + passes * pass).sum()
        }
        // The reference is of the order of any workload.
        Job::Against(cell) | Job::Reference(cell) => {
            let (overhead, pass) = cost(cell);
            2.0 * (overhead / cpus.max(1.0) + passes * pass)
        }
        Job::Capacity { single, workers } => {
            let (overhead, pass) = cost(single);
            // Alone, and all at once, which takes longer where the machine gives less.
            let workers = f64::from(*workers);
            overhead * (workers / cpus.max(1.0)) + workers * warm(single) + passes * pass * 2.5
        }
    };
    ns as u64
}
