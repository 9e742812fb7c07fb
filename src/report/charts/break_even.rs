//! From which task size on handing tasks out pays: speedup over running them inline, by task size.

use indexmap::IndexMap;

use crate::analysis::{BreakEven, CellResult, Speedup};
use crate::cell::{CellVariant, SINGLE};

use super::super::canvas::{Canvas, Font, HPos, Stroke};
use super::super::format;
use super::super::labels::EndLabel;
use super::super::theme::Rgb;
use super::super::view::View;
use super::Chart;
use super::frame::{Axis, Heading, JOIN, Sheet, grid};
use super::plot::Plot;

pub(super) const CHART: Chart = Chart { name: "break-even", label: "break even", title, draw };

const HEIGHT: f64 = 190.0;
const FOOT: f64 = 44.0;
const LEFT: f64 = 34.0;
const LABEL: f64 = 11.0;

/// One measured size.
struct MeasuredSize<'a> {
    cell: &'a CellResult,
    task_ns: f64,
    speedup: &'a Speedup,
}

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let panels = panels(view);
    panels.first()?;
    let subtitle = "speedup over running the same tasks inline on the same interpreter, by the time that a task takes inline; whiskers: 95 % interval (without an end bar: cut off); broad and pale: overhead and limit fitted; triangle: break-even, with its interval; hollow: not settled";
    Some(grid(&Heading::new(sheet, subtitle), HEIGHT + FOOT, &panels, |canvas, ways, at, width| {
        draw_panel(canvas, view, ways, at, width);
    }))
}

/// Each family on each interpreter, with its ways of handing tasks out.
fn panels<'a>(view: &View<'a>) -> Vec<(String, Vec<&'a BreakEven>)> {
    let mut panels: IndexMap<String, Vec<&BreakEven>> = IndexMap::new();
    for found in view.results.break_even.iter().filter(|found| found.against == SINGLE) {
        panels.entry(format!("{} on {}", found.family, found.cell.interpreter)).or_default().push(found);
    }
    panels.into_iter().collect()
}

/// `Handing tasks out pays: short-tasks on 3.13t: threads×2 from 52 µs, mp×2 from 310 µs; not shown:
/// short-tasks on 3.12`. What may never pay by its interval isn't said to pay.
fn title(view: &View<'_>) -> Option<String> {
    let ways = |ways: &[&BreakEven]| {
        let way = |found: &&BreakEven| {
            let at = found.task_ns.value.filter(|_| found.task_ns.high.is_some())?;
            Some((at, format!("{} from {}", found.cell.short(false), format::ns_f64(at))))
        };
        let mut ways: Vec<(f64, String)> =
            ways.iter().filter(|found| found.cell.workers > 1).filter_map(way).collect();
        ways.sort_by(|a, b| a.0.total_cmp(&b.0));
        ways.into_iter().take(2).map(|way| way.1).collect::<Vec<_>>().join(", ")
    };
    let panels = panels(view);
    let told: Vec<(&str, String)> =
        panels.iter().take(3).map(|(title, found)| (title.as_str(), ways(found))).collect();
    let (none, some): (Vec<_>, Vec<_>) = told.iter().partition(|(_, ways)| ways.is_empty());
    let names = none.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let claims = some.iter().map(|(name, ways)| format!("{name}: {ways}")).collect::<Vec<_>>().join(JOIN);
    match (claims.is_empty(), names.is_empty()) {
        (true, true) => None,
        (true, false) => Some(format!("Not shown that handing tasks out pays at any size: {names}")),
        (false, true) => Some(format!("Handing tasks out pays: {claims}")),
        (false, false) => Some(format!("Handing tasks out pays: {claims}; not shown: {names}")),
    }
}

fn sizes<'a>(view: &View<'a>, found: &BreakEven) -> Vec<MeasuredSize<'a>> {
    let size = |index: &usize| {
        let cell = view.results.cells.get(*index)?;
        let speedup = cell.speedup_self.as_ref().filter(|speedup| speedup.ratio > 0.0)?;
        let single = view.cell_in_focus(&cell.interpreter, &cell.workload, (SINGLE, CellVariant::PLAIN))?;
        let tasks = view.workload(&cell.workload)?.tasks;
        let task_ns = single.wall_ns.as_ref()?.median as f64 / f64::from(tasks.max(1));
        (task_ns > 0.0).then_some(MeasuredSize { cell, task_ns, speedup })
    };
    let mut sizes: Vec<MeasuredSize<'a>> = found.cells.iter().filter_map(size).collect();
    sizes.sort_by(|a, b| a.task_ns.total_cmp(&b.task_ns));
    sizes
}

fn draw_panel(canvas: &mut Canvas, view: &View<'_>, ways: &[&BreakEven], (x, top): (f64, f64), width: f64) {
    let ways: Vec<(&BreakEven, Vec<MeasuredSize<'_>>)> =
        ways.iter().map(|found| (*found, sizes(view, found))).collect();
    let all = || ways.iter().flat_map(|(_, sizes)| sizes);
    let names: Vec<String> = ways.iter().map(|(found, _)| view.how(&found.cell)).collect();
    let font = Font::bold(LABEL, canvas.theme.ink);
    let label = names.iter().map(|name| font.width(name)).fold(30.0, f64::max).min(width * 0.35);
    let reach = |speedup: &Speedup| speedup.ci95.map_or(speedup.ratio, |ci| ci[1].min(speedup.ratio * 1.5));
    let plot = Plot {
        left: x + LEFT,
        right: x + width - label - 26.0,
        top,
        bottom: top + HEIGHT,
        first: all().map(|size| size.task_ns).fold(f64::INFINITY, f64::min) / 1.6,
        last: all().map(|size| size.task_ns).fold(0.0, f64::max) * 1.6,
        high: all().map(|size| reach(size.speedup)).fold(1.2, f64::max) * 1.08,
        logarithmic: true,
        ..Plot::default()
    };
    draw_ground(canvas, &plot);

    let mut labels: Vec<EndLabel> = Vec::new();
    for (place, ((found, sizes), name)) in ways.iter().zip(&names).enumerate() {
        // The interpreter is the panel's: ways take the palette's places in turn.
        let series = canvas.theme.series(WAYS[place % WAYS.len()]);
        draw_model(canvas, &plot, found, series.mark);
        draw_sizes(canvas, &plot, view, sizes, series.mark);
        draw_crossing(canvas, &plot, found, series.mark, place);
        let point = sizes.last().map_or((plot.right, plot.y(1.0)), |size| {
            (plot.x(size.task_ns) + 5.0, plot.y(size.speedup.ratio))
        });
        labels.push(EndLabel { point, text: font.fit(name, label + 1.0), series });
    }
    canvas.end_labels(&labels, plot.right + 17.0, (LABEL, 14.0), (plot.top - 10.0, plot.bottom));
}

/// Both axes, and the line on which handing out makes no difference.
fn draw_ground(canvas: &mut Canvas, plot: &Plot) {
    plot.levels(canvas, Axis::Times.ticks(plot.high, 5.0), 4.0);
    let powers = (0..13).map(|power| 10f64.powi(power)).filter(|ns| (plot.first..=plot.last).contains(ns));
    let named = powers.map(|ns| {
        let (unit, name) = format::time_unit(ns);
        (ns, format!("{:.0} {name}", ns / unit))
    });
    plot.uprights(canvas, named.collect(), 16.0);
    let small = Font::plain(10.0, canvas.theme.muted);
    let one = plot.y(1.0);
    canvas.line((plot.left, one), (plot.right, one), Stroke::new(1.3, canvas.theme.ink).dashed(5.0, 4.0));
    canvas.text("inline", plot.left + 3.0, one - 7.0, HPos::Left, small);
    let middle = f64::midpoint(plot.left, plot.right);
    canvas.text("time of one task inline", middle, plot.bottom + 30.0, HPos::Center, small);
}

/// Colours that stay apart side by side.
const WAYS: [usize; 6] = [0, 5, 3, 2, 6, 4];

fn draw_model(canvas: &mut Canvas, plot: &Plot, found: &BreakEven, colour: Rgb) {
    let (overhead, limit) = (found.overhead_ns.value, found.limit.value);
    let at = |step: i32| {
        let ns = plot.first * (plot.last / plot.first).powf(f64::from(step) / 60.0);
        (ns, 1.0 / (1.0 / limit + overhead / ns))
    };
    plot.curve(canvas, (0..=60).map(at), colour);
}

fn draw_sizes(canvas: &mut Canvas, plot: &Plot, view: &View<'_>, sizes: &[MeasuredSize<'_>], colour: Rgb) {
    for MeasuredSize { cell, task_ns, speedup } in sizes {
        let (x, y) = (plot.x(*task_ns), plot.y(speedup.ratio));
        if let Some(interval) = speedup.ci95 {
            plot.whisker(canvas, x, interval, colour);
        }
        canvas.mark(x, y, 3.6, colour, (!speedup.settled).then_some(canvas.theme.paper));
        let who = view.who_on(cell);
        let text = format!("{who}: {} at {} a task", speedup.in_full(), format::ns_f64(*task_ns));
        canvas.hover(x - 8.0, y - 8.0, 16.0, 16.0, &text);
    }
}

/// A triangle under the axis at the break-even, its interval beside it.
fn draw_crossing(canvas: &mut Canvas, plot: &Plot, found: &BreakEven, colour: Rgb, place: usize) {
    let Some(at) = found.task_ns.value.filter(|at| *at >= plot.first && *at <= plot.last) else { return };
    let y = plot.bottom + 4.0;
    let x = plot.x(at);
    let clamp = |ns: Option<f64>, open: f64| plot.x(ns.unwrap_or(open).clamp(plot.first, plot.last));
    let (low, high) = (clamp(found.task_ns.low, plot.first), clamp(found.task_ns.high, plot.last));
    let line = y - 3.0 - 3.0 * place as f64;
    canvas.line((low, line), (high, line), Stroke::new(2.0, colour));
    canvas.line((x, plot.y(1.0)), (x, y), Stroke::new(1.0, colour).dashed(2.0, 2.0));
    let corners = [(x, y - 6.0), (x + 4.5, y + 3.0), (x - 4.5, y + 3.0), (x, y - 6.0)];
    canvas.area(&corners[..3], colour, 1.0);
    canvas.path(&corners, Stroke::new(0.8, canvas.theme.paper));
    let ends = match (found.task_ns.low, found.task_ns.high) {
        (Some(low), Some(high)) => format!(" (95 % {} to {})", format::ns_f64(low), format::ns_f64(high)),
        (Some(low), None) => format!(" (95 % from {} on, or never)", format::ns_f64(low)),
        _ => String::new(),
    };
    let text = format!("{} breaks even at {}{ends}", found.cell.short(false), format::ns_f64(at));
    canvas.hover(x - 8.0, y - 10.0, 16.0, 16.0, &text);
}
