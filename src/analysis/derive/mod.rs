//! What follows from several cells together.

mod break_even;
mod memory_growth;
mod overall;
mod scaling;
mod single_thread;

#[cfg(test)]
mod tests;

use std::hash::Hash;

use indexmap::IndexMap;

use crate::stats::{Estimated, Interval, propagate};

use super::cell_pairs::CellPairs;
use super::figures::{Figure, OpenFigure};
use super::tally::Tally;
use super::{CellResult, Results};

/// What is known of the cells, and the values behind it.
#[derive(Clone, Copy)]
pub(super) struct Measured<'a> {
    pub results: &'a Results,
    pub tallies: &'a [Tally],
    pub pairs: &'a CellPairs,
}

/// Fills in everything that needs nothing but the cells.
pub(super) fn all(results: &mut Results, tallies: &[Tally], pairs: &CellPairs) {
    let evidence = Measured { results, tallies, pairs };
    (results.single_thread, results.scaling, results.memory_growth, results.break_even, results.overall) = (
        single_thread::all(evidence),
        scaling::all(evidence),
        memory_growth::all(evidence),
        break_even::all(evidence),
        overall::all(evidence),
    );
}

impl<'a> Measured<'a> {
    fn cells(self) -> impl Iterator<Item = (usize, &'a CellResult)> {
        self.results.cells.iter().enumerate()
    }

    /// The mean log speedup over the own `single`, with all that its interval knows; `None` with fewer than 3 pairs.
    fn over_own(self, cell: usize) -> Option<Estimated> {
        self.results.cells[cell].speedup_self.as_ref().filter(|speedup| speedup.pairs > 0)?.log()
    }

    /// Cells that differ in nothing but workers, in the matrix's order.
    fn groups(self) -> Vec<Vec<usize>> {
        self.alike(|cell| cell.curve())
    }

    /// Cells that have the same key, in the matrix's order.
    fn alike<K: Hash + Eq>(self, key: impl Fn(&'a CellResult) -> K) -> Vec<Vec<usize>> {
        let mut groups: IndexMap<K, Vec<usize>> = IndexMap::new();
        for (index, cell) in self.cells() {
            groups.entry(key(cell)).or_default().push(index);
        }
        groups.into_values().collect()
    }
}

impl Figure {
    fn from_interval(value: f64, interval: Option<Interval>) -> Self {
        Self { value, ci95: interval.map(|found| [found.low, found.high]) }
    }

    /// Without an interval that has no end.
    fn closed(self) -> Self {
        Self { ci95: self.ci95.filter(|ci95| ci95[1].is_finite()), ..self }
    }
}

impl OpenFigure {
    /// A figure that may be infinite, or end there.
    fn of(figure: Figure) -> Self {
        let finite = |value: f64| value.is_finite().then_some(value);
        let [low, high] = figure.ci95.map_or([None, None], |ci95| ci95.map(finite));
        Self { value: finite(figure.value), low, high }
    }
}

/// Figures of the means, each with its interval, widened to hold the value: a fit to the means may lie outside
/// what the draws give.
fn fitted<const N: usize>(
    logs: &[Estimated],
    figures: impl Fn(&[f64]) -> Option<[f64; N]>,
) -> Option<[Figure; N]> {
    let values = figures(&logs.iter().map(|log| log.mean).collect::<Vec<_>>())?;
    let ends = propagate(logs, figures);
    Some(std::array::from_fn(|index| {
        let value = values[index];
        let holding = |[low, high]: [f64; 2]| [low.min(value), high.max(value)];
        Figure { value, ci95: ends.map(|ends| holding(ends[index])) }
    }))
}

/// The largest distance of a measured figure from its model, as a ratio above 1.
fn worst(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
    pairs.map(|(measured, model)| (measured / model).ln().abs()).fold(0.0, f64::max).exp()
}
