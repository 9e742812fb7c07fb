//! The ratios of one cell, from its pairs.

use std::collections::BTreeMap;

use crate::pairing::Roles;
use crate::record::RunInfo;
use crate::stats;

use super::Speedup;
use super::cell_pairs::{BlockValue, CellPairs};
use super::ratio;
use super::tally::Tally;

/// Forms the ratios of one cell; none at all for a cell that isn't valid.
pub(super) struct CellRatios<'a> {
    pub run: &'a RunInfo,
    pub roles: &'a Roles,
    pub tallies: &'a [Tally],
    pub pairs: &'a CellPairs,
    pub cell: usize,
    /// The cell completed.
    pub valid: bool,
}

impl CellRatios<'_> {
    fn name(&self, cell: usize) -> String {
        self.run.plan.cells[cell].cell.to_string()
    }

    /// From what the cell's pairs say over `base`, which it was measured against.
    pub fn of(&self, base: Option<usize>, values: &[BlockValue]) -> Option<Speedup> {
        let base = base.filter(|_| self.valid)?;
        if base == self.cell {
            return (!self.tallies[base].medians.is_empty()).then(|| ratio::by_definition(self.name(base)));
        }
        ratio::of_pairs(self.name(base), values, self.run.matrix.run.precision)
    }

    /// Over another baseline than the measured one.
    pub fn rebased(&self, base: Option<usize>) -> Option<Speedup> {
        let base = base.filter(|_| self.valid)?;
        if base == self.cell {
            return self.of(Some(base), &[]);
        }
        self.pairs.between(self.cell, base, self.name(base), self.run.matrix.run.precision)
    }

    /// Totals of the same round are neighbours in time and are paired; with fewer than three common rounds
    /// the two sides are compared as they are (Welch).
    pub fn of_totals(&self, base: Option<usize>) -> Option<Speedup> {
        let base = base.filter(|_| self.valid)?;
        let totals = |cell: usize| by_round(&self.tallies[cell], self.roles.work[cell]);
        let (theirs, ours) = (totals(base), totals(self.cell));
        if base == self.cell {
            return (!ours.is_empty()).then(|| ratio::by_definition(self.name(base)));
        }
        let together = |(round, total): (&u32, &f64)| Some(theirs.get(round)? - total);
        let paired: Vec<f64> = ours.iter().filter_map(together).collect();
        let (name, precision) = (self.name(base), self.run.matrix.run.precision);
        if paired.len() >= 3 {
            let interval = stats::log_ratio_interval(&paired);
            return Some(ratio::with_interval(
                name,
                stats::mean(&paired)?.exp(),
                interval,
                paired.len(),
                precision,
            ));
        }
        let [theirs, ours] = [theirs, ours].map(|side| side.into_values().collect::<Vec<f64>>());
        ratio::apart(name, [&theirs, &ours], 0.0, precision)
    }
}

/// One log total per round and unit of work, the mean where a round has several.
fn by_round(tally: &Tally, work: f64) -> BTreeMap<u32, f64> {
    let mut totals = tally.totals.clone();
    totals.sort_unstable();
    let rounds = totals.chunk_by(|a, b| a.0 == b.0).filter_map(|round| {
        let logs: Vec<f64> = round.iter().filter(|one| one.2 > 0).map(|one| (one.2 as f64).ln()).collect();
        Some((round[0].0, stats::mean(&logs)? - work))
    });
    rounds.collect()
}
