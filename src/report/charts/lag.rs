//! How long the event loop stood still: what an application with an event loop feels.

use crate::analysis::CellResult;

use super::super::format;
use super::super::view::View;
use super::Chart;
use super::bars::{self, Bar};
use super::frame::{Axis, Heading, Sheet};

pub(super) const CHART: Chart = Chart { name: "lag", label: "event loop", title, draw };

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let panels = bars::panels(view, false, |cell| {
        let lag = cell.loop_lag_ns?;
        Some(Ok(Bar {
            parts: vec![(lag as f64, 1.0)],
            interval: cell.loop_lag_ci95.map(|ci95| ci95.map(|end| end as f64)),
            text: format::ns(lag),
            hover: cell.lag_text()?,
            ..Bar::default()
        }))
    });
    let subtitle = "longest time in a pass in which the event loop could do nothing else, median over passes; whiskers: 95 % interval (without an end bar: cut off); shorter is better";
    bars::draw(&Heading::new(sheet, subtitle), &panels, Axis::Nanoseconds)
}

/// `fib's event loop stands still for 119 ms with 3.13t asyncio`.
fn title(view: &View<'_>) -> Option<String> {
    let cells = view.measured().filter(|cell| view.in_focus(cell));
    let mut lags: Vec<(&CellResult, u64)> =
        cells.filter_map(|cell| Some((cell, cell.loop_lag_ns?))).collect();
    lags.sort_by_key(|lag| lag.1);
    let (longest, most) = lags.last()?;
    let with = |cell: &CellResult, ns: u64| format!("for {} with {}", format::ns(ns), view.who(cell));
    let head = format!("{}'s event loop stands still {}", longest.workload, with(longest, *most));
    let least = lags.iter().find(|(cell, _)| cell.workload == longest.workload);
    Some(match least.filter(|(_, least)| *least < most / 2) {
        Some((cell, least)) => format!("{head}, {}", with(cell, *least)),
        None => head,
    })
}
