//! Which cells have a counterpart, and what each may lose.

use crate::cell::Cell;
use crate::matrix::Matrix;
use crate::plan::Plan;
use crate::record::{Against, Budgeted, Unmatched, UnmatchedKind};

/// Notes which of the cells that run the base has, too; `reason` says why it lacks one.
pub(super) fn cells(against: &mut Against, plan: &Plan, reason: impl Fn(&Cell) -> Option<String>) {
    for cell in plan.runnable() {
        match reason(cell) {
            None => against.cells.push(Budgeted { cell: cell.clone(), max_slowdown: 0.0, max_memory: 0.0 }),
            Some(reason) => against.unmatched.push(Unmatched {
                cell: cell.clone(),
                kind: UnmatchedKind::Appeared,
                reason,
            }),
        }
    }
}

/// Notes the cells that the base ran and the plan doesn't. They have vanished, unless a filter of the command line
/// leaves them out, another shard runs them, or their interpreter is gone.
pub(super) fn vanished<'a>(against: &mut Against, plan: &Plan, base: impl Iterator<Item = &'a Cell>) {
    use crate::plan::SkipKind;
    for cell in base {
        let planned = plan.cells.iter().find(|planned| planned.cell == *cell);
        let (kind, reason) = match planned.map(|planned| planned.skipped.as_ref()) {
            Some(None) => continue,
            Some(Some(skipped)) if matches!(skipped.kind, SkipKind::Filtered | SkipKind::OtherShard) => {
                continue;
            }
            Some(Some(skipped)) if skipped.kind == SkipKind::InterpreterMissing => {
                (UnmatchedKind::InterpreterMissing, skipped.reason.clone())
            }
            Some(Some(skipped)) => (UnmatchedKind::Vanished, skipped.reason.clone()),
            None => (UnmatchedKind::Vanished, "the matrix no longer has it".to_owned()),
        };
        against.unmatched.push(Unmatched { cell: cell.clone(), kind, reason });
    }
}

/// Sets what each cell may lose in time and gain in memory: by the matrix's `[[budget]]`, else by the command line.
pub(super) fn budgets(against: &mut Against, (max_slowdown, max_memory): (f64, f64), matrix: &Matrix) {
    for one in &mut against.cells {
        let (slowdown, memory) = matrix.budget(&one.cell);
        one.max_slowdown = slowdown.unwrap_or(max_slowdown);
        one.max_memory = memory.unwrap_or(max_memory);
    }
}
