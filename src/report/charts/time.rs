//! Time of one warm pass per mode and interpreter, with its 95 % interval.

use crate::analysis::NamedCell;

use super::super::format;
use super::super::view::View;
use super::super::wording::mark;
use super::Chart;
use super::bars::{self, Bar, Note};
use super::frame::{Axis, Heading, JOIN, Sheet};

pub(super) const CHART: Chart = Chart { name: "time", label: "time", title, draw };

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let panels = bars::panels(view, true, |cell| {
        let Some(wall) = cell.wall_ns.as_ref() else {
            let text = "measured alone only, not compared".to_owned();
            return Some(Err(Note { text, failed: false }));
        };
        let settled = view.time_settled(cell);
        let interval = wall.ci95.map_or_else(String::new, |ci| format!(", 95 % {}", format::ns_interval(ci)));
        let processes = format::count(cell.invocations as usize, "process");
        Some(Ok(Bar {
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

/// `fib: mp×2 on 3.12 at 197 ms; matmul: threads×2 on 3.13t at 20.1 ms`: what the answers say to use.
fn title(view: &View<'_>) -> Option<String> {
    let claim = |workload: &&str| {
        let NamedCell(best) = view.best_way(workload)?;
        let cell = view.cells_of(workload).find(|cell| cell.cell == *best)?;
        let wall = cell.wall_ns.as_ref()?;
        Some(format!("{workload}: {} at {}", view.who(cell), format::ns(wall.median)))
    };
    let claims: Vec<String> = view.workload_names.iter().filter_map(claim).collect();
    (!claims.is_empty()).then(|| claims.join(JOIN))
}
