//! The verdict: a few sentences, each with its interval, its evidence and its doubts. Nothing is
//! advised from a cell that is unsettled or invalid; what stands in the way is said instead.

mod choices;
mod fastest;
mod single_thread;
mod threads_or_processes;
mod words;

use super::cell_pairs::CellPairs;
use super::figures::Choice;
use super::{Advice, Results};

/// For each workload: threads against processes, the fastest way, and what free threading costs one thread.
pub(super) fn all(results: &Results, pairs: &CellPairs) -> Vec<Advice> {
    let view = words::AdviceView::new(results, pairs);
    let mut advice = Vec::new();
    for workload in &results.workloads {
        advice.extend(threads_or_processes::advise(&view, &workload.name));
        advice.extend(fastest::advise(&view, &workload.name));
        advice.extend(single_thread::advise(&view, &workload.name));
    }
    advice
}

/// When to use what, by workload and situation.
pub(super) fn choices(results: &Results, pairs: &CellPairs) -> Vec<Choice> {
    choices::all(&words::AdviceView::new(results, pairs))
}
