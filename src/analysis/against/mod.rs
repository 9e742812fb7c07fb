//! What `run --against` found: the cells beside their base, from blocks of the two alone.

#[cfg(test)]
mod tests;
mod types;

use std::collections::BTreeMap;

use crate::record::{Budgeted, Invocation, InvocationKind, Outcome, RunInfo, Side};
use crate::stats::gate::{Gated, Judged, MEMORY, Rule, TIME, Verdict};
use crate::stats::{Pass, Peak, pair_value, peak_pairs};

use super::ratio;
use super::results::CellResult;
use super::roles::Roles;
use super::tally::Tally;
pub use types::*;

/// The counted passes of two that were alive together: base and new, or reference and workload.
pub(super) type Sides = [Option<Vec<Pass>>; 2];

/// The two sides' blocks while they stream by.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// Blocks with one side yet: the cell, and the counted passes of base and new.
    open: BTreeMap<u64, (usize, Sides)>,
    /// By cell and block: log of the slowdown.
    pairs: BTreeMap<usize, BTreeMap<u64, f64>>,
    /// The base side's first failure, by cell.
    failures: BTreeMap<usize, (u64, String)>,
    /// By cell and side: the checksum that was seen first.
    checksums: BTreeMap<(usize, bool), String>,
    /// The base side's peaks of memory, by cell.
    peaks: BTreeMap<usize, Vec<Peak>>,
}

impl Gate {
    /// Takes an invocation of kind `Against`, or any of the base side; `objection` says what is wrong with what it ran.
    pub fn take(&mut self, cell: usize, invocation: &Invocation, objection: Option<&str>) {
        let base = invocation.side == Side::Base;
        let sound = invocation.outcome == Outcome::Completed && objection.is_none();
        if let Some(first) = invocation.values.first() {
            self.checksums.entry((cell, base)).or_insert_with(|| first.checksum.clone());
        }
        if base && !sound && !matches!(invocation.outcome, Outcome::Cancelled) {
            let reason = invocation.reason.as_deref().or(objection).unwrap_or("gave no reason");
            let failure = self.failures.entry(cell).or_insert((invocation.id, reason.to_owned()));
            if invocation.id < failure.0 {
                *failure = (invocation.id, reason.to_owned());
            }
        }
        if base && sound && invocation.kind == InvocationKind::Solo {
            self.peaks.entry(cell).or_default().extend(invocation.peak());
        }
        if let Some(block) = invocation.block.filter(|_| sound) {
            let sides = &mut self.open.entry(block).or_insert((cell, [None, None])).1;
            sides[usize::from(!base)].get_or_insert_with(|| invocation.counted_passes());
            // A pair's value is above 0 where the second is faster: base over new is a slowdown's log.
            if let [Some(base), Some(new)] = sides {
                let value = pair_value(new, base).map(|value| (block, value));
                self.pairs.entry(cell).or_default().extend(value);
                self.open.remove(&block);
            }
        }
    }

    /// `None` where the run was held against nothing.
    pub fn results(
        self,
        run: &RunInfo,
        roles: &Roles,
        cells: &[CellResult],
        tallies: &[Tally],
    ) -> Option<AgainstResult> {
        let against = run.against.as_ref()?;
        let logs = |values: &BTreeMap<u64, f64>| values.values().copied().collect();
        let pairs: BTreeMap<usize, Vec<f64>> =
            self.pairs.iter().map(|(cell, values)| (*cell, logs(values))).collect();
        let budgets: Vec<(usize, &Budgeted)> =
            against.cells.iter().filter_map(|one| Some((roles.find(&one.cell)?, one))).collect();
        // What failed is no comparison, and takes no share of the others' level.
        let counts =
            |cell: usize| cells[cell].outcome == Outcome::Completed && !self.failures.contains_key(&cell);
        let judge = |rule: &Rule, values: &dyn Fn(usize) -> Vec<f64>, allowed: fn(&Budgeted) -> f64| {
            let values: Vec<Vec<f64>> = budgets
                .iter()
                .map(|(cell, _)| if counts(*cell) { values(*cell) } else { Vec::new() })
                .collect();
            let gated = values.iter().zip(&budgets);
            let gated: Vec<Gated<'_>> =
                gated.map(|(pairs, (_, budget))| Gated { pairs, allowed: allowed(budget) }).collect();
            rule.judge(&gated, true)
        };
        let times = |cell: usize| pairs.get(&cell).cloned().unwrap_or_default();
        let weights = |cell: usize| {
            self.peaks.get(&cell).map_or_else(Vec::new, |base| peak_pairs(base, &tallies[cell].peaks))
        };
        let times = judge(&TIME, &times, |budget| budget.max_slowdown);
        let weights = judge(&MEMORY, &weights, |budget| budget.max_memory);
        let judged = budgets.iter().zip(times.into_iter().zip(weights));
        let cells = judged
            .map(|((cell, budget), (time, weight))| self.one(&cells[*cell], *cell, budget, time, weight))
            .collect();
        let unmatched = against.unmatched.iter().map(|one| UnmatchedCell {
            cell: one.cell.to_string(),
            kind: one.kind,
            reason: one.reason.clone(),
        });
        Some(AgainstResult {
            request: against.request.clone(),
            commit: against.commit.clone(),
            cells,
            unmatched: unmatched.collect(),
            fail_on_undecided: against.fail_on_undecided,
        })
    }

    /// A block of it has been seen, whole or in part.
    fn met(&self, cell: usize) -> bool {
        self.pairs.contains_key(&cell) || self.open.values().any(|(it, _)| *it == cell)
    }

    fn one(
        &self,
        result: &CellResult,
        cell: usize,
        budget: &Budgeted,
        time: Judged,
        weight: Judged,
    ) -> AgainstCell {
        let sound = result.outcome == Outcome::Completed;
        let base_fails = self.failures.get(&cell).map(|(_, reason)| reason.as_str());
        let turn = || Some("the budget ended before its turn".to_owned());
        let (verdict, mut reason) = match (sound, base_fails) {
            (false, _) if !result.outcome.is_failure() => (GateVerdict::NotReached, turn()),
            (false, base) => (GateVerdict::Failed, Some(self.failure(result, cell, base))),
            (true, Some(reason)) => (GateVerdict::NoBase, Some(format!("the base fails: {reason}"))),
            (true, None) => match time.verdict {
                Verdict::Confirmed => (GateVerdict::Confirmed, None),
                Verdict::Cleared => (GateVerdict::Cleared, None),
                Verdict::Suspect => (
                    GateVerdict::Undecided,
                    Some("the budget ended before it was certain; give a larger `--budget`".to_owned()),
                ),
                Verdict::NotReached => (GateVerdict::NotReached, turn()),
            },
        };
        let sums = [true, false].map(|base| self.checksums.get(&(cell, base)));
        if let [Some(base), Some(new)] = sums
            && base != new
            && reason.is_none()
        {
            reason = Some("the two sides give different answers".to_owned());
        }
        AgainstCell {
            cell,
            verdict,
            slowdown: time.change.map(|interval| interval.estimate.exp()),
            ci95: time.change.map(ratio::ends),
            pairs: u32::try_from(time.pairs).unwrap_or(u32::MAX),
            p: time.p,
            max_slowdown: budget.max_slowdown,
            reason,
            memory: memory(&weight, budget.max_memory),
        }
    }

    /// What the cell died of, and whether its base does, too.
    fn failure(&self, result: &CellResult, cell: usize, base: Option<&str>) -> String {
        let own = result.reason.as_deref().unwrap_or("it failed");
        match base {
            Some(reason) => format!("{own}; the base fails, too: {reason}"),
            None if self.peaks.contains_key(&cell) || self.met(cell) => {
                format!("{own}; the base completes")
            }
            None => format!("{own}; its base wasn't run"),
        }
    }
}

fn memory(judged: &Judged, max_memory: f64) -> Option<AgainstMemory> {
    Some(AgainstMemory {
        verdict: match judged.verdict {
            Verdict::Confirmed => GateVerdict::Confirmed,
            Verdict::Cleared => GateVerdict::Cleared,
            Verdict::Suspect => GateVerdict::Undecided,
            Verdict::NotReached => return None,
        },
        growth: judged.estimate?.exp(),
        ci95: judged.change.map(ratio::ends),
        pairs: u32::try_from(judged.pairs).unwrap_or(u32::MAX),
        p: judged.p,
        max_memory,
    })
}
