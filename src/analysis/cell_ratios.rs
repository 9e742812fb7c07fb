//! The ratios of one cell, from its pairs.

use std::collections::BTreeMap;

use crate::pairing::Roles;
use crate::record::RunInfo;
use crate::stats;

use super::Speedup;
use super::cell_pairs::{self, CellPairs};
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

    pub fn of(&self, base: Option<usize>, values: &[(u64, f64)], waiting: &[f64]) -> Option<Speedup> {
        let base = base.filter(|_| self.valid)?;
        if base == self.cell {
            return (!self.tallies[base].medians.is_empty()).then(|| ratio::by_definition(self.name(base)));
        }
        let (logs, waiting) = (ratio::logs(values), stats::mean(waiting).unwrap_or_default());
        let interval = stats::log_ratio_interval(&logs).map(|it| it.reaching(waiting));
        let (ratio, precision) = (stats::mean(&logs)?.exp(), self.run.matrix.run.precision);
        Some(ratio::with_interval(self.name(base), ratio, interval, logs.len(), precision))
    }

    /// Over another baseline than the measured one: from the blocks that both were in (there the two share the
    /// measured baseline, which cancels), else from the two ratios over it.
    pub fn rebased(&self, base: Option<usize>) -> Option<Speedup> {
        let base = base.filter(|_| self.valid)?;
        if base == self.cell {
            return self.of(Some(base), &[], &[]);
        }
        let (ours, theirs) = (&self.pairs.over_base[self.cell], &self.pairs.over_base[base]);
        let direct: Vec<f64> = match self.pairs.measured_base[self.cell] == Some(self.cell) {
            true => theirs.iter().map(|(_, value)| -value).collect(),
            false => cell_pairs::common(ours, theirs),
        };
        self.paired_or_apart(base, &direct, [&ratio::logs(ours), &ratio::logs(theirs)])
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
        let logs = |totals: BTreeMap<u32, f64>| totals.into_values().collect::<Vec<_>>();
        self.paired_or_apart(base, &paired, [&logs(theirs), &logs(ours)])
    }

    /// From what is paired, where there is enough of it, else from two sides without partners (Welch): the log ratio
    /// is the first's mean less the second's.
    fn paired_or_apart(&self, base: usize, paired: &[f64], [one, other]: [&[f64]; 2]) -> Option<Speedup> {
        let (name, precision) = (self.name(base), self.run.matrix.run.precision);
        if paired.len() >= 3 {
            return ratio::speedup(name, paired, precision);
        }
        let ratio = (stats::mean(one)? - stats::mean(other)?).exp();
        let interval = stats::unpaired_log_ratio_interval(one, other);
        Some(ratio::with_interval(name, ratio, interval, one.len().min(other.len()), precision))
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
