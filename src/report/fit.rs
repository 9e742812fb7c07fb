//! Whether a function is fit to be parallel, in words.

use super::format;
use crate::analysis::{Best, CellResult, Finding, Fit, Results};

/// One line each; the best way first, then what stands in the way.
pub(crate) fn lines(results: &Results, fit: &Fit) -> Vec<String> {
    let mut lines: Vec<String> = fit.best.iter().flat_map(|best| pays(results, best)).collect();
    lines.extend(fit.findings.iter().map(|finding| text(results, finding)));
    lines
}

fn pays(results: &Results, best: &Best) -> Vec<String> {
    let Some(cell) = results.cells.get(best.cell) else { return Vec::new() };
    let (name, single) = (name(cell), format!("single on {}", results.baseline));
    let mut lines = Vec::new();
    if let (Some(calls), Some(extra)) = (best.pays_from(), best.extra_ns) {
        let saved = format::ns_f64(best.saved_ns);
        lines.push(match extra {
            extra if extra > 0 => format!(
                "to be worth it, {name} needs about {} in a row: starting and ending it costs {} more than {single}, and each call saves {saved}",
                format::count(calls as usize, "call"),
                format::ns(extra.unsigned_abs())
            ),
            _ => format!("{name} pays from the first call on: each saves {saved}, and starting it costs no more"),
        });
    }
    lines.extend(best.memory.map(|(ours, theirs)| {
        format!(
            "{name} takes {} of memory at its peak, {single} {}",
            format::bytes(ours),
            format::bytes(theirs)
        )
    }));
    lines
}

fn text(results: &Results, finding: &Finding) -> String {
    let cell = |index: &usize| results.cells.get(*index);
    let named = |index: &usize| cell(index).map(name).unwrap_or_default();
    let reason = |index: &usize| cell(index).and_then(|cell| cell.reason.clone()).unwrap_or_default();
    match finding {
        Finding::ReleasesGil { cell, ratio } => format!(
            "releases the GIL already, or waits: {} are {} as fast as one, so it doesn't take a free-threaded Python",
            named(cell),
            format::ratio(*ratio)
        ),
        Finding::Contends { cell, ratio } => format!(
            "threads don't help even without the GIL: {} are {} as fast as one; its calls wait for something they share, or are too short to be handed out",
            named(cell),
            format::ratio(*ratio)
        ),
        Finding::OtherResults { cells } => {
            let alone = cells.iter().any(|index| cell(index).is_some_and(|cell| cell.workers == 1));
            let why = if alone {
                "the results differ from one process or interpreter to the next, so no way of running it can be proved right"
            } else {
                "the results differ from single's; it changes state that its calls share, or that each process has a copy of"
            };
            format!("not fit for {}: {why}", list(cells.iter().map(named)))
        }
        Finding::Fails { cells } => {
            let reason = cells.first().map(reason).unwrap_or_default();
            format!("fails in {}: {}", list(cells.iter().map(named)), format::clip(&reason, 160))
        }
        Finding::NotPicklable { cell } => format!(
            "not fit for processes: what it takes or returns can't be pickled ({})",
            format::clip(cause(&reason(cell)), 120)
        ),
        Finding::GilBack { cell } => {
            format!("not fit for {} yet: {}", named(cell), format::clip(&reason(cell), 160))
        }
    }
}

/// A pool that can't send a result back quotes it first, and says at the end what the matter is.
fn cause(reason: &str) -> &str {
    reason
        .split_once("Reason: '")
        .map_or(reason, |(_, cause)| cause.rsplit_once('\'').map_or(cause, |(cause, _)| cause))
}

/// The first few, and how many more.
fn list(names: impl ExactSizeIterator<Item = String>) -> String {
    let rest = names.len().saturating_sub(4);
    let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    format!("{}{rest}", names.take(4).collect::<Vec<_>>().join(", "))
}

fn name(cell: &CellResult) -> String {
    format!("{} on {}", cell.short(false), cell.interpreter)
}
