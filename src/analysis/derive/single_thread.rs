//! What free threading costs one thread: the time of a free-threaded `single` over its GIL twin's.

use crate::analysis::figures::{Figure, SingleThread};
use crate::interpreter::{Facts, Interpreter, difference_texts_for};
use crate::record::Outcome;

use super::Measured;

/// One line for each workload and free-threaded interpreter that has a twin in the run.
pub(super) fn all(evidence: Measured<'_>) -> Vec<SingleThread> {
    let singles: Vec<usize> = evidence
        .cells()
        // A command may have threads.
        .filter(|(_, cell)| cell.is_single() && !cell.is_command() && cell.outcome == Outcome::Completed)
        .map(|(index, _)| index)
        .collect();
    let free = singles.iter().filter(|cell| facts(evidence, **cell).is_some_and(Facts::free_threaded));
    free.filter_map(|cell| one(evidence, *cell, &singles)).collect()
}

fn interpreter(evidence: Measured<'_>, cell: usize) -> Option<&Interpreter> {
    evidence.results.interpreter(&evidence.results.cells[cell].interpreter)
}

fn facts(evidence: Measured<'_>, cell: usize) -> Option<&Facts> {
    interpreter(evidence, cell).map(|known| &known.facts)
}

fn one(evidence: Measured<'_>, cell: usize, singles: &[usize]) -> Option<SingleThread> {
    let cells = &evidence.results.cells;
    let (ours, workload) = (facts(evidence, cell)?, &cells[cell].workload);
    let is_twin = |theirs: &Facts| {
        !theirs.free_threaded()
            && theirs.implementation == ours.implementation
            && theirs.minor() == ours.minor()
    };
    let here = singles.iter().copied().filter(|other| cells[*other].workload == *workload);
    let twins: Vec<usize> = here.filter(|other| facts(evidence, *other).is_some_and(is_twin)).collect();
    let exact = |other: &usize| facts(evidence, *other).is_some_and(|it| it.version == ours.version);
    let twin = twins.iter().copied().find(exact).or_else(|| twins.first().copied())?;
    let (one, other) = (interpreter(evidence, cell)?, interpreter(evidence, twin)?);
    let mut differences = Vec::new();
    if one.facts.version != other.facts.version {
        differences.push(format!("the versions differ: {} and {}", one.facts.version, other.facts.version));
    }
    differences.extend(difference_texts_for(workload, one, other));
    let (name, precision) = (cells[twin].cell.to_string(), evidence.results.precision);
    let found = evidence.pairs.between(cell, twin, name, precision).filter(|found| found.ci95.is_some());
    Some(SingleThread {
        workload: workload.clone(),
        interpreter: one.name.clone(),
        cell,
        twin: other.name.clone(),
        against: twin,
        cost: found.as_ref().map(|found| Figure {
            value: 1.0 / found.ratio,
            ci95: found.ci95.map(|[low, high]| [1.0 / high, 1.0 / low]),
        }),
        settled: found.as_ref().is_some_and(|found| found.settled),
        pairs: found.map_or(0, |found| found.pairs),
        differences,
    })
}
