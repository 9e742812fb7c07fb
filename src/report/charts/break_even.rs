//! From which task size on handing tasks out pays: speedup over running them inline, by task size.

use crate::analysis::{BreakEven, CellResult, Speedup};
use crate::cell::{CellVariant, SINGLE};

use super::super::canvas::{Anchor, Canvas, Font, Stroke, fit, text_width};
use super::super::format;
use super::super::labels::{EndLabel, draw_end_labels};
use super::super::theme::{Rgb, Theme};
use super::super::view::View;
use super::Chart;
use super::frame::{Grid, Heading, JOIN, Sheet, short, ticks};

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
    let subtitle = "speedup over running the same tasks inline on the same interpreter, by the time that a task takes inline; whiskers: 95 % interval; broad and pale: overhead and limit fitted; triangle: break-even, with its interval; hollow: not settled";
    Some(Grid::picture(&Heading::new(sheet, subtitle), HEIGHT + FOOT, &panels, |canvas, ways, at, width| {
        draw_panel(canvas, sheet.theme, view, ways, at, width);
    }))
}

/// Each family on each interpreter, with its ways of handing tasks out.
fn panels<'a>(view: &View<'a>) -> Vec<(String, Vec<&'a BreakEven>)> {
    let mut panels: Vec<(String, Vec<&BreakEven>)> = Vec::new();
    for found in view.results().break_even.iter().filter(|found| found.against == SINGLE) {
        let title = format!("{} on {}", found.family, found.cell.interpreter);
        match panels.iter_mut().find(|panel| panel.0 == title) {
            Some(panel) => panel.1.push(found),
            None => panels.push((title, vec![found])),
        }
    }
    panels
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
        let cell = view.results().cells.get(*index)?;
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

/// Where sizes (by their logarithm) and ratios land.
struct SizeScale {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    first: f64,
    last: f64,
    high: f64,
}

impl SizeScale {
    fn x(&self, ns: f64) -> f64 {
        let span = (self.last / self.first).ln().max(1e-9);
        self.left + (ns / self.first).ln() / span * (self.right - self.left)
    }

    fn y(&self, ratio: f64) -> f64 {
        self.bottom - ratio / self.high * (self.bottom - self.top)
    }
}

fn draw_panel(
    canvas: &mut Canvas,
    theme: &Theme,
    view: &View<'_>,
    ways: &[&BreakEven],
    (x, top): (f64, f64),
    width: f64,
) {
    let ways: Vec<(&BreakEven, Vec<MeasuredSize<'_>>)> =
        ways.iter().map(|found| (*found, sizes(view, found))).collect();
    let all = || ways.iter().flat_map(|(_, sizes)| sizes);
    let names: Vec<String> = ways.iter().map(|(found, _)| view.how(&found.cell)).collect();
    let label = names.iter().map(|name| text_width(name, LABEL, true)).fold(30.0, f64::max).min(width * 0.35);
    let reach = |speedup: &Speedup| speedup.ci95.map_or(speedup.ratio, |ci| ci[1].min(speedup.ratio * 1.5));
    let scale = SizeScale {
        left: x + LEFT,
        right: x + width - label - 26.0,
        top,
        bottom: top + HEIGHT,
        first: all().map(|size| size.task_ns).fold(f64::INFINITY, f64::min) / 1.6,
        last: all().map(|size| size.task_ns).fold(0.0, f64::max) * 1.6,
        high: all().map(|size| reach(size.speedup)).fold(1.2, f64::max) * 1.08,
    };
    draw_ground(canvas, theme, &scale);

    let mut labels: Vec<EndLabel> = Vec::new();
    for (place, ((found, sizes), name)) in ways.iter().zip(&names).enumerate() {
        // The interpreter is the panel's: ways take the palette's places in turn.
        let series = theme.series(WAYS[place % WAYS.len()]);
        draw_model(canvas, &scale, found, series.mark);
        draw_sizes(canvas, theme, &scale, view, sizes, series.mark);
        draw_crossing(canvas, theme, &scale, found, series.mark, place);
        let point = sizes.last().map_or((scale.right, scale.y(1.0)), |size| {
            (scale.x(size.task_ns) + 5.0, scale.y(size.speedup.ratio))
        });
        labels.push(EndLabel { point, text: fit(name, label + 1.0, LABEL, true), series });
    }
    draw_end_labels(canvas, &labels, scale.right + 17.0, (LABEL, 14.0), (scale.top - 10.0, scale.bottom));
}

/// Both axes, and the line on which handing out makes no difference.
fn draw_ground(canvas: &mut Canvas, theme: &Theme, scale: &SizeScale) {
    let small = Font::plain(10.0, theme.muted);
    for tick in ticks(scale.high, 5.0) {
        let y = scale.y(tick);
        canvas.line((scale.left, y), (scale.right, y), Stroke::new(1.0, theme.grid));
        canvas.text(&format!("{}×", short(tick)), scale.left - 4.0, y, Anchor::End, small);
    }
    for ns in (0..13).map(|power| 10f64.powi(power)).filter(|ns| (scale.first..=scale.last).contains(ns)) {
        let at = scale.x(ns);
        canvas.line((at, scale.top), (at, scale.bottom), Stroke::new(1.0, theme.grid));
        let (unit, name) = format::time_unit(ns);
        canvas.text(&format!("{:.0} {name}", ns / unit), at, scale.bottom + 16.0, Anchor::Middle, small);
    }
    let one = scale.y(1.0);
    canvas.line((scale.left, one), (scale.right, one), Stroke::new(1.3, theme.ink).dashed(5.0, 4.0));
    canvas.text("inline", scale.left + 3.0, one - 7.0, Anchor::Start, small);
    let middle = f64::midpoint(scale.left, scale.right);
    canvas.text("time of one task inline", middle, scale.bottom + 30.0, Anchor::Middle, small);
}

/// Colours that stay apart side by side.
const WAYS: [usize; 6] = [0, 5, 3, 2, 6, 4];

fn draw_model(canvas: &mut Canvas, scale: &SizeScale, found: &BreakEven, colour: Rgb) {
    let (overhead, limit) = (found.overhead_ns.value, found.limit.value);
    let at = |step: i32| {
        let ns = scale.first * (scale.last / scale.first).powf(f64::from(step) / 60.0);
        (ns, 1.0 / (1.0 / limit + overhead / ns))
    };
    let inside = |point: &(f64, f64)| point.1.is_finite() && point.1 <= scale.high;
    let curve: Vec<(f64, f64)> =
        (0..=60).map(at).filter(inside).map(|(ns, ratio)| (scale.x(ns), scale.y(ratio))).collect();
    canvas.path(&curve, Stroke::new(5.0, colour).opacity(0.22));
}

fn draw_sizes(
    canvas: &mut Canvas,
    theme: &Theme,
    scale: &SizeScale,
    view: &View<'_>,
    sizes: &[MeasuredSize<'_>],
    colour: Rgb,
) {
    for MeasuredSize { cell, task_ns, speedup } in sizes {
        let (x, y) = (scale.x(*task_ns), scale.y(speedup.ratio));
        if let Some([low, high]) = speedup.ci95 {
            let (low, high) = (scale.y(low.max(0.0)), scale.y(high.min(scale.high)));
            canvas.line((x, low), (x, high), Stroke::new(1.3, colour));
        }
        canvas.mark(x, y, 3.6, colour, (!speedup.settled).then_some(theme.paper));
        let who = view.who_on(cell);
        let text = format!("{who}: {} at {} a task", speedup.in_full(), format::ns_f64(*task_ns));
        canvas.hover(x - 8.0, y - 8.0, 16.0, 16.0, &text);
    }
}

/// A triangle under the axis at the break-even, its interval beside it.
fn draw_crossing(
    canvas: &mut Canvas,
    theme: &Theme,
    scale: &SizeScale,
    found: &BreakEven,
    colour: Rgb,
    place: usize,
) {
    let Some(at) = found.task_ns.value.filter(|at| *at >= scale.first && *at <= scale.last) else { return };
    let y = scale.bottom + 4.0;
    let x = scale.x(at);
    let clamp = |ns: Option<f64>, open: f64| scale.x(ns.unwrap_or(open).clamp(scale.first, scale.last));
    let (low, high) = (clamp(found.task_ns.low, scale.first), clamp(found.task_ns.high, scale.last));
    let line = y - 3.0 - 3.0 * place as f64;
    canvas.line((low, line), (high, line), Stroke::new(2.0, colour));
    canvas.line((x, scale.y(1.0)), (x, y), Stroke::new(1.0, colour).dashed(2.0, 2.0));
    let corners = [(x, y - 6.0), (x + 4.5, y + 3.0), (x - 4.5, y + 3.0), (x, y - 6.0)];
    canvas.area(&corners[..3], colour, 1.0);
    canvas.path(&corners, Stroke::new(0.8, theme.paper));
    let ends = match (found.task_ns.low, found.task_ns.high) {
        (Some(low), Some(high)) => format!(" (95 % {} to {})", format::ns_f64(low), format::ns_f64(high)),
        (Some(low), None) => format!(" (95 % from {} on, or never)", format::ns_f64(low)),
        _ => String::new(),
    };
    let text = format!("{} breaks even at {}{ends}", found.cell.short(false), format::ns_f64(at));
    canvas.hover(x - 8.0, y - 10.0, 16.0, 16.0, &text);
}
