//! The ten-second reading: what was found, or in one line why nothing was and what to do about it.

use crate::analysis::{Advice, CellResult};

use super::format;
use super::view::View;

/// More would be no answer to "how much longer".
const MOST_BUDGETS: f64 = 50.0;

/// A spread of which no figure is worth telling.
const HARDLY: f64 = 0.5;

pub(super) struct Verdict<'a> {
    /// Where nothing, or not everything, could be answered: why, and what to do about it. Comes after what was.
    pub alert: Option<String>,
    pub findings: Vec<&'a Advice>,
    /// Questions without an answer, each with what stands in its way.
    pub open: Vec<&'a Advice>,
}

pub(super) fn verdict<'a>(view: &'a View<'_>) -> Verdict<'a> {
    let (open, findings): (Vec<&Advice>, Vec<&Advice>) = view.advice.iter().partition(|advice| advice.open);
    let alert = alert(view, findings.len(), open.len());
    Verdict { alert, findings, open }
}

fn alert(view: &View<'_>, findings: usize, open: usize) -> Option<String> {
    let measured = view.cells.iter().filter(|cell| cell.has_numbers()).count();
    if measured == 0 {
        let why = if view.counts.failed > 0 { "every cell that ran failed" } else { "no cell was measured" };
        return Some(format!("nothing was measured well enough to advise on: {why}"));
    }
    let remedy = remedy(view);
    match (findings, open) {
        (0, 0) => {
            Some("nothing was measured that could be compared: add a mode or an interpreter".to_owned())
        }
        (0, _) => Some(format!("nothing is settled: {remedy}")),
        (_, 0) => None,
        (_, n) => Some(format!("{} open for want of precision: {remedy}", format::count(n, "question"))),
    }
}

/// `too noisy for ±5 %; give it about 6 times the budget, or an idle machine`.
fn remedy(view: &View<'_>) -> String {
    let wanted = format::percent(view.precision);
    let busy = view.host.busy_cpus.filter(|busy| *busy >= 0.25);
    let mut widths: Vec<f64> = view.cells.iter().filter_map(half_width).collect();
    widths.sort_by(f64::total_cmp);
    let Some(&typical) = widths.get(widths.len() / 2) else {
        let first = busy.map(|busy| format!("stop what kept {} CPUs busy, then ", format::cores(busy)));
        let first = first.unwrap_or_default();
        return format!(
            "too few process pairs to say anything to ±{wanted}; {first}give it a larger `--budget`"
        );
    };
    // The half-width shrinks with the root of the number of pairs.
    let times = (typical / view.precision.max(1e-9)).powi(2);
    let budget = match times {
        t if !t.is_finite() || t > MOST_BUDGETS => "a much larger `--budget`".to_owned(),
        t if t > 1.5 => format!("about {:.0} times the `--budget`", t.ceil()),
        _ => "a larger `--budget`".to_owned(),
    };
    let spread = format::percent(((typical.exp() - 1.0) * 100.0).round() / 100.0);
    // On a busy machine no budget helps as much as peace does.
    let advice = match busy {
        Some(busy) => {
            format!("others kept {} CPUs busy: stop them, then give it {budget}", format::cores(busy))
        }
        None => format!("give it {budget}, fewer cells, or an idle machine"),
    };
    match typical.exp() - 1.0 > HARDLY {
        true => format!("ratios are hardly known, let alone to ±{wanted}; {advice}"),
        false => format!("ratios are known to about ±{spread}, not ±{wanted}; {advice}"),
    }
}

/// Half of an unsettled ratio's 95 % interval, as a logarithm.
fn half_width(cell: &CellResult) -> Option<f64> {
    let speedup = cell.speedup.as_ref().filter(|speedup| !speedup.settled && cell.has_numbers())?;
    let [low, high] = speedup.ci95?;
    let half = (high / low).ln() / 2.0;
    half.is_finite().then_some(half)
}
