//! How much of every added worker arrives: the speedup over the own `single`, divided by the workers.

use crate::analysis::CellResult;

use super::super::view::View;
use super::Chart;
use super::frame::Sheet;
use super::scaling::{Over, draw_rows, fit_note};

pub(super) const CHART: Chart = Chart { name: "efficiency", label: "efficiency", title, draw };

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let mut subtitle = "Speedup over the interpreter's own single, divided by the workers. Whiskers: 95 % interval (without an end bar: cut off). Dashed: ideal, each worker does as much as one alone. Grey bars: the machine's capacity.".to_owned();
    subtitle.push_str(&fit_note(view));
    if view.measured().any(|cell| !cell.is_settled()) {
        subtitle.push_str(" Hollow and ~: not settled.");
    }
    draw_rows(view, sheet, &subtitle, &[Over::Share])
}

/// `fib: a worker is worth 95 % of one alone with 3.13t threads×2, 50 % of one alone with 3.13 threads×2`.
fn title(view: &View<'_>) -> Option<String> {
    let workers = view.focus_workers;
    let workload = *view.workload_names.first()?;
    let mut shares: Vec<(&CellResult, f64)> = view
        .cells_of(workload)
        .filter(|cell| cell.workers == workers && workers > 1 && cell.has_numbers())
        .filter_map(|cell| Some((cell, cell.efficiency.filter(|share| share.is_finite())?)))
        .collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    let say = |(cell, share): &(&CellResult, f64)| {
        let about = if cell.speedup_self.as_ref().is_some_and(|s| s.settled) { "" } else { "about " };
        format!("{about}{:.0} % of one alone with {}", share * 100.0, view.who(cell))
    };
    let best = say(shares.first()?);
    let worst =
        shares.get(1..).and_then(<[_]>::last).map_or_else(String::new, |last| format!(", {}", say(last)));
    Some(format!("{workload}: a worker is worth {best}{worst}"))
}
