//! What a comparison of stored runs could have shown, had it been there: "nothing changed" says no more than that.

use super::time::Slowdown;
use crate::analysis::CellResult;

/// `allowed` is what a cell may lose, `level` the chance of an alarm over all of them.
pub(super) fn notes(
    timed: &[(&CellResult, Slowdown)],
    allowed: impl Fn(&CellResult) -> f64,
    level: f64,
    same_reference: bool,
    baseline: &str,
) -> Vec<String> {
    if timed.is_empty() {
        return Vec::new();
    }
    let level = level / timed.len() as f64;
    // Where all are unchanged but one, Holm's first step decides about it.
    let shown = |(cell, slowdown): &(&CellResult, Slowdown)| {
        (slowdown.log.half_width(level).exp_m1().max(allowed(cell)), cell.to_string())
    };
    let range = |absolute: bool| {
        let some = timed.iter().filter(|(_, slowdown)| slowdown.absolute == absolute).map(shown);
        let some: Vec<(f64, String)> = some.collect();
        let least = some.iter().min_by(|a, b| a.0.total_cmp(&b.0))?.clone();
        let most = some.iter().max_by(|a, b| a.0.total_cmp(&b.0))?.clone();
        Some((some.len(), least, most))
    };
    let text = |(count, (low, first), (high, last)): &(usize, (f64, String), (f64, String))| {
        let low = per_cent(*low);
        match count {
            1 => format!("{low} ({first})"),
            _ => format!("{low} ({first}), at worst {} ({last})", per_cent(*high)),
        }
    };
    let mut notes = Vec::new();
    if let Some(found) = range(false) {
        notes.push(format!("the smallest slowdown these runs could show: {}", text(&found)));
    }
    if let Some(found) = range(true) {
        let why = match same_reference {
            false => format!(
                "the baseline interpreter {baseline} isn't the same program on both sides, so nothing that both runs have in common was measured"
            ),
            true => format!(
                "{} of {} cells have no reference in common (a run of up to a minute measures none, an older one neither, a short one too few)",
                found.0,
                timed.len()
            ),
        };
        let seen = text(&found);
        notes.push(format!(
            "{why}: their times are compared as they are, and the smallest slowdown that could be told from the machine's: {seen}"
        ));
    }
    let cells = if timed.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", timed.len()) };
    notes.push(format!(
        "intervals are each cell's own; what counts as changed is decided at 1 % over all {cells} (Holm)"
    ));
    notes
}

fn per_cent(share: f64) -> String {
    match share * 100.0 {
        huge if huge >= 1e4 => "none".to_owned(),
        share => format!("+{share:.0} %"),
    }
}
