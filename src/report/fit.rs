//! Whether a function is fit to be parallel, in words.

use super::format;
use crate::analysis::{Best, CellResult, Finding, Fit, Results};

/// One line each; the best way first, then what stands in the way.
pub(crate) fn lines(results: &Results, fit: &Fit<'_>) -> Vec<String> {
    let mut lines: Vec<String> = fit.best.iter().flat_map(|best| pays(&results.baseline, best)).collect();
    lines.extend(fit.findings.iter().map(text));
    lines
}

fn pays(baseline: &str, best: &Best<'_>) -> Vec<String> {
    let (name, single) = (name(best.cell), format!("single on {baseline}"));
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
        let (ours, theirs) = (format::bytes(ours), format::bytes(theirs));
        format!("{name} takes {ours} of memory at its peak, {single} {theirs}")
    }));
    lines
}

fn text(finding: &Finding<'_>) -> String {
    let reason = |cell: &CellResult| cell.reason.clone().unwrap_or_default();
    match finding {
        Finding::ReleasesGil { cell, ratio } => format!(
            "releases the GIL already, or waits: {} are {} as fast as one, so it doesn't take a free-threaded Python",
            name(cell),
            format::ratio(*ratio)
        ),
        Finding::Contends { cell, ratio, processes } => format!(
            "threads don't help even without the GIL: {} are {} as fast as one, as many processes {}; its calls wait for something they share",
            name(cell),
            format::ratio(*ratio),
            format::ratio(*processes)
        ),
        Finding::NoGain { cell, ratio, processes } => format!(
            "threads don't help even without the GIL: {} are {} as fast as one{}",
            name(cell),
            format::ratio(*ratio),
            match processes {
                Some(other) => format!(
                    ", and as many processes {}: the machine had no CPU left for a second worker, or calls are too short to be handed out",
                    format::ratio(*other)
                ),
                None => "; no processes were measured beside them to tell calls that wait for each other from a full machine".to_owned(),
            }
        ),
        Finding::OtherResults { cells } => {
            let alone = cells.iter().any(|cell| cell.workers == 1);
            let why = if alone {
                "the results differ from one process or interpreter to the next, so no way of running it can be proved right"
            } else {
                "the results differ from single's; it changes state that its calls share, or that each process has a copy of"
            };
            format!("not fit for {}: {why}", list(cells))
        }
        Finding::Fails { cells } => {
            let reason = cells.first().map(|cell| reason(cell)).unwrap_or_default();
            format!("fails in {}: {}", list(cells), format::clip(&reason, 160))
        }
        Finding::NotPicklable { cell } => format::clip(&reason(cell), 200),
        Finding::GilBack { cell } => {
            format!("not fit for {} yet: {}", name(cell), format::clip(&reason(cell), 220))
        }
    }
}

/// The first few, and how many more.
fn list(cells: &[&CellResult]) -> String {
    let rest = cells.len().saturating_sub(4);
    let rest = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    format!("{}{rest}", cells.iter().take(4).map(|cell| name(cell)).collect::<Vec<_>>().join(", "))
}

fn name(cell: &CellResult) -> String {
    format!("{} on {}", cell.short(false), cell.interpreter)
}
