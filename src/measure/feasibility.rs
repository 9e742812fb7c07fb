//! Which cells can't be settled any more in the time that is left. Pure.

use super::progress::{CellState, Progress, Ratio};
use crate::cell::Cell;
use crate::stats::{MIN_PAIRS, pairs_needed, variance_at_least};

/// A cell that no fair share of the time would settle.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Deferred {
    pub index: usize,
    /// Process pairs so far, and those that it would need at the very least.
    pub pairs: u32,
    pub needed: u32,
}

/// The cells that leave the schedule, so that the time goes to those it can settle.
///
/// A round gives each cell one more pair. `cost_ns` says what a round of some cells takes. Whoever needs the
/// most leaves first, which makes rounds cheaper and so more numerous for the others, until those who are
/// left could all be settled. What a cell needs follows from the least variance that its pairs so far allow
/// for (95 %): few pairs condemn nobody, and below [`MIN_PAIRS`] nothing is known. Leading cells answer the
/// question and never leave. Where no cell at all is within reach, nobody leaves: narrower intervals are
/// still worth having.
///
/// Worked out anew before each round: a cell may come back when others are settled sooner than they seemed.
pub(super) fn defer(progress: &Progress, left_ns: u64, cost_ns: &dyn Fn(&[Cell]) -> u64) -> Vec<Deferred> {
    let open = progress
        .cells
        .iter()
        .enumerate()
        .filter(|(_, known)| known.is_sound() && !progress.is_settled(known));
    let mut open: Vec<(Deferred, &CellState)> =
        open.map(|(index, known)| (needs(progress, index), known)).collect();
    open.sort_by_key(|(needs, _)| needs.needed.saturating_sub(needs.pairs));
    let mut gone = Vec::new();
    loop {
        let cells: Vec<Cell> = open.iter().map(|(_, known)| known.cell.clone()).collect();
        let rounds = left_ns as f64 / cost_ns(&cells).max(1) as f64;
        let beyond = |needs: &Deferred| f64::from(needs.needed.saturating_sub(needs.pairs)) > rounds;
        let last = open.iter().rposition(|(needs, known)| !known.leading && beyond(needs));
        let Some(last) = last else {
            // Nobody profits.
            if open.iter().all(|(needs, _)| beyond(needs)) {
                gone.clear();
            }
            return gone;
        };
        gone.push(open.remove(last).0);
    }
}

/// Returns what the one of its two ratios needs that needs more.
fn needs(progress: &Progress, index: usize) -> Deferred {
    let known = &progress.cells[index];
    let both = [
        (&known.over_baseline, progress.baseline_of(&known.cell)),
        (&known.over_own, progress.own_of(&known.cell)),
    ];
    let open = both.into_iter().filter(|(_, base)| base.as_ref().is_some_and(|base| *base != known.cell));
    let needed = |ratio: &Ratio| -> (u32, u32) {
        let pairs = ratio.pairs() as u32;
        if ratio.settled(progress.precision) {
            return (pairs, pairs);
        }
        let variance = ratio.variance().filter(|_| ratio.pairs() >= MIN_PAIRS);
        let least = variance.map(|found| variance_at_least(found, ratio.pairs()));
        // One more at least: it isn't settled.
        (pairs, least.map_or(0, |least| pairs_needed(least, progress.precision)).max(pairs + 1))
    };
    let worst = open.map(|(ratio, _)| needed(ratio)).max_by_key(|(pairs, needed)| needed - pairs);
    let (pairs, needed) = worst.unwrap_or_default();
    Deferred { index, pairs, needed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::PlannedCell;
    use crate::stats::simulate::Random;

    /// A second for a baseline's process, and as much for each cell beside it.
    const COST_NS: u64 = 1_000_000_000;

    fn cost(cells: &[Cell]) -> u64 {
        COST_NS * (cells.len() as u64 + 1)
    }

    /// A `single` and as many others as there are spreads; two workers lead.
    fn progress(spreads: &[f64], leading: usize) -> Progress {
        let mut cells = vec![Cell::single("3.13", "fib")];
        for index in 0..spreads.len() {
            let workers = if index < leading { 2 } else { 4 };
            let mode = format!("threads{index}");
            cells.push(Cell { mode, workers, ..Cell::single("3.13", "fib") });
        }
        let planned: Vec<PlannedCell> = cells
            .into_iter()
            .map(|cell| PlannedCell { oversubscribed: cell.workers > 2, cell, skipped: None })
            .collect();
        Progress::new(&planned, "3.13", 0.05, |_| false)
    }

    /// Rounds until the time is over; cells that aren't reached for are left out if `leave`. Gives the settled.
    fn run(spreads: &[f64], leading: usize, mut left_ns: u64, leave: bool, seed: u64) -> Vec<usize> {
        let (mut progress, mut random) = (progress(spreads, leading), Random::new(seed));
        loop {
            let gone = if leave { defer(&progress, left_ns, &cost) } else { Vec::new() };
            let open: Vec<usize> = (1..progress.cells.len())
                .filter(|&index| !progress.is_settled(&progress.cells[index]))
                .filter(|index| gone.iter().all(|one| one.index != *index))
                .collect();
            let cells: Vec<Cell> = open.iter().map(|&index| progress.cells[index].cell.clone()).collect();
            if open.is_empty() || cost(&cells) > left_ns {
                break;
            }
            left_ns -= cost(&cells);
            for index in open {
                let value = 0.3 + spreads[index - 1] * random.normal();
                progress.cells[index].over_baseline.push_value(value);
                progress.cells[index].over_own.push_value(value);
            }
        }
        (1..progress.cells.len()).filter(|&index| progress.is_settled(&progress.cells[index])).collect()
    }

    #[test]
    fn the_settled_share_rises_when_the_hopeless_leave() {
        // Three cells that lead, five that need some 15 to 25 pairs, six that would need hundreds.
        let spreads = [0.03, 0.03, 0.9, 0.1, 0.1, 0.09, 0.11, 0.1, 0.9, 0.8, 1.0, 0.9, 0.7, 0.8];
        let (mut with, mut without) = (0, 0);
        for seed in 0..20 {
            // Enough for 15 rounds of all.
            let budget = 15 * 15 * COST_NS;
            let (left, stayed) =
                (run(&spreads, 3, budget, true, seed), run(&spreads, 3, budget, false, seed));
            assert!(left.contains(&1) && left.contains(&2), "{seed}: leading cells are served: {left:?}");
            with += left.len();
            without += stayed.len();
        }
        assert!(with >= without + 40, "{with} settled of 280, {without} where nobody leaves");
    }

    #[test]
    fn few_pairs_condemn_nobody_and_leading_cells_stay() {
        let mut progress = progress(&[0.9, 0.9, 0.1], 1);
        let pair = |progress: &mut Progress, index: usize| {
            let swing = if progress.cells[index].over_own.pairs().is_multiple_of(2) { 1.0 } else { -1.0 };
            // The last could be settled with some ten pairs.
            let value = swing * if index == 3 { 0.1 } else { 0.9 };
            progress.cells[index].over_baseline.push_value(value);
            progress.cells[index].over_own.push_value(value);
        };
        let left = 20
            * cost(&[Cell::single("3.13", "fib"), Cell::single("3.13", "fib"), Cell::single("3.13", "fib")]);
        assert_eq!(defer(&progress, left, &cost), []);
        for _ in 0..4 {
            (1..4).for_each(|index| pair(&mut progress, index));
        }
        assert_eq!(defer(&progress, left, &cost), [], "four pairs say nothing");
        for _ in 0..4 {
            (1..4).for_each(|index| pair(&mut progress, index));
        }
        let gone = defer(&progress, left, &cost);
        assert_eq!(gone.iter().map(|one| one.index).collect::<Vec<_>>(), [2], "{gone:?}");
        assert!(gone[0].pairs == 8 && gone[0].needed > 100, "{gone:?}");
        // No time for anybody: as if there were no such rule.
        assert_eq!(defer(&progress, 1, &cost), []);
    }
}
