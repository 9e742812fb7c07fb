//! Rule 1: a cell proves what it ran.

use crate::record::{self, Asked, Invocation, Outcome, RunInfo, Side};

/// What is wrong with what a completed invocation says it ran; `None` if it is what was asked for.
pub(super) fn objection(run: &RunInfo, invocation: &Invocation) -> Option<(Outcome, String)> {
    let cell = &invocation.cell;
    let interpreters = match (&run.against, invocation.side) {
        (Some(against), Side::Base) => &against.interpreters,
        _ => &run.interpreters,
    };
    let interpreter = interpreters.iter().find(|known| known.name == cell.interpreter)?;
    let variant = run.matrix.variant(&cell.environment);
    let xoptions = variant.map_or(&[][..], |variant| variant.xoptions.as_slice());
    let python_gil = run.matrix.python_gil(&cell.environment);
    let facts = &interpreter.facts;
    let asked = Asked { facts, gil: record::wants_gil(facts, &interpreter.command, xoptions, python_gil) };
    // Links can't be followed on another machine; that all workers ran one program still shows.
    let first = invocation.workers.first().map(|worker| worker.executable.as_str());
    let is_program = |path: &str| Some(path) == first || facts.executable.to_str() == Some(path);
    record::objection(asked, invocation.gil, &invocation.workers, is_program)
}
