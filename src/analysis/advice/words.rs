//! What all advice is made from: who may be advised, and how figures are put into words.

use std::collections::HashMap;

use crate::analysis::cell_pairs::{CellPairs, Comparison};
use crate::analysis::{Advice, CellResult, Results, Speedup};
use crate::cell::{ModeKind, PLAIN};
use crate::interpreter::{Facts, difference_texts_for};
use crate::record::Outcome;

/// One of a cell's ratios.
pub(super) type SpeedupOf = fn(&CellResult) -> Option<&Speedup>;

/// The whole work over the baseline, warm.
pub(super) const WARM: SpeedupOf = |cell| cell.speedup.as_ref();

pub(super) struct AdviceView<'a> {
    pub results: &'a Results,
    pub pairs: &'a CellPairs,
    /// Completed cells of a workload in the plain environment.
    sound: HashMap<&'a str, Vec<usize>>,
    several_methods: bool,
}

impl<'a> AdviceView<'a> {
    pub(super) fn new(results: &'a Results, pairs: &'a CellPairs) -> Self {
        let mut sound: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, cell) in results.cells.iter().enumerate() {
            if cell.outcome == Outcome::Completed && cell.environment == PLAIN {
                sound.entry(&cell.workload).or_default().push(index);
            }
        }
        let mut methods = results.cells.iter().filter_map(|cell| cell.start_method);
        let first = methods.next();
        Self { results, pairs, sound, several_methods: methods.any(|other| Some(other) != first) }
    }

    pub(super) fn cell(&self, index: usize) -> &CellResult {
        &self.results.cells[index]
    }

    pub(super) fn kind(&self, index: usize) -> Option<ModeKind> {
        self.results.kind(&self.cell(index).mode)
    }

    pub(super) fn facts(&self, interpreter: &str) -> Option<&Facts> {
        self.results.interpreter(interpreter).map(|known| &known.facts)
    }

    /// In what the interpreters of two cells of a workload differ beside their Python, as one doubt.
    pub(super) fn unlike(&self, workload: &str, one: &str, other: &str) -> Option<String> {
        let (one, other) = (self.results.interpreter(one)?, self.results.interpreter(other)?);
        let texts = difference_texts_for(workload, one, other);
        (!texts.is_empty()).then(|| format!("not quite comparable: {}", texts.join("; ")))
    }

    pub(super) fn free_threaded(&self, index: usize) -> bool {
        self.facts(&self.cell(index).interpreter).is_some_and(Facts::free_threaded)
    }

    /// Completed and in the plain environment.
    pub(super) fn candidates(&self, workload: &str, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        let all = self.sound.get(workload).map_or(&[][..], Vec::as_slice);
        all.iter().copied().filter(|index| wanted(*index)).collect()
    }

    pub(super) fn settled(&self, index: usize) -> bool {
        self.cell(index).speedup.as_ref().is_some_and(|speedup| speedup.settled)
    }

    fn ratio(&self, index: usize) -> f64 {
        self.cell(index).speedup.as_ref().map_or(0.0, |speedup| speedup.ratio)
    }

    /// The highest speedup over the baseline, settled ones only.
    pub(super) fn best_settled(&self, cells: &[usize]) -> Option<usize> {
        let settled = cells.iter().copied().filter(|cell| self.settled(*cell));
        settled.max_by(|a, b| self.ratio(*a).total_cmp(&self.ratio(*b)))
    }

    /// Unsettled cells that may yet be faster than `best`.
    pub(super) fn may_be_faster(&self, cells: &[usize], best: usize) -> Vec<usize> {
        self.may_exceed(cells, self.ratio(best)).into_iter().filter(|cell| *cell != best).collect()
    }

    /// Unsettled cells whose speedup over the baseline may yet be above `limit`: the upper end of what is known
    /// is. Those that look fastest first.
    pub(super) fn may_exceed(&self, cells: &[usize], limit: f64) -> Vec<usize> {
        let upper = |cell: usize| {
            let speedup = self.cell(cell).speedup.as_ref();
            speedup.map_or(f64::INFINITY, |speedup| speedup.ci95.map_or(f64::INFINITY, |ci95| ci95[1]))
        };
        let mut found: Vec<usize> =
            cells.iter().copied().filter(|cell| !self.settled(*cell) && upper(*cell) > limit).collect();
        found.sort_by(|a, b| self.ratio(*b).total_cmp(&self.ratio(*a)));
        found
    }

    /// Unsettled cells that are faster than `best` beyond doubt, only not by how much: their whole interval lies
    /// above its. The fastest first.
    pub(super) fn surely_faster(&self, cells: &[usize], best: usize, of: SpeedupOf) -> Vec<usize> {
        let ratio = |cell: usize| of(self.cell(cell)).filter(|speedup| speedup.pairs > 0);
        let limit = of(self.cell(best)).map_or(1.0, |found| found.ci95.map_or(found.ratio, |ci95| ci95[1]));
        let above =
            |cell: &usize| ratio(*cell)?.ci95.filter(|ci95| ci95[0] > limit).map(|ci95| (*cell, ci95[0]));
        let unsettled = cells.iter().filter(|cell| !self.settled(**cell));
        let mut faster: Vec<(usize, f64)> = unsettled.filter_map(above).collect();
        faster.sort_by(|a, b| b.1.total_cmp(&a.1));
        faster.into_iter().map(|(cell, _)| cell).collect()
    }

    /// `threads×2 on 3.12 (1.77 to 2.11×) and 3 more cells are faster than anything settled, by how much is open`.
    pub(super) fn beyond_the_settled(&self, faster: &[usize], of: SpeedupOf) -> Option<String> {
        let first = *faster.first()?;
        let [low, high] = of(self.cell(first))?.ci95?;
        let name = format!("{} ({low:.2} to {high:.2}×)", self.name(first));
        let who = match faster.len() {
            1 => format!("{name} is"),
            2 => format!("{name} and 1 more cell are"),
            all => format!("{name} and {} more cells are", all - 1),
        };
        Some(format!("{who} faster than anything settled, by how much is open"))
    }

    pub(super) fn compare(&self, one: usize, other: usize) -> Option<Comparison> {
        self.pairs.compare(&self.results.cells, one, other, self.results.precision)
    }

    /// `threads×2 on 3.13t`; the start method only where the run has several.
    pub(super) fn name(&self, index: usize) -> String {
        let cell = self.cell(index);
        let varied = self.several_methods || cell.environment != PLAIN;
        format!("{} on {}", cell.short(varied), cell.interpreter)
    }

    /// `, at 0.6 of the memory`: PSS where both have it, else summed RSS, which is said.
    pub(super) fn memory(&self, one: usize, other: usize) -> Option<String> {
        let (one, other) = (self.cell(one), self.cell(other));
        let (ours, theirs, how) = match (one.peak_pss_bytes, other.peak_pss_bytes) {
            (Some(ours), Some(theirs)) => (ours, theirs, ""),
            _ => (one.peak_rss_bytes?, other.peak_rss_bytes?, " (summed RSS)"),
        };
        let ratio = ours as f64 / theirs as f64;
        if !ratio.is_finite() || ratio == 0.0 {
            None
        } else if (0.95..1.05).contains(&ratio) {
            Some(format!(" at the same memory{how}"))
        } else if ratio < 1.0 {
            Some(format!(" at {ratio:.1} of the memory{how}").replace(" 0.0 ", " under 0.1 "))
        } else {
            Some(format!(" at {ratio:.1} times the memory{how}"))
        }
    }

    /// `threads×2 on 3.13t (±11 % after 9 pairs) and 7 more cells, see the table`: at most two by name, those
    /// first of which something is known.
    pub(super) fn unsettled_list(&self, cells: &[usize]) -> String {
        const NAMED: usize = 2;
        let one = |cell: &usize| match self.cell(*cell).speedup.as_ref() {
            Some(speedup) => match speedup.ci95 {
                Some(ci95) => {
                    let half = (ci95[1] / ci95[0]).sqrt() - 1.0;
                    let (name, pairs) = (self.name(*cell), speedup.pairs);
                    match half <= self.results.precision {
                        // Narrow by luck: a few pairs may lie close together.
                        true => format!("{name} ({pairs} pairs, too few to trust)"),
                        false => format!("{name} (±{:.0} % after {pairs} pairs)", half * 100.0),
                    }
                }
                None => format!("{} (too few pairs for an interval: {})", self.name(*cell), speedup.pairs),
            },
            None => format!("{} (never met its baseline)", self.name(*cell)),
        };
        let known = |cell: &&usize| self.cell(**cell).speedup.as_ref().is_some_and(|it| it.ci95.is_some());
        let mut named: Vec<&usize> = cells.iter().filter(known).take(NAMED).collect();
        if named.is_empty() {
            named.extend(cells.first());
        }
        let list = named.iter().map(|cell| one(cell)).collect::<Vec<_>>().join(", ");
        match cells.len() - named.len() {
            0 => list,
            1 => format!("{list} and 1 more cell, see the table"),
            rest => format!("{list} and {rest} more cells, see the table"),
        }
    }
}

/// One line of the verdict about a workload.
pub(super) fn say(
    workload: &str,
    text: &str,
    evidence: Vec<usize>,
    doubts: Vec<String>,
    open: bool,
) -> Advice {
    let text = format!("{workload}: {text}");
    Advice { workload: Some(workload.to_owned()), text, evidence, doubts, open }
}

/// `95 % 1.01 to 1.09`.
pub(super) fn interval(ci95: [f64; 2]) -> String {
    format!("95 % {:.2} to {:.2}", ci95[0], ci95[1])
}
