//! Answers in words: the one place that says what to use. Every report prints these sentences as they are.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::cell::{Cell, PLAIN};
use crate::plan::Situation;

use super::{Answer, Gain, NamedCell, Results};

const MIB: f64 = (1u64 << 20) as f64;
/// Cells that are as good and named one by one.
const NAMED: usize = 3;
/// A regret from which on its size tells nothing but that too little was measured.
const AS_RATIO: f64 = 1.0;

/// The whole answer as one sentence.
pub(super) fn text(results: &Results, answer: &Answer) -> String {
    let Some(advice) = advice(results, answer) else { return nothing_to_compare(answer) };
    let names = Names { results, workload: &answer.workload };
    let gained = advice.gained.map_or_else(String::new, |gained| format!(": {gained}"));
    let memory = advice.memory.map_or_else(String::new, |memory| format!(", {memory}"));
    let mut parts = vec![format!("{}{}{gained}{memory}", situation(results, answer), advice.what)];
    if !answer.as_good.is_empty() {
        parts.push(as_good(&names, answer));
    }
    parts.push(advice.limit);
    parts.join("; ")
}

/// The parts of an answer's sentence that a picture has room for.
pub(crate) struct Advice {
    /// `use mp×2 on 3.12`, `stay with a plain loop on 3.13`.
    pub what: String,
    /// `1.80 times as fast as a plain loop on 3.13 (1.71 to 1.89)`; `None` where nothing changes.
    pub gained: Option<String>,
    /// `22 MiB`.
    pub memory: Option<String>,
    /// What may be lost by it, at most.
    pub limit: String,
}

/// Returns an answer's parts; `None` where it chooses nothing.
pub(crate) fn advice(results: &Results, answer: &Answer) -> Option<Advice> {
    let names = Names { results, workload: &answer.workload };
    let NamedCell(choice) = answer.choose.as_ref()?;
    let name = names.at(choice, answer.situation);
    let stays = answer.gain.as_ref().is_some_and(|gain| gain.over.0 == *choice);
    let verb = if stays && choice.is_single() { "stay with" } else { "use" };
    let gain = answer.gain.as_ref().filter(|_| !stays);
    Some(Advice {
        what: format!("{verb} {name}"),
        gained: gain.map(|gain| gained(&names, gain, answer.situation)),
        memory: answer.memory_bytes.map(|bytes| format!("{:.0} MiB", bytes as f64 / MIB)),
        limit: limit(answer, results.precision),
    })
}

/// Returns `a plain loop on 3.13`, `mp×2 on 3.13t`.
pub(crate) fn full_name(results: &Results, cell: &Cell) -> String {
    Names { results, workload: &cell.workload }.full(cell)
}

/// Names of cells as people say them.
struct Names<'a> {
    results: &'a Results,
    workload: &'a str,
}

impl Names<'_> {
    /// `a plain loop`, `mp×2`; of a command its environment; with the variant where the mode has several here.
    fn way(&self, cell: &Cell) -> String {
        if cell.is_command() {
            return cell.environment.clone();
        }
        if cell.is_single() {
            return "a plain loop".to_owned();
        }
        let of_mode = self.results.cells.iter().filter(|one| {
            one.workload == self.workload && one.mode == cell.mode && one.interpreter == cell.interpreter
        });
        let variants: BTreeSet<String> = of_mode.map(|one| one.variant().to_string()).collect();
        cell.short(variants.len() > 1)
    }

    fn full(&self, cell: &Cell) -> String {
        match cell.is_command() {
            true => cell.variant().after(&cell.interpreter, true),
            false => format!("{} on {}", self.way(cell), cell.interpreter),
        }
    }

    fn at(&self, cell: &Cell, situation: Situation) -> String {
        if situation == Situation::SameInterpreter { self.way(cell) } else { self.full(cell) }
    }
}

fn situation(results: &Results, answer: &Answer) -> String {
    match answer.situation {
        Situation::Warm => String::new(),
        Situation::SameInterpreter => format!("staying on {}: ", results.baseline),
        Situation::Cold => "started once, cold: ".to_owned(),
        Situation::Responsive => "for an event loop that must keep answering: ".to_owned(),
    }
}

fn gained(names: &Names<'_>, gain: &Gain, situation: Situation) -> String {
    let over = names.at(&gain.over.0, situation);
    let [low, high] = gain.ci95;
    let interval = match situation {
        Situation::Responsive => format!("({low:.0} to {high:.0})"),
        _ => format!("({low:.2} to {high:.2})"),
    };
    let ratio = gain.ratio;
    if situation == Situation::Responsive {
        return format!("its longest stall is {} with {over} {interval}", shorter(ratio));
    }
    if low <= 1.0 && high >= 1.0 {
        return format!("{low:.2} to {high:.2} times as fast as {over}, so perhaps no gain");
    }
    format!("{ratio:.2} times as fast as {over} {interval}")
}

fn shorter(ratio: f64) -> String {
    if ratio >= 1.0 {
        format!("{ratio:.1} times shorter than")
    } else {
        format!("{:.1} times longer than", 1.0 / ratio)
    }
}

/// `as good: threads×2 on 3.13 and 3.13t, executor×2 on 3.13t and 4 more`.
fn as_good(names: &Names<'_>, answer: &Answer) -> String {
    let of_command = answer.as_good.iter().any(|NamedCell(cell)| cell.is_command());
    let mut by_way: IndexMap<String, Vec<&str>> = IndexMap::new();
    for NamedCell(cell) in &answer.as_good {
        by_way.entry(names.way(cell)).or_default().push(&cell.interpreter);
    }
    let named = by_way.iter().take(NAMED).map(|(way, interpreters)| match answer.situation {
        Situation::SameInterpreter => way.clone(),
        _ if of_command && way == PLAIN => interpreters.join(", "),
        _ => format!("{way} on {}", interpreters.join(", ")),
    });
    let text = named.collect::<Vec<_>>().join(", ");
    match by_way.iter().skip(NAMED).map(|(_, interpreters)| interpreters.len()).sum::<usize>() {
        0 => format!("as good: {text}"),
        more => format!("as good: {text} and {more} more"),
    }
}

/// What may be lost by it, at most.
fn limit(answer: &Answer, precision: f64) -> String {
    let regret = answer.regret.unwrap_or_default();
    let others = if answer.as_good.is_empty() { "nothing else measured" } else { "nothing measured" };
    let verb = match answer.situation {
        Situation::Responsive => "stalls less by more than",
        _ => "can be faster by more than",
    };
    if answer.decided {
        return format!("{others} {verb} {}", percent(regret));
    }
    if regret <= precision {
        return format!(
            "nothing else {verb} {} so far, but too few processes were compared to be sure",
            percent(regret)
        );
    }
    match (answer.situation, regret >= AS_RATIO) {
        (_, true) => {
            "too few processes were compared to say by how much another way may be better".to_owned()
        }
        (Situation::Responsive, false) => {
            format!("not decided: another way may stall up to {} less", percent(regret))
        }
        (_, false) => format!("not decided: another way may be up to {} faster", percent(regret)),
    }
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 1.0 { "1 %".to_owned() } else { format!("{:.0} %", percent.ceil()) }
}

fn nothing_to_compare(answer: &Answer) -> String {
    let why = match answer.not_considered.first() {
        Some(first) => format!(": {}: {}", first.cell.0, first.reason),
        None => String::new(),
    };
    match answer.compared {
        0 => format!("no way gave times that can be compared{why}"),
        _ => format!("only one way was measured, so there is nothing to compare it with{why}"),
    }
}
