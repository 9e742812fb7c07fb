//! Time of one warm pass per mode and interpreter, with its 95 % interval.

use crate::analysis::CellResult;

use super::super::format;
use super::super::view::View;
use super::super::wording::mark;
use super::Chart;
use super::bars::{self, Bar, Content};
use super::frame::{Axis, Heading, JOIN, Sheet};

pub(super) const CHART: Chart = Chart { name: "time", label: "time", title, draw };

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let panels = bars::panels(view, |cell| {
        let Some(wall) = cell.wall_ns.as_ref() else {
            let text = "measured alone only, not compared".to_owned();
            return Some(Content::Note { text, failed: false });
        };
        let settled = view.time_settled(cell);
        let interval = wall.ci95.map_or_else(String::new, |ci| format!(", 95 % {}", format::ns_interval(ci)));
        let processes = format::count(cell.invocations as usize, "process");
        Some(Content::Bar(Bar {
            parts: vec![(wall.median as f64, 1.0)],
            interval: wall.ci95.map(|ci| ci.map(|end| end as f64)),
            hollow: !settled,
            text: format!("{}{}", mark(settled), format::ns(wall.median)),
            hover: format!("{}{interval}, {processes}", format::ns(wall.median)),
            ..Bar::default()
        }))
    });
    let mut subtitle =
        "time of one warm pass over all tasks, shorter is better; whiskers: 95 % interval of the median (without an end bar: cut off)"
            .to_owned();
    if view.cells.iter().any(|cell| cell.wall_ns.is_some() && !view.time_settled(cell)) {
        let precision = format::percent(view.precision);
        subtitle.push_str(&format!("; hollow and ~: the time itself is not known to ±{precision}"));
    }
    bars::draw(&Heading::new(sheet, &subtitle), &panels, Axis::Nanoseconds)
}

/// `fib is fastest with 3.13 mp×2 at 197 ms; no clear winner on matmul (4 overlap)`.
fn title(view: &View<'_>) -> Option<String> {
    let mut claims = Vec::new();
    let mut open = Vec::new();
    for workload in view.workload_names() {
        match fastest(view, workload) {
            Some(Lead::Told(claim)) => claims.push(claim),
            Some(Lead::Open(level)) => open.push(format!("{workload} ({level} overlap)")),
            None => {}
        }
    }
    if !open.is_empty() {
        claims.push(format!("no clear winner on {}", open.join(", ")));
    }
    // The picture shows one number of workers: where another one is faster, the claim says so.
    let best = |workload: &str, wanted: &dyn Fn(&CellResult) -> bool| {
        let cells = view.cells_of(workload).filter(|cell| cell.has_numbers() && wanted(cell));
        cells.filter_map(|cell| Some(cell.wall_ns.as_ref()?.median)).min()
    };
    let beaten =
        view.workload_names().iter().any(|w| best(w, &|_| true) < best(w, &|cell| view.in_focus(cell)));
    let head = if beaten { format!("With pools of {}, ", view.focus_workers()) } else { String::new() };
    (!claims.is_empty()).then(|| format!("{head}{}", claims.join(JOIN)))
}

/// Who is first on a workload.
enum Lead {
    Told(String),
    /// So many whose intervals overlap.
    Open(usize),
}

/// By the ratios, which are formed between neighbours in time, not by the times.
fn fastest(view: &View<'_>, workload: &str) -> Option<Lead> {
    let cells = view.cells_of(workload).filter(|cell| cell.has_numbers() && view.in_focus(cell));
    // Without an interval nobody leads, and nobody is excluded.
    let mut rated: Vec<(&CellResult, f64, Option<[f64; 2]>)> = cells
        .filter_map(|cell| Some((cell, cell.speedup.as_ref()?.ratio, cell.speedup.as_ref()?.ci95)))
        .collect();
    rated.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (best, _, ends) = *rated.iter().find(|(_, _, ends)| ends.is_some())?;
    let low = ends.map_or(0.0, |ends| ends[0]);
    let level: Vec<&CellResult> = rated
        .iter()
        .filter(|(cell, _, ends)| !std::ptr::eq(*cell, best) && ends.is_none_or(|ends| ends[1] >= low))
        .map(|(cell, ..)| *cell)
        .collect();
    let time = |cell: &CellResult| {
        let wall = cell.wall_ns.as_ref().map_or(format::NONE.to_owned(), |wall| format::ns(wall.median));
        format!("{} at {wall}", view.who(cell))
    };
    Some(match level.as_slice() {
        [] if best.is_settled() => Lead::Told(format!("{workload} is fastest with {}", time(best))),
        [] => Lead::Told(format!("{workload} looks fastest with {}", time(best))),
        [other] => {
            Lead::Told(format!("{workload}: {} and {} lead, not to be told apart", time(best), time(other)))
        }
        others => Lead::Open(others.len() + 1),
    })
}
