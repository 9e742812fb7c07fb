//! What to run next where a run is for its questions: a workload's contenders meet, all of them in one block, until
//! its questions are decided; then the next workload's turn comes. Pure: decided from what is known and a seed.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::job::Job;
use super::progress::{CellState, Progress, SOLOS};
use super::schedule::{Limits, capacities, references, within_memory};
use crate::cell::Cell;
use crate::plan::Situation;
use crate::stats::{Contest, MIN_PAIRS};

/// Contenders beyond which a block is divided: its sweeps would last longer than the machine keeps its mood.
const MOST_CONTENDERS: usize = 16;
/// Sweeps of a block, fewest and most: of fewer than 7 an outlier or two would be the value.
pub(crate) const SWEEPS: (u32, u32) = (7, 50);
/// How long the passes of a block take, where the fewest sweeps aren't longer: no less than starting its processes.
const BLOCK_NS: u64 = 1_500_000_000;
/// Where the fewest sweeps would take longer than this, there are fewer, down to these.
const LONGEST_BLOCK_NS: u64 = 3_000_000_000;
const SWEEPS_OF_LONG_PASSES: u32 = 3;
/// A workload that so many blocks haven't decided is close: then most of what pairs differ by is inside of blocks, and
/// these last so many times as long.
const CLOSE: u32 = 2;
const LONGER: u64 = 2;
/// Blocks in which the machine's capacity is measured: enough for an interval.
const CAPACITY_BLOCKS: usize = 3;
/// So many of a workload's cells, those whose first start was the fastest, are started again.
const COLD_CONTENDERS: usize = 4;

/// How far a workload's questions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Cells, by index, that may yet be the answer to a question that isn't decided.
    pub(crate) alive: Vec<usize>,
    /// Every question that the run is waited for is decided.
    pub(crate) decided: bool,
}

/// Judges a workload's questions by what is known.
pub(crate) fn standing(progress: &Progress, workload: &str) -> Standing {
    let sound: Vec<usize> =
        progress.cells_of(workload).filter(|&index| progress.cells[index].is_sound()).collect();
    let several: Vec<bool> = progress.cells.iter().map(|state| state.cell.workers > 1).collect();
    let contest = Contest::new(&several, progress.meetings_of(workload));
    let mut standing = Standing { alive: Vec::new(), decided: true };
    for situation in Situation::ALL.into_iter().filter(|situation| situation.is_waited_for()) {
        let admitted =
            |&index: &usize| situation.admits(&progress.cells[index].cell, progress.baseline(), false);
        let among: Vec<usize> = sound.iter().copied().filter(admitted).collect();
        let (in_play, precision) = (contest.in_play(&among), progress.precision.ln_1p());
        let stay = |&index: &usize| progress.cells[index].cell.is_single_of(progress.baseline());
        let stay = among.iter().copied().find(stay);
        if among.len() < 2 || !contest.deciding(&in_play, precision, stay).is_empty() {
            continue;
        }
        standing.decided = false;
        standing.alive.extend(in_play);
    }
    standing.alive.sort_unstable();
    standing.alive.dedup();
    standing
}

/// Returns the next jobs; none when every question is decided and the rest is measured. `spent` is the share of the
/// budget that is used: each workload has its turn, so that a short one answers the first questions rather than none,
/// and what is left over is for those that aren't decided then. A cell has at most `max_rounds` fresh processes.
pub(crate) fn next(
    progress: &Progress,
    spent: f64,
    max_rounds: u32,
    limits: &Limits,
    random: &mut ChaCha8Rng,
) -> Vec<Job> {
    let workloads = progress.workloads();
    let mut open: Vec<(usize, &str)> = workloads.iter().copied().enumerate().collect();
    open.retain(|(_, workload)| {
        first_solos(progress, workload).next().is_some()
            || (progress.blocks_of(workload) + 1 < max_rounds && !standing(progress, workload).decided)
    });
    let in_turn = |(place, _): &&(usize, &str)| spent <= (place + 1) as f64 / workloads.len().max(1) as f64;
    let turn = open.iter().find(in_turn).or_else(|| open.iter().min_by_key(|(_, it)| progress.blocks_of(it)));
    let Some((_, workload)) = turn else {
        return if max_rounds > 1 { rest(progress, max_rounds, limits, random) } else { Vec::new() };
    };
    let mut jobs: Vec<Job> =
        first_solos(progress, workload).map(|state| Job::Solo(state.cell.clone())).collect();
    if jobs.is_empty() {
        jobs = blocks(progress, &standing(progress, workload).alive, limits, random);
    }
    jobs.shuffle(random);
    jobs
}

/// Cells that were never alone: what fails is then known, and how much memory a block will need.
fn first_solos<'a>(progress: &'a Progress, workload: &'a str) -> impl Iterator<Item = &'a CellState> {
    progress.sound_of(workload).filter(|state| state.solos == 0)
}

/// Contenders with the plain loops that their ratios are taken over, divided where they are too many.
fn blocks(progress: &Progress, alive: &[usize], limits: &Limits, random: &mut ChaCha8Rng) -> Vec<Job> {
    let mut contenders: Vec<Cell> = alive
        .iter()
        .map(|&index| progress.cells[index].cell.clone())
        .filter(|cell| !cell.is_single())
        .collect();
    contenders.shuffle(random);
    let mut singles: Vec<Cell> =
        alive.iter().flat_map(|&index| bases(progress, &progress.cells[index])).collect();
    // The baseline's first: a block that has to be smaller loses its last members.
    singles.sort_by_key(|cell| (cell.interpreter != progress.baseline(), cell.clone()));
    singles.dedup();
    if contenders.is_empty() {
        return vec![Job::Block(singles)];
    }
    let chunks = contenders.len().div_ceil(MOST_CONTENDERS);
    let size = contenders.len().div_ceil(chunks);
    contenders
        .chunks(size)
        .flat_map(|chunk| within_memory(progress, &singles, chunk, limits.block_memory))
        .map(Job::Block)
        .collect()
}

/// The plain loops that a contender meets: itself, the baseline's, and its interpreter's own until that ratio has its
/// interval. No question waits for it, and every member makes a block longer.
fn bases(progress: &Progress, state: &CellState) -> Vec<Cell> {
    let itself = Some(state.cell.clone()).filter(Cell::is_single);
    let own = progress.own_of(&state.cell).filter(|_| state.over_own.pairs() < MIN_PAIRS);
    itself.into_iter().chain(progress.baseline_of(&state.cell)).chain(own).collect()
}

/// Counted sweeps of the next block: as many as its passes leave time for.
pub(crate) fn sweeps(progress: &Progress, cells: &[Cell]) -> u32 {
    let pass = |cell: &Cell| progress.get(cell).and_then(|state| state.pass_ns).unwrap_or(0);
    let sweep: u64 = cells.iter().map(pass).sum::<u64>().max(1);
    let close = cells.first().is_some_and(|cell| progress.blocks_of(&cell.workload) >= CLOSE);
    let longer = if close { LONGER } else { 1 };
    let within = |ns: u64| u32::try_from(ns * longer / sweep).unwrap_or(u32::MAX);
    within(BLOCK_NS).clamp(SWEEPS.0, SWEEPS.1).min(within(LONGEST_BLOCK_NS)).max(SWEEPS_OF_LONG_PASSES)
}

/// What no question waits for: the machine's capacity, the fixed reference, and starts of those that may be the best.
fn rest(progress: &Progress, max_rounds: u32, limits: &Limits, random: &mut ChaCha8Rng) -> Vec<Job> {
    let mut jobs = capacities(progress, limits, |state| {
        state.cell.is_single_of(progress.baseline()) && state.capacity.pairs() < CAPACITY_BLOCKS
    });
    // A workload's only cell meets nobody, and has its time all the same.
    jobs.extend(progress.workloads().into_iter().filter_map(|workload| {
        let mut sound = progress.sound_of(workload);
        let only = sound.next().filter(|_| sound.next().is_none())?;
        let lacks = (only.blocks as usize) < MIN_PAIRS.min(max_rounds as usize - 1);
        lacks.then(|| Job::Block(vec![only.cell.clone()]))
    }));
    jobs.extend(references(progress, limits, MIN_PAIRS));
    let lacking = |state: &&CellState| state.solos < SOLOS.min(max_rounds);
    let cold = progress.workloads().into_iter().flat_map(|workload| cold_contenders(progress, workload));
    jobs.extend(cold.filter(lacking).map(|state| Job::Solo(state.cell.clone())));
    jobs.shuffle(random);
    jobs
}

/// The cells of a workload whose first start was the fastest, and the plain loop that they are compared with.
fn cold_contenders<'a>(progress: &'a Progress, workload: &'a str) -> Vec<&'a CellState> {
    let mut cells: Vec<&CellState> = progress.sound_of(workload).collect();
    cells.sort_by_key(|state| state.cold_ns.unwrap_or(u64::MAX));
    let fastest = cells.iter().take(COLD_CONTENDERS);
    let base = cells.iter().skip(COLD_CONTENDERS).find(|state| state.cell.is_single_of(progress.baseline()));
    fastest.chain(base).copied().collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::plan::PlannedCell;
    use crate::stats::Meeting;

    const MODES: [&str; 4] = ["single", "threads", "mp", "executor"];

    fn progress(interpreters: &[&str]) -> Progress {
        let mut planned = Vec::new();
        for workload in ["fib", "json"] {
            for interpreter in interpreters {
                for mode in MODES {
                    let workers = if mode == "single" { 1 } else { 2 };
                    let cell = Cell { mode: mode.into(), workers, ..Cell::single(interpreter, workload) };
                    planned.push(PlannedCell { cell, skipped: None, oversubscribed: false });
                }
            }
        }
        let mut progress = Progress::new(&planned, "3.13", 0.05, |_| false);
        progress.cells.iter_mut().for_each(|state| state.solos = 1);
        progress
    }

    fn limits() -> Limits {
        Limits { capacity_workers: Some(2), block_memory: u64::MAX, references: true }
    }

    fn random() -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(1)
    }

    /// All cells of `fib` meet, each at its level and a little beside it.
    fn meet(progress: &mut Progress, levels: &[f64], block: u64) {
        let wobble = 0.002 * (block % 3) as f64;
        let cells: Vec<usize> = progress.cells_of("fib").collect();
        for (place, &one) in cells.iter().enumerate() {
            for (later, &other) in cells.iter().enumerate().skip(place + 1) {
                let noise = wobble * ((place + 2 * later) % 3) as f64;
                let value = levels[place] - levels[later] + noise;
                progress.meet("fib", Meeting { one, other, value, waiting: 0.0, block, disturbed: false });
            }
        }
    }

    #[test]
    fn every_cell_is_alone_once_before_any_meet() {
        let mut progress = progress(&["3.13"]);
        progress.cells[1].solos = 0;
        let jobs = next(&progress, 0.0, 60, &limits(), &mut random());
        assert_eq!(jobs, [Job::Solo(progress.cells[1].cell.clone())]);
    }

    #[test]
    fn all_contenders_of_the_first_workload_meet_in_one_block() {
        let progress = progress(&["3.13", "3.13t"]);
        let jobs = next(&progress, 0.0, 60, &limits(), &mut random());
        let [Job::Block(cells)] = jobs.as_slice() else { panic!("{jobs:?}") };
        assert_eq!(cells.len(), 8);
        assert!(cells.iter().all(|cell| cell.workload == "fib"));
        // Half of the budget is over: the second workload's turn.
        let jobs = next(&progress, 0.6, 60, &limits(), &mut random());
        assert!(matches!(&jobs[..], [Job::Block(cells)] if cells[0].workload == "json"), "{jobs:?}");
    }

    #[test]
    fn losers_leave_and_a_decided_workload_gives_way() {
        let mut progress = progress(&["3.13"]);
        let levels = [0.0, -0.01, 0.6, 0.58];
        meet(&mut progress, &levels, 0);
        let standing_now = standing(&progress, "fib");
        assert!(!standing_now.decided, "one meeting decides nothing");
        (1..6).for_each(|block| meet(&mut progress, &levels, block));
        assert_eq!(standing(&progress, "fib"), Standing { alive: vec![], decided: true });
        let jobs = next(&progress, 0.1, 60, &limits(), &mut random());
        assert!(matches!(&jobs[..], [Job::Block(cells)] if cells[0].workload == "json"), "{jobs:?}");
    }

    #[test]
    fn who_is_disqualified_meets_nobody_any_more() {
        let mut progress = progress(&["3.13"]);
        let gone = progress.cells[2].cell.clone();
        progress.cells[2].disqualified = true;
        assert!(!standing(&progress, "fib").alive.contains(&2));
        let jobs = next(&progress, 0.0, 60, &limits(), &mut random());
        assert!(
            matches!(&jobs[..], [Job::Block(cells)] if cells.len() == 3 && !cells.contains(&gone)),
            "{jobs:?}"
        );
    }

    #[test]
    fn the_only_cell_has_its_time() {
        let cell = Cell::single("3.13", "fib");
        let planned = [PlannedCell { cell: cell.clone(), skipped: None, oversubscribed: false }];
        let mut progress = Progress::new(&planned, "3.13", 0.05, |_| false);
        progress.cells[0].solos = 1;
        let alone = Job::Block(vec![cell]);
        assert!(next(&progress, 0.0, 60, &limits(), &mut random()).contains(&alone));
        progress.cells[0].blocks = MIN_PAIRS as u32;
        assert!(!next(&progress, 0.0, 60, &limits(), &mut random()).contains(&alone));
    }

    #[test]
    fn the_rest_comes_when_all_is_decided_or_nothing_more_may_meet() {
        let mut progress = progress(&["3.13"]);
        progress
            .cells
            .iter_mut()
            .filter(|state| !state.cell.is_single())
            .for_each(|state| state.failed = true);
        assert_eq!(next(&progress, 0.5, 1, &limits(), &mut random()), []);
        let jobs = next(&progress, 0.5, 2, &limits(), &mut random());
        assert!(jobs.iter().any(|job| matches!(job, Job::Capacity { .. })), "{jobs:?}");
        assert!(jobs.iter().any(|job| matches!(job, Job::Reference(_))), "{jobs:?}");
        assert!(jobs.iter().any(|job| matches!(job, Job::Solo(_))), "{jobs:?}");
    }

    #[test]
    fn long_passes_have_fewer_sweeps() {
        let mut progress = progress(&["3.13"]);
        let cells: Vec<Cell> = progress.cells.iter().take(4).map(|state| state.cell.clone()).collect();
        assert_eq!(sweeps(&progress, &cells), SWEEPS.1, "nothing is known");
        progress.cells.iter_mut().for_each(|state| state.pass_ns = Some(25_000_000));
        assert_eq!(sweeps(&progress, &cells), 15);
        progress.cells.iter_mut().for_each(|state| state.pass_ns = Some(150_000_000));
        assert_eq!(sweeps(&progress, &cells), 5);
        (0..2).for_each(|block| meet(&mut progress, &[0.0; 4], block));
        assert_eq!(sweeps(&progress, &cells), 7, "as few as there may be take longer than that");
        progress.cells.iter_mut().for_each(|state| state.pass_ns = Some(25_000_000));
        assert_eq!(sweeps(&progress, &cells), 30, "the question is close");
        progress.cells.iter_mut().for_each(|state| state.pass_ns = Some(9_000_000_000));
        assert_eq!(sweeps(&progress, &cells), SWEEPS_OF_LONG_PASSES);
    }
}
