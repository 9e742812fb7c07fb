//! Every value behind the times: one dot a process, its median pass.

use crate::analysis::CellResult;

use super::super::format;
use super::super::view::View;
use super::Chart;
use super::bars::{self, Bar};
use super::frame::{Axis, Heading, Sheet};

pub(super) const CHART: Chart = Chart { name: "distribution", label: "distribution", title, draw };

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let panels = bars::panels(view, true, |cell| {
        let (least, most) = (cell.values_ns.iter().min()?, cell.values_ns.iter().max()?);
        let processes = format::count(cell.values_ns.len(), "process");
        Some(Ok(Bar {
            dots: cell.values_ns.iter().map(|&ns| ns as f64).collect(),
            interval: cell.wall_ns.as_ref().and_then(|wall| wall.ci95).map(|ci| ci.map(|end| end as f64)),
            text: format!("n={}", cell.values_ns.len()),
            hover: format!("{processes}, {} to {}", format::ns(*least), format::ns(*most)),
            ..Bar::default()
        }))
    });
    let subtitle = "every process's median pass, one dot each; the line: 95 % interval of the median";
    bars::draw(&Heading::new(sheet, subtitle), &panels, Axis::Nanoseconds)
}

/// `Widest apart are 6 processes of 3.13t asyncio on fib: 44.5 ms to 204 ms`.
fn title(view: &View<'_>) -> Option<String> {
    let spread = |cell: &CellResult| {
        let (least, most) = (*cell.values_ns.iter().min()?, *cell.values_ns.iter().max()?);
        (least > 0 && cell.values_ns.len() > 1).then(|| (most as f64 / least as f64, least, most))
    };
    let cells = view.measured().filter(|cell| view.in_focus(cell));
    let (cell, (_, least, most)) =
        cells.filter_map(|cell| Some((cell, spread(cell)?))).max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    Some(format!(
        "Widest apart are {} processes of {} on {}: {} to {}",
        cell.values_ns.len(),
        view.who(cell),
        cell.workload,
        format::ns(least),
        format::ns(most)
    ))
}
