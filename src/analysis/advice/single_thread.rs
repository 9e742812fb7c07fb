//! What free threading costs one thread, in words.

use crate::analysis::Advice;
use crate::analysis::figures::SingleThread;

use super::words::{self, AdviceView, interval};

pub(super) fn advise(view: &AdviceView<'_>, workload: &str) -> Vec<Advice> {
    let figures = view.results.single_thread.iter().filter(|figure| figure.workload == workload);
    figures.map(|figure| one(view, figure)).collect()
}

fn one(view: &AdviceView<'_>, figure: &SingleThread) -> Advice {
    let (name, other) = (&figure.interpreter, &figure.twin);
    let cost = figure.cost.filter(|_| figure.settled);
    let text = match cost.and_then(|cost| Some((cost, cost.ci95?))) {
        // As a speed, like every other ratio of the verdict.
        Some((cost, [low, high])) => {
            let (ratio, ends) = (1.0 / cost.value, [1.0 / high, 1.0 / low]);
            let interval = interval(ends);
            if ends[0] > 1.0 || ends[1] < 1.0 {
                let price = if ratio < 1.0 { ": the price of free threading" } else { "" };
                format!("one thread on {name} runs {ratio:.2}× as fast as on {other} ({interval}){price}")
            } else {
                format!(
                    "free threading costs one thread nothing that shows: {name} against {other} {ratio:.2}× ({interval})"
                )
            }
        }
        None => {
            let list = view.unsettled_list(&[figure.cell]);
            format!("can't say what free threading costs one thread; unsettled: {list}")
        }
    };
    let doubts = match figure.differences.as_slice() {
        [] => Vec::new(),
        all => vec![format!("not quite comparable: {}", all.join("; "))],
    };
    words::say(&figure.workload, &text, vec![figure.cell, figure.against], doubts, cost.is_none())
}
