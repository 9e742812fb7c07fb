//! What free threading costs one thread: a free-threaded `single` over its GIL twin's.

use crate::analysis::results::Advice;

use super::words::{Kind, View, interval};

pub(super) fn advise(view: &View<'_>, workload: &str) -> Vec<Advice> {
    let free = view.candidates(workload, |cell| view.free_threaded(cell) && view.kind(cell) == Kind::Single);
    free.into_iter().filter_map(|cell| one(view, workload, cell)).collect()
}

fn one(view: &View<'_>, workload: &str, free: usize) -> Option<Advice> {
    let facts = view.facts(&view.cell(free).interpreter)?;
    let twins = view.candidates(workload, |cell| {
        let other = view.facts(&view.cell(cell).interpreter);
        view.kind(cell) == Kind::Single
            && !view.free_threaded(cell)
            && other.is_some_and(|other| {
                other.implementation == facts.implementation && other.minor() == facts.minor()
            })
    });
    let exact =
        |cell: &usize| view.facts(&view.cell(*cell).interpreter).is_some_and(|f| f.version == facts.version);
    let twin = twins.iter().copied().find(exact).or_else(|| twins.first().copied())?;
    let (name, other) = (&view.cell(free).interpreter, &view.cell(twin).interpreter);
    let mut doubts = Vec::new();
    let other_facts = view.facts(other)?;
    if other_facts.version != facts.version {
        doubts.push(format!("the versions differ: {} and {}", facts.version, other_facts.version));
    }
    doubts.extend(view.unlike(name, other));
    let found = view.compare(free, twin).filter(|found| found.settled);
    let open = found.is_none();
    let text = match found {
        Some(found) if found.differs() => {
            let (ratio, interval) = (found.ratio, interval(found.ci95));
            let price = if ratio < 1.0 { ": the price of free threading" } else { "" };
            format!(
                "{workload}: one thread on {name} runs {ratio:.2}× as fast as on {other} ({interval}){price}"
            )
        }
        Some(found) => {
            let interval = interval(found.ci95);
            format!(
                "{workload}: free threading costs one thread nothing that shows: {name} against {other} {:.2}× ({interval})",
                found.ratio
            )
        }
        None => {
            let list = view.unsettled_list(&[free]);
            format!("{workload}: can't say what free threading costs one thread; unsettled: {list}")
        }
    };
    Some(Advice { workload: Some(workload.to_owned()), text, evidence: vec![free, twin], doubts, open })
}
