//! Rule 2: a wrong answer is not fast. All interpreters and modes of a workload must agree.

use std::collections::BTreeMap;

use crate::record::{Outcome, RunInfo};

use super::tally::Tally;
use crate::pairing::Roles;

/// Marks the cells whose answers differ from the workload's reference: what the baseline's `single`
/// gave, unless no other cell agrees with it while at least two others agree among themselves; then
/// what most cells gave. Where neither exists, nobody can be called right and all are marked.
pub(super) fn judge(run: &RunInfo, roles: &Roles, tallies: &mut [Tally]) {
    for cells in comparable(run, tallies) {
        let votes = votes(&cells, tallies);
        if votes.len() < 2 {
            continue;
        }
        let base = cells.first().and_then(|cell| roles.base[*cell]).filter(|base| cells.contains(base));
        let reference = reference(base, &votes, tallies);
        for cell in cells {
            let wrong = tallies[cell]
                .checksums
                .iter()
                .filter(|(checksum, _)| reference.as_ref() != Some(checksum))
                .min_by_key(|(_, id)| *id)
                .cloned();
            let Some((checksum, id)) = wrong else { continue };
            let reason = match (&reference, base) {
                (Some(right), Some(base))
                    if tallies[base].checksums.iter().any(|(seen, _)| seen == right) =>
                {
                    format!("checksum `{checksum}`, where {} gives `{right}`", run.plan.cells[base].cell)
                }
                (Some(right), _) => format!("checksum `{checksum}`, where most cells give `{right}`"),
                (None, _) => format!("checksum `{checksum}`, and no two cells agree on another"),
            };
            tallies[cell].fail(id, Outcome::ChecksumMismatch, reason);
        }
    }
}

/// Cells that must agree: those of a workload, and where its tasks grow with the workers, of one number
/// of workers.
fn comparable(run: &RunInfo, tallies: &[Tally]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<(usize, u32), Vec<usize>> = BTreeMap::new();
    for (index, planned) in run.plan.cells.iter().enumerate() {
        let cell = &planned.cell;
        let workload = run.matrix.workloads.iter().position(|workload| workload.name == cell.workload);
        let Some(workload) = workload.filter(|_| !tallies[index].checksums.is_empty()) else { continue };
        let workers = if run.matrix.workloads[workload].weak() { cell.workers } else { 0 };
        groups.entry((workload, workers)).or_default().push(index);
    }
    groups.into_values().collect()
}

/// How many cells gave each checksum and no other.
fn votes(cells: &[usize], tallies: &[Tally]) -> BTreeMap<String, usize> {
    let mut votes = BTreeMap::new();
    for cell in cells {
        let checksums = &tallies[*cell].checksums;
        for (checksum, _) in checksums {
            *votes.entry(checksum.clone()).or_default() += usize::from(checksums.len() == 1);
        }
    }
    votes
}

fn reference(base: Option<usize>, votes: &BTreeMap<String, usize>, tallies: &[Tally]) -> Option<String> {
    let most = votes.values().copied().max().unwrap_or(0);
    let mut leaders = votes.iter().filter(|(_, count)| **count == most).map(|(checksum, _)| checksum.clone());
    let leader = leaders.next().filter(|_| leaders.next().is_none() && most >= 2);
    let said = base.and_then(|base| tallies[base].checksum());
    match said {
        Some(said) if votes.get(&said).copied().unwrap_or(0) >= 2 || leader.is_none() => Some(said),
        _ => leader,
    }
}
