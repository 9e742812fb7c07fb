//! One figure over all workloads: the geometric mean of speedups (Fleming and Wallace, "How not to lie
//! with statistics", CACM 29 (1986)), its interval from the standard errors of the logs.

use crate::analysis::figures::{Figure, Overall};
use crate::analysis::ratio;
use crate::record::Outcome;
use crate::stats::{self, Estimated};

use super::Measured;

/// A line for each interpreter, mode, variant and number of workers, where the run has two workloads or
/// more that could count: those whose baseline completed and that aren't one size of several.
pub(super) fn all(evidence: Measured<'_>) -> Vec<Overall> {
    let cells = &evidence.results.cells;
    let based = |workload: &str| cells.iter().any(|cell| cell.workload == workload && cell.speedup.is_some());
    let workloads: Vec<String> = (evidence.results.workloads.iter())
        .filter(|workload| workload.sweep.is_none() && based(&workload.name))
        .map(|workload| workload.name.clone())
        .collect();
    if workloads.len() < 2 {
        return Vec::new();
    }
    let lines = evidence.alike(|cell| cell.of_all_workloads());
    lines.into_iter().filter_map(|line| one(evidence, &workloads, &line)).collect()
}

fn one(evidence: Measured<'_>, workloads: &[String], line: &[usize]) -> Option<Overall> {
    let cells = &evidence.results.cells;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for workload in workloads {
        match line.iter().copied().find(|cell| cells[*cell].workload == *workload) {
            Some(cell) if cells[cell].speedup.is_some() => found.push(cell),
            Some(cell) => missing.push(format!("{workload}: {}", why(cells[cell].outcome))),
            None => missing.push(format!("{workload}: not in the plan")),
        }
    }
    let first = &cells[*found.first()?];
    let ratios: Vec<f64> =
        found.iter().filter_map(|cell| Some(cells[*cell].speedup.as_ref()?.ratio)).collect();
    let share = 1.0 / workloads.len() as f64;
    let parts: Option<Vec<(f64, Estimated)>> =
        found.iter().map(|cell| Some((share, cells[*cell].speedup.as_ref()?.log()?))).collect();
    let interval = parts.and_then(|parts| stats::weighted_sum(&parts));
    let speedup = stats::geometric_mean(&ratios).filter(|_| missing.is_empty());
    Some(Overall {
        cell: first.of_all_workloads(),
        workloads: workloads.to_vec(),
        speedup: speedup.map(|value| Figure { value, ci95: interval.map(ratio::ends) }),
        settled: missing.is_empty()
            && found.iter().all(|cell| cells[*cell].speedup.as_ref().is_some_and(|s| s.settled)),
        missing,
        cells: found,
    })
}

fn why(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "never met its baseline",
        Outcome::Skipped => "skipped",
        Outcome::NotReached | Outcome::Cancelled => "not measured",
        _ => "failed",
    }
}
