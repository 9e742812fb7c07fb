//! What to run next. Pure: decided from what is known and a seed.

use indexmap::IndexMap;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::job::Job;
use super::progress::{CellState, Progress, SOLOS};
use crate::cell::Cell;
use crate::stats::FULL_PAIRS;

/// Cells in a block beside the baseline and the interpreter's own `single`.
pub(super) const BLOCK_CELLS: usize = 5;
/// Rounds over which the later solo invocations of all cells are spread: pairs come first.
const SOLO_ROUNDS: usize = 8;
/// Most meetings of a baseline and the reference in one round.
const MEETINGS: f64 = 5.0;

/// What bounds the schedule, fixed for a run.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// Workers whose capacity is measured, at least 2; `None`: one CPU, or no such cells.
    pub capacity_workers: Option<u32>,
    /// Bytes that a block's processes may take together.
    pub block_memory: u64,
    /// Baselines are measured beside the fixed reference, too.
    pub references: bool,
}

/// Which cells a round is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    /// The cells that answer the question: where the budget is short, they come twice as often.
    Leading,
}

/// Every other round is for all cells, the rest for the leading ones, unless `rounds_left` promises
/// enough rounds for everybody.
pub(super) fn scope(round: u32, rounds_left: f64) -> Scope {
    if round == 1 || round.is_multiple_of(2) || rounds_left >= FULL_PAIRS as f64 {
        Scope::All
    } else {
        Scope::Leading
    }
}

/// The jobs of one round, in random order. The first round begins with every cell alone: what
/// fails is then known, and how much memory a block will need.
pub(super) fn round(
    progress: &Progress,
    round: u32,
    scope: Scope,
    limits: &Limits,
    random: &mut ChaCha8Rng,
) -> Vec<Job> {
    let wanted = |known: &CellState| scope == Scope::All || known.leading;
    let mut waiting: Vec<&CellState> = progress
        .sound_cells()
        .filter(|known| known.solos < SOLOS.min(round) && (round == 1 || known.leading))
        .collect();
    if waiting.is_empty() {
        // The leading ones have theirs.
        waiting = progress.sound_cells().filter(|known| known.solos < SOLOS).collect();
    }
    waiting.shuffle(random);
    let solos = |waiting: &[&CellState]| waiting.iter().map(|known| Job::Solo(known.cell.clone())).collect();
    if round == 1 {
        return solos(&waiting);
    }
    waiting.sort_by_key(|known| known.solos);
    let leading = progress.cells.iter().filter(|known| known.leading).count();
    waiting.truncate((leading * (SOLOS as usize - 1)).div_ceil(SOLO_ROUNDS));
    let mut jobs: Vec<Job> = solos(&waiting);
    jobs.extend(blocks(progress, &wanted, limits, random));
    if scope == Scope::All {
        let precision = progress.precision;
        let lacks = |known: &CellState| known.cell.is_single() && !known.capacity.settled(precision);
        jobs.extend(capacities(progress, limits, lacks));
        jobs.extend(references(progress, limits, FULL_PAIRS));
    }
    jobs.shuffle(random);
    jobs
}

/// The reference is what stored runs are compared by: where few rounds are left, it is met several times in each, so
/// that it gets the pairs that an interval needs.
pub(super) fn repeat_references(
    jobs: &mut Vec<Job>,
    progress: &Progress,
    rounds_left: f64,
    random: &mut ChaCha8Rng,
) {
    let again = |job: &Job| {
        let Job::Reference(cell) = job else { return 0 };
        let pairs = progress.get(cell).map_or(0, |known| known.over_reference.pairs());
        let missing = FULL_PAIRS.saturating_sub(pairs) as f64;
        (missing / rounds_left.max(1.0)).ceil().clamp(1.0, MEETINGS) as usize - 1
    };
    let more: Vec<Job> = jobs.iter().flat_map(|job| std::iter::repeat_n(job.clone(), again(job))).collect();
    if !more.is_empty() {
        jobs.extend(more);
        jobs.shuffle(random);
    }
}

/// Unsettled cells of one interpreter and workload, a few at a time, with their two baselines.
fn blocks(
    progress: &Progress,
    wanted: &dyn Fn(&CellState) -> bool,
    limits: &Limits,
    random: &mut ChaCha8Rng,
) -> Vec<Job> {
    let mut groups: IndexMap<(String, String), Vec<Cell>> = IndexMap::new();
    for cell in progress.unsettled(&|known| !known.deferred && wanted(known)) {
        groups.entry((cell.interpreter.clone(), cell.workload.clone())).or_default().push(cell);
    }
    let mut jobs = Vec::new();
    for mut cells in groups.into_values() {
        cells.shuffle(random);
        let bases = progress.bases_of(&cells[0]);
        cells.retain(|cell| !bases.contains(cell));
        if cells.is_empty() && bases.len() > 1 {
            jobs.push(Job::Block(bases.clone()));
        }
        // Even chunks: 9 cells as 3 + 3 + 3 rather than 4 + 4 + 1.
        let chunks = cells.len().div_ceil(BLOCK_CELLS).max(1);
        for chunk in cells.chunks(cells.len().div_ceil(chunks).max(1)) {
            jobs.extend(
                within_memory(progress, &bases, chunk, limits.block_memory).into_iter().map(Job::Block),
            );
        }
    }
    jobs
}

/// Splits a block until its processes fit, judged by their peaks when alone.
pub fn within_memory(progress: &Progress, bases: &[Cell], cells: &[Cell], limit: u64) -> Vec<Vec<Cell>> {
    let bytes = |cells: &[Cell]| -> u64 {
        cells.iter().filter_map(|cell| progress.get(cell)).map(|known| known.memory_bytes).sum()
    };
    if cells.len() > 1 && bytes(bases) + bytes(cells) > limit {
        let (left, right) = cells.split_at(cells.len() / 2);
        let mut parts = within_memory(progress, bases, left, limit);
        parts.extend(within_memory(progress, bases, right, limit));
        return parts;
    }
    vec![bases.iter().chain(cells).cloned().collect()]
}

pub fn capacities(progress: &Progress, limits: &Limits, lacks: impl Fn(&CellState) -> bool) -> Vec<Job> {
    let Some(workers) = limits.capacity_workers else { return Vec::new() };
    // Of a command nothing runs with several workers.
    let lacking = progress.sound_cells().filter(|known| lacks(known) && !known.cell.is_command());
    lacking.map(|known| Job::Capacity { single: known.cell.clone(), workers }).collect()
}

/// Every workload's baseline beside the reference, until it has the pairs that stored runs are compared by.
pub fn references(progress: &Progress, limits: &Limits, pairs: usize) -> Vec<Job> {
    let base = |known: &&CellState| known.cell.is_single_of(progress.baseline());
    let lacking = progress.sound_cells().filter(base).filter(|known| known.over_reference.pairs() < pairs);
    lacking.filter(|_| limits.references).map(|known| Job::Reference(known.cell.clone())).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::plan::PlannedCell;

    fn progress() -> Progress {
        let mut cells = Vec::new();
        for interpreter in ["3.13", "3.13t"] {
            cells.push(Cell::single(interpreter, "fib"));
            for workers in [1, 2, 4] {
                for mode in ["threads", "mp", "executor"] {
                    cells.push(Cell { mode: mode.into(), workers, ..Cell::single(interpreter, "fib") });
                }
            }
        }
        let planned: Vec<PlannedCell> = cells
            .into_iter()
            .map(|cell| PlannedCell { oversubscribed: cell.workers > 2, cell, skipped: None })
            .collect();
        Progress::new(&planned, "3.13", 0.05, |_| false)
    }

    fn limits() -> Limits {
        Limits { capacity_workers: Some(2), block_memory: u64::MAX, references: true }
    }

    #[test]
    fn the_first_round_runs_every_cell_alone_once() {
        let progress = progress();
        let jobs = round(&progress, 1, Scope::All, &limits(), &mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(jobs.len(), progress.cells.len());
        assert!(jobs.iter().all(|job| matches!(job, Job::Solo(_))));
        let again = round(&progress, 1, Scope::All, &limits(), &mut ChaCha8Rng::seed_from_u64(1));
        let other = round(&progress, 1, Scope::All, &limits(), &mut ChaCha8Rng::seed_from_u64(2));
        assert_eq!(jobs, again, "the seed decides the order");
        assert_ne!(jobs, other);
    }

    #[test]
    fn every_unsettled_cell_meets_its_two_baselines_once_a_round() {
        let progress = progress();
        let jobs = round(&progress, 2, Scope::All, &limits(), &mut ChaCha8Rng::seed_from_u64(1));
        let blocks: Vec<&Vec<Cell>> = jobs
            .iter()
            .filter_map(|job| if let Job::Block(cells) = job { Some(cells) } else { None })
            .collect();
        for known in &progress.cells {
            let of = blocks.iter().filter(|cells| cells.contains(&known.cell)).count();
            if known.cell.mode != "single" {
                assert_eq!(of, 1, "{}", known.cell);
            }
        }
        for cells in &blocks {
            assert_eq!(cells[0], Cell::single("3.13", "fib"));
            assert!(cells.contains(&Cell::single(&cells[cells.len() - 1].interpreter, "fib")));
            assert!(cells.len() <= BLOCK_CELLS + 2);
        }
        let capacities = jobs.iter().filter(|job| matches!(job, Job::Capacity { workers: 2, .. })).count();
        assert_eq!(capacities, 2);
    }

    #[test]
    fn a_lean_round_is_for_the_cells_that_answer_the_question() {
        let jobs = round(&progress(), 3, Scope::Leading, &limits(), &mut ChaCha8Rng::seed_from_u64(1));
        let blocks =
            jobs.iter().filter_map(|job| if let Job::Block(cells) = job { Some(cells) } else { None });
        let mut cells: Vec<&Cell> = blocks.flatten().collect();
        assert!(cells.iter().all(|cell| cell.workers == 2 || cell.mode == "single"), "{cells:?}");
        cells.retain(|cell| cell.workers == 2);
        assert_eq!(cells.len(), 6);
        assert_eq!(
            [1, 2, 3, 4, 5].map(|number| scope(number, 3.0) == Scope::All),
            [true, true, false, true, false]
        );
        assert_eq!(scope(3, 30.0), Scope::All);
    }

    #[test]
    fn a_block_too_large_for_memory_is_split() {
        let mut progress = progress();
        for known in &mut progress.cells {
            known.memory_bytes = 100;
        }
        let limits = Limits { block_memory: 350, ..limits() };
        let jobs = round(&progress, 2, Scope::All, &limits, &mut ChaCha8Rng::seed_from_u64(1));
        for job in &jobs {
            if let Job::Block(cells) = job {
                assert!(cells.len() <= 3, "{cells:?}");
            }
        }
    }
}
