//! The question this tool was made for: do threads on a free-threaded Python beat multiprocessing here?

use crate::analysis::Advice;
use crate::analysis::cell_pairs::{Comparison, ComparisonSource};
use crate::cell::ModeKind;

use super::words::{self, AdviceView, interval};

pub(super) fn advise(view: &AdviceView<'_>, workload: &str) -> Option<Advice> {
    let threads = view
        .candidates(workload, |cell| view.free_threaded(cell) && view.kind(cell) == Some(ModeKind::Threads));
    let processes = view.candidates(workload, |cell| {
        !view.free_threaded(cell) && view.kind(cell) == Some(ModeKind::Processes)
    });
    if threads.is_empty() || processes.is_empty() {
        return None;
    }
    let say = |text: String, evidence: Vec<usize>, doubts: Vec<String>, open: bool| {
        Some(words::say(workload, &text, evidence, doubts, open))
    };
    let leaders = || Some((view.best_settled(&threads)?, view.best_settled(&processes)?));
    let Some((ours, theirs)) = met(view, workload, &threads, &processes).or_else(leaders) else {
        let side = if view.best_settled(&threads).is_none() { threads } else { processes };
        let list = view.unsettled_list(&side);
        let text = format!("can't say whether free-threaded threads beat multiprocessing; unsettled: {list}");
        return say(text, side, Vec::new(), true);
    };
    let (one, other) = (view.name(ours), view.name(theirs));
    let evidence = vec![ours, theirs];
    let Some(found) = view.compare(ours, theirs).filter(|found| found.settled || found.differs()) else {
        let text = format!("can't say whether {one} beats {other}: what is known of the two isn't settled");
        return say(text, evidence, Vec::new(), true);
    };
    let text = if found.differs() {
        faster_first(view, (ours, theirs), &found)
    } else {
        let memory = view.memory(ours, theirs).unwrap_or_default();
        let (ratio, interval) = (found.ratio, interval(found.ci95));
        format!("no difference shown between {one} and {other}: {ratio:.2}× ({interval}){memory}")
    };
    let mut doubts = Vec::new();
    if found.source == ComparisonSource::TwoSpeedups {
        doubts.push("from two speedups: the two never ran side by side".to_owned());
    }
    if !found.settled {
        doubts.push(format!("the direction is clear, its size is not settled after {} pairs", found.pairs));
    }
    let hidden: Vec<usize> =
        [view.may_be_faster(&threads, ours), view.may_be_faster(&processes, theirs)].concat();
    if !hidden.is_empty() {
        doubts.push(format!("unsettled and perhaps faster: {}", view.unsettled_list(&hidden)));
    }
    doubts.extend(view.unlike(workload, &view.cell(ours).interpreter, &view.cell(theirs).interpreter));
    say(text, evidence, doubts, false)
}

/// `mp×2 on 3.12 is 1.64× as fast as executor×2 on 3.13t (95 % 1.49 to 1.79) at the same memory`: what wins comes
/// first, and what loses against a plain loop is not sold as a win.
fn faster_first(view: &AdviceView<'_>, (ours, theirs): (usize, usize), found: &Comparison) -> String {
    let [low, high] = found.ci95;
    let (first, second, ratio, ci95) = if found.ratio >= 1.0 {
        (ours, theirs, found.ratio, found.ci95)
    } else {
        (theirs, ours, 1.0 / found.ratio, [1.0 / high, 1.0 / low])
    };
    let memory = view.memory(first, second).unwrap_or_default();
    let (winner, loser, interval) = (view.name(first), view.name(second), interval(ci95));
    let loses = |cell: usize| {
        let speedup = view.cell(cell).speedup.as_ref();
        speedup.and_then(|speedup| speedup.ci95).is_some_and(|[_, high]| high < 1.0)
    };
    let both = if loses(first) && loses(second) {
        format!("; both are slower than single on {}", view.results.baseline)
    } else {
        String::new()
    };
    format!("{winner} is {ratio:.2}× as fast as {loser} ({interval}){memory}{both}")
}

/// The two that met in blocks of their own, if that told something: better evidence than two speedups,
/// each over a third.
fn met(
    view: &AdviceView<'_>,
    workload: &str,
    threads: &[usize],
    processes: &[usize],
) -> Option<(usize, usize)> {
    let meetings = view.results.rivals.iter().filter(|meeting| meeting.workload == workload);
    let sides = meetings.filter_map(|meeting| {
        let (one, other) = (meeting.cell, meeting.against);
        [(one, other), (other, one)]
            .into_iter()
            .find(|(ours, theirs)| threads.contains(ours) && processes.contains(theirs))
    });
    sides
        .filter_map(|(ours, theirs)| Some(((ours, theirs), view.compare(ours, theirs)?)))
        .filter(|(_, found)| found.settled || found.differs())
        .max_by_key(|(_, found)| found.pairs)
        .map(|(sides, _)| sides)
}
