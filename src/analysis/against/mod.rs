//! What `run --against` found: the cells beside their base, from blocks of the two alone.

mod types;

use std::collections::BTreeMap;

use crate::record::{Invocation, Outcome, RunInfo, Side};
use crate::stats::gate::{Gated, Judged, Verdict, judge};
use crate::stats::{Pass, pair_value};

use super::roles::Roles;
pub use types::*;

/// The counted passes of two that were alive together: base and new, or reference and workload.
pub(super) type Sides = [Option<Vec<Pass>>; 2];

/// The two sides' blocks while they stream by.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// By block: the cell, and the counted passes of base and new.
    blocks: BTreeMap<u64, (usize, Sides)>,
    /// The base side's first failure, by cell.
    failures: BTreeMap<usize, (u64, String)>,
    /// By cell and side: the checksum that was seen first.
    checksums: BTreeMap<(usize, bool), String>,
}

impl Gate {
    /// Takes an invocation of kind `Against`; `objection` says what is wrong with what it ran.
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
        if let Some(block) = invocation.block.filter(|_| sound) {
            let sides = &mut self.blocks.entry(block).or_insert((cell, [None, None])).1;
            sides[usize::from(!base)].get_or_insert_with(|| invocation.counted_passes());
        }
    }

    /// `None` where the run was held against nothing. `sound` says whether a cell completed.
    pub fn results(
        self,
        run: &RunInfo,
        roles: &Roles,
        sound: impl Fn(usize) -> bool,
    ) -> Option<AgainstResult> {
        let against = run.against.as_ref()?;
        let mut pairs: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for (cell, sides) in self.blocks.values() {
            // A pair's value is above 0 where the second is faster: base over new is a slowdown's log.
            if let [Some(base), Some(new)] = sides
                && let Some(value) = pair_value(new, base)
            {
                pairs.entry(*cell).or_default().push(value);
            }
        }
        let budgets: Vec<(usize, f64)> =
            against.cells.iter().filter_map(|one| Some((roles.find(&one.cell)?, one.max_slowdown))).collect();
        // What failed is no comparison, and takes no share of the others' level.
        let counts = |cell: usize| sound(cell) && !self.failures.contains_key(&cell);
        let values = |cell: usize| pairs.get(&cell).filter(|_| counts(cell)).map_or(&[][..], Vec::as_slice);
        let gated: Vec<Gated<'_>> = budgets
            .iter()
            .map(|(cell, max_slowdown)| Gated { pairs: values(*cell), max_slowdown: *max_slowdown })
            .collect();
        let judged = judge(&gated, true);
        let cells = budgets
            .iter()
            .zip(judged)
            .map(|((cell, max_slowdown), judged)| {
                let failure = self.failures.get(cell).map(|(_, reason)| reason.as_str());
                self.one(*cell, *max_slowdown, judged, sound(*cell), failure)
            })
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
        })
    }

    fn one(
        &self,
        cell: usize,
        max_slowdown: f64,
        judged: Judged,
        sound: bool,
        failure: Option<&str>,
    ) -> AgainstCell {
        let (verdict, mut reason) = match (sound, failure) {
            (false, _) => (GateVerdict::Failed, Some("the cell itself failed".to_owned())),
            (true, Some(reason)) => (GateVerdict::NoBase, Some(format!("the base fails: {reason}"))),
            (true, None) => match judged.verdict {
                Verdict::Confirmed => (GateVerdict::Confirmed, None),
                Verdict::Cleared => (GateVerdict::Cleared, None),
                Verdict::Suspect => (
                    GateVerdict::Undecided,
                    Some("the budget ended before it was certain; give a larger `--budget`".to_owned()),
                ),
                Verdict::NotReached => {
                    (GateVerdict::NotReached, Some("the budget ended before its turn".to_owned()))
                }
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
            slowdown: judged.slowdown.map(|interval| interval.estimate.exp()),
            ci95: judged.slowdown.map(|interval| [interval.low.exp(), interval.high.exp()]),
            pairs: u32::try_from(judged.pairs).unwrap_or(u32::MAX),
            p: judged.p,
            max_slowdown,
            reason,
        }
    }
}
