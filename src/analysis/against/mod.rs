//! What `run --against` found: the cells beside their base, from blocks of the two alone.

#[cfg(test)]
mod tests;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Budgeted, Invocation, InvocationKind, Outcome, RunInfo, Side};
use crate::stats::gate::{BaseRuns, Gated, Judged, MEMORY, Rule, RuleVerdict, TIME};
use crate::stats::{Peak, peak_pairs};

use super::CellResult;
use super::cell_pairs::{BlockValues, CellPairs};
use super::ratio;
use super::tally::Tally;
use crate::pairing::Roles;
pub(crate) use types::*;

/// The two sides' blocks while they stream by.
#[derive(Debug, Default)]
pub(super) struct AgainstFold {
    /// How the base side's invocations ended, and its first failure, by cell.
    bases: BTreeMap<usize, BaseRuns>,
    failures: BTreeMap<usize, (u64, String)>,
    /// By cell and side.
    checksums: BTreeMap<(usize, bool), BTreeSet<String>>,
    /// The base side's peaks of memory, by cell.
    peaks: BTreeMap<usize, Vec<Peak>>,
}

const TURN: &str = "the budget ended before its turn";
const UNCERTAIN: &str = "the budget ended before it was certain; give a larger `--budget`";
/// Distinct checksums kept of a side.
const MOST_ANSWERS: usize = 8;

impl AgainstFold {
    /// Takes an invocation of kind `Against`, or any of the base side; `objection` says what is wrong with what it ran.
    pub(super) fn take(&mut self, cell: usize, invocation: &Invocation, objection: Option<&str>) {
        let base = invocation.side == Side::Base;
        let sound = invocation.outcome == Outcome::Completed && objection.is_none();
        let seen = self.checksums.entry((cell, base)).or_default();
        for value in &invocation.values {
            if seen.len() < MOST_ANSWERS && !seen.contains(&value.checksum) {
                seen.insert(value.checksum.clone());
            }
        }
        let ended = base && invocation.outcome != Outcome::Cancelled;
        if ended {
            self.bases.entry(cell).or_default().take(sound);
        }
        if ended && !sound {
            let reason = invocation.reason.as_deref().or(objection).unwrap_or("gave no reason");
            let failure = self.failures.entry(cell).or_insert((invocation.id, reason.to_owned()));
            if invocation.id < failure.0 {
                *failure = (invocation.id, reason.to_owned());
            }
        }
        if base && sound && invocation.kind == InvocationKind::Solo {
            self.peaks.entry(cell).or_default().extend(invocation.peak());
        }
    }

    /// `None` where the run was held against nothing.
    pub(super) fn results(
        self,
        run: &RunInfo,
        roles: &Roles,
        cells: &[CellResult],
        tallies: &[Tally],
        pairs: &CellPairs,
    ) -> Option<AgainstResult> {
        let against = run.against.as_ref()?;
        let budgets: Vec<(usize, &Budgeted)> =
            against.cells.iter().filter_map(|one| Some((roles.find(&one.cell)?, one))).collect();
        // What failed is no comparison, and takes no share of the others' level.
        let counts = |cell: usize| cells[cell].outcome == Outcome::Completed && !self.base(cell).never();
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
        // A pair's value is above 0 where the new side is faster: a slowdown's log is its opposite.
        let slowdowns = |values: &BlockValues| values.iter().map(|one| -one.log).collect();
        let times = |cell: usize| pairs.against.get(&cell).map(slowdowns).unwrap_or_default();
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
            allow_answers: against.allow_answers,
        })
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
        let (base, fails) = (self.base(cell), self.failures.get(&cell).map(|(_, reason)| reason.as_str()));
        let (verdict, reason) = match fails {
            _ if !sound && !result.outcome.is_failure() => (GateVerdict::NotReached, Some(TURN.to_owned())),
            fails if !sound => (GateVerdict::Failed, Some(self.failure(result, cell, fails))),
            Some(reason) if base.never() => (GateVerdict::NoBase, Some(format!("the base fails: {reason}"))),
            fails => {
                let (verdict, open) = match time.verdict {
                    RuleVerdict::Confirmed => (GateVerdict::Confirmed, None),
                    RuleVerdict::Cleared => (GateVerdict::Cleared, None),
                    // Nobody waited for more pairs.
                    _ if base.hopeless() => (GateVerdict::Undecided, None),
                    RuleVerdict::Suspect => (GateVerdict::Undecided, Some(UNCERTAIN)),
                    RuleVerdict::NotReached => (GateVerdict::NotReached, Some(TURN)),
                };
                let fails = fails.map(|reason| {
                    format!("the base failed in {} of {} invocations: {reason}", base.failed, base.runs())
                });
                let reasons: Vec<String> = open.map(str::to_owned).into_iter().chain(fails).collect();
                (verdict, (!reasons.is_empty()).then(|| reasons.join("; ")))
            }
        };
        AgainstCell {
            cell,
            verdict,
            slowdown: time.change.map(|interval| interval.estimate.exp()),
            ci95: time.change.map(ratio::ends),
            pairs: u32::try_from(time.pairs).unwrap_or(u32::MAX),
            p: time.p,
            max_slowdown: budget.max_slowdown,
            reason,
            other_answers: self.other_answers(cell).filter(|_| sound),
            memory: memory(&weight, budget.max_memory),
        }
    }

    fn base(&self, cell: usize) -> BaseRuns {
        self.bases.get(&cell).copied().unwrap_or_default()
    }

    /// Returns the answers of base and new where they differ.
    fn other_answers(&self, cell: usize) -> Option<[String; 2]> {
        let [base, new] =
            [true, false].map(|base| self.checksums.get(&(cell, base)).filter(|it| !it.is_empty()));
        let shown = |seen: &BTreeSet<String>| seen.iter().cloned().collect::<Vec<_>>().join(", ");
        base.zip(new).filter(|(base, new)| base != new).map(|(base, new)| [shown(base), shown(new)])
    }

    /// What the cell died of, and whether its base does, too.
    fn failure(&self, result: &CellResult, cell: usize, base: Option<&str>) -> String {
        let own = result.reason.as_deref().unwrap_or("it failed");
        match base {
            Some(reason) => format!("{own}; the base fails, too: {reason}"),
            None if self.base(cell).sound > 0 => format!("{own}; the base completes"),
            None => format!("{own}; its base wasn't run"),
        }
    }
}

fn memory(judged: &Judged, max_memory: f64) -> Option<AgainstMemory> {
    Some(AgainstMemory {
        verdict: match judged.verdict {
            RuleVerdict::Confirmed => GateVerdict::Confirmed,
            RuleVerdict::Cleared => GateVerdict::Cleared,
            RuleVerdict::Suspect => GateVerdict::Undecided,
            RuleVerdict::NotReached => return None,
        },
        growth: judged.estimate?.exp(),
        ci95: judged.change.map(ratio::ends),
        pairs: u32::try_from(judged.pairs).unwrap_or(u32::MAX),
        p: judged.p,
        max_memory,
    })
}
