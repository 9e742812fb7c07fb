//! The question this tool was made for: do threads on a free-threaded Python beat multiprocessing here?

use crate::analysis::compare::Source;
use crate::analysis::results::Advice;

use super::words::{self, Kind, View, interval};

pub(super) fn advise(view: &View<'_>, workload: &str) -> Option<Advice> {
    let threads =
        view.candidates(workload, |cell| view.free_threaded(cell) && view.kind(cell) == Kind::Threads);
    let processes =
        view.candidates(workload, |cell| !view.free_threaded(cell) && view.kind(cell) == Kind::Processes);
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
    let memory = view.memory(ours, theirs).unwrap_or_default();
    let (ratio, interval) = (found.ratio, interval(found.ci95));
    let text = if found.differs() {
        format!("{one} run {ratio:.2}× as fast as {other} ({interval}){memory}")
    } else {
        format!("no difference shown between {one} and {other}: {ratio:.2}× ({interval}){memory}")
    };
    let mut doubts = Vec::new();
    if found.source == Source::TwoSpeedups {
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
    doubts.extend(view.unlike(&view.cell(ours).interpreter, &view.cell(theirs).interpreter));
    say(text, evidence, doubts, false)
}

/// The two that met in blocks of their own, if that told something: better evidence than two speedups,
/// each over a third.
fn met(view: &View<'_>, workload: &str, threads: &[usize], processes: &[usize]) -> Option<(usize, usize)> {
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
