//! The fastest way to do it here.

use crate::analysis::Advice;

use super::words::{self, AdviceView, WARM, interval};

pub(super) fn advise(view: &AdviceView<'_>, workload: &str) -> Option<Advice> {
    let all = view.candidates(workload, |_| true);
    let say = |text: String, evidence: Vec<usize>, doubts: Vec<String>, open: bool| {
        Some(words::say(workload, &text, evidence, doubts, open))
    };
    // The baseline itself is settled by definition: alone it is no finding.
    let measured = |cell: &usize| {
        view.settled(*cell) && view.cell(*cell).speedup.as_ref().is_some_and(|found| found.pairs > 0)
    };
    let best = view.best_settled(&all).filter(|_| all.iter().any(measured));
    let hidden = best.map_or_else(Vec::new, |best| view.may_be_faster(&all, best));
    let Some(best) = best.filter(|best| measured(best) || hidden.is_empty()) else {
        let maybe = view.may_exceed(&all, 1.0);
        if maybe.is_empty() {
            return None;
        }
        let text = format!("can't say what is fastest; unsettled: {}", view.unsettled_list(&maybe));
        return say(text, maybe, Vec::new(), true);
    };
    let faster = view.surely_faster(&all, best, WARM);
    if let Some(text) = view.beyond_the_settled(&faster, WARM) {
        return say(format!("can't say what is fastest: {text}"), faster, Vec::new(), true);
    }
    let speedup = view.cell(best).speedup.as_ref()?;
    let baseline = format!("single on {}", view.results.baseline);
    let text = match speedup.ci95.filter(|_| speedup.pairs > 0) {
        Some(ci95) => {
            let (name, ratio) = (view.name(best), speedup.ratio);
            format!("fastest here is {name}, {ratio:.2}× as fast as {baseline} ({})", interval(ci95))
        }
        None => format!("nothing measured is faster than {baseline}"),
    };
    let mut doubts = Vec::new();
    let settled = all.iter().copied().filter(|cell| *cell != best && view.settled(*cell));
    let close: Vec<String> = settled
        .filter(|cell| view.compare(best, *cell).is_some_and(|found| !found.differs()))
        .take(3)
        .map(|cell| view.name(cell))
        .collect();
    if !close.is_empty() {
        doubts.push(format!("no difference shown from {}", close.join(", ")));
    }
    if !hidden.is_empty() {
        doubts.push(format!("unsettled and perhaps faster: {}", view.unsettled_list(&hidden)));
    }
    if let Some(total) =
        view.cell(best).speedup_total.as_ref().filter(|total| total.ratio < 1.0 && total.pairs > 0)
    {
        doubts.push(format!("started cold, once, it is no gain: {:.2}× of {baseline}", total.ratio));
    }
    say(text, vec![best], doubts, false)
}
