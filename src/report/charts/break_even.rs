//! From which task size on handing tasks out pays: speedup over running them inline, by task size.

use crate::analysis::{BreakEven as Found, CellResult};
use crate::cell::{Cell, SINGLE};

use super::super::canvas::{Anchor, Canvas, Font, Stroke, fit, picture, text_width};
use super::super::format;
use super::super::labels::push_apart;
use super::super::theme::Theme;
use super::super::view::{self, View};
use super::Chart;
use super::frame::{Grid, Heading, ticks};

const HEIGHT: f64 = 190.0;
const FOOT: f64 = 44.0;
const LEFT: f64 = 34.0;
const LABEL: f64 = 11.0;

pub struct BreakEven;

/// One interpreter's ways of handing tasks out.
struct Panel<'a> {
    title: String,
    ways: Vec<&'a Found>,
}

/// One measured size.
struct Point<'a> {
    cell: &'a CellResult,
    task_ns: f64,
    ratio: f64,
    ci95: Option<[f64; 2]>,
    settled: bool,
}

impl Chart for BreakEven {
    fn name(&self) -> &'static str {
        "break-even"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let panels = panels(results);
        let title = title(&panels)?;
        let subtitle = "speedup over running the same tasks inline on the same interpreter, by the time that a task takes inline; whiskers: 95 % interval; broad and pale: overhead and limit fitted; triangle: break-even, with its interval; hollow: not settled";
        let heading = Heading::new(&title, subtitle, width);
        let grid = Grid::new(&heading, panels.len(), HEIGHT + FOOT);
        Some(picture(width, grid.height(), &title, theme, |canvas| {
            heading.draw(canvas, theme);
            for (place, panel) in panels.iter().enumerate() {
                let at = grid.open(canvas, theme, place, &panel.title);
                draw_panel(canvas, theme, results, panel, at, grid.panel_width());
            }
        }))
    }
}

fn panels<'a>(results: &'a View<'_>) -> Vec<Panel<'a>> {
    let mut panels: Vec<Panel<'a>> = Vec::new();
    for found in results.break_even.iter().filter(|found| found.against == SINGLE) {
        let title = format!("{} on {}", found.family, found.cell.interpreter);
        match panels.iter_mut().find(|panel| panel.title == title) {
            Some(panel) => panel.ways.push(found),
            None => panels.push(Panel { title, ways: vec![found] }),
        }
    }
    panels
}

/// `Handing tasks out pays: short-tasks on 3.13t: threads×2 from 52 µs, mp×2 from 310 µs; not shown:
/// short-tasks on 3.12`. What may never pay by its interval isn't said to pay.
fn title(panels: &[Panel<'_>]) -> Option<String> {
    let ways = |panel: &Panel<'_>| {
        let mut ways: Vec<(f64, String)> = (panel.ways.iter())
            .filter(|found| found.cell.workers > 1)
            .filter_map(|found| {
                let at = found.task_ns.value.filter(|_| found.task_ns.high.is_some())?;
                Some((at, format!("{} from {}", found.cell.short(false), format::ns_f64(at))))
            })
            .collect();
        ways.sort_by(|a, b| a.0.total_cmp(&b.0));
        ways.into_iter().take(2).map(|way| way.1).collect::<Vec<_>>().join(", ")
    };
    let told: Vec<(&str, String)> =
        panels.iter().take(3).map(|panel| (panel.title.as_str(), ways(panel))).collect();
    let (none, some): (Vec<_>, Vec<_>) = told.iter().partition(|(_, ways)| ways.is_empty());
    let names: Vec<&str> = none.iter().map(|(name, _)| *name).collect();
    let claims: Vec<String> = some.iter().map(|(name, ways)| format!("{name}: {ways}")).collect();
    match (claims.is_empty(), names.is_empty()) {
        (true, true) => None,
        (true, false) => {
            Some(format!("Not shown that handing tasks out pays at any size: {}", names.join(", ")))
        }
        (false, true) => Some(format!("Handing tasks out pays: {}", claims.join("; "))),
        (false, false) => {
            Some(format!("Handing tasks out pays: {}; not shown: {}", claims.join("; "), names.join(", ")))
        }
    }
}

fn points<'a>(results: &'a View<'_>, found: &Found) -> Vec<Point<'a>> {
    let point = |index: &usize| {
        let cell = results.cells.get(*index)?;
        let speedup = cell.speedup_self.as_ref().filter(|speedup| speedup.ratio > 0.0)?;
        let single = Cell::single(&cell.interpreter, &cell.workload);
        let single = results.cells.iter().find(|other| other.cell == single)?;
        let tasks = results.workloads.iter().find(|one| one.name == cell.workload)?.tasks;
        let task_ns = single.wall_ns.as_ref()?.median as f64 / f64::from(tasks.max(1));
        let (ratio, ci95, settled) = (speedup.ratio, speedup.ci95, speedup.settled);
        (task_ns > 0.0).then_some(Point { cell, task_ns, ratio, ci95, settled })
    };
    let mut points: Vec<Point<'a>> = found.cells.iter().filter_map(point).collect();
    points.sort_by(|a, b| a.task_ns.total_cmp(&b.task_ns));
    points
}

/// Where sizes (by their logarithm) and ratios land.
struct Scale {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    first: f64,
    last: f64,
    high: f64,
}

impl Scale {
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
    results: &View<'_>,
    panel: &Panel<'_>,
    (x, top): (f64, f64),
    width: f64,
) {
    let ways: Vec<(&Found, Vec<Point<'_>>)> =
        panel.ways.iter().map(|found| (*found, points(results, found))).collect();
    let all = || ways.iter().flat_map(|(_, points)| points);
    let names: Vec<String> = ways.iter().map(|(found, _)| name(results, found)).collect();
    let label = names.iter().map(|name| text_width(name, LABEL, true)).fold(30.0, f64::max).min(width * 0.35);
    let high = all().map(|point| point.ci95.map_or(point.ratio, |ci| ci[1].min(point.ratio * 1.5)));
    let scale = Scale {
        left: x + LEFT,
        right: x + width - label - 26.0,
        top,
        bottom: top + HEIGHT,
        first: all().map(|point| point.task_ns).fold(f64::INFINITY, f64::min) / 1.6,
        last: all().map(|point| point.task_ns).fold(0.0, f64::max) * 1.6,
        high: high.fold(1.2, f64::max) * 1.08,
    };
    let small = Font { px: 10.0, bold: false, colour: theme.muted };
    for tick in ticks(scale.high, 5.0) {
        let y = scale.y(tick);
        canvas.line((scale.left, y), (scale.right, y), Stroke::new(1.0, theme.grid));
        let text = format!("{}×", super::frame::short(tick));
        canvas.text(&text, scale.left - 4.0, y, Anchor::End, small);
    }
    for power in 0..13 {
        let ns = 10f64.powi(power);
        if ns >= scale.first && ns <= scale.last {
            let at = scale.x(ns);
            canvas.line((at, scale.top), (at, scale.bottom), Stroke::new(1.0, theme.grid));
            let (unit, name) = format::time_unit(ns);
            canvas.text(&format!("{:.0} {name}", ns / unit), at, scale.bottom + 16.0, Anchor::Middle, small);
        }
    }
    let one = scale.y(1.0);
    canvas.line((scale.left, one), (scale.right, one), Stroke::new(1.3, theme.ink).dashed(5.0, 4.0));
    canvas.text("inline", scale.left + 3.0, one - 7.0, Anchor::Start, small);
    canvas.text(
        "time of one task inline",
        (scale.left + scale.right) / 2.0,
        scale.bottom + 30.0,
        Anchor::Middle,
        small,
    );

    let ends: Vec<f64> =
        ways.iter().map(|(_, points)| points.last().map_or(one, |point| scale.y(point.ratio))).collect();
    let places = push_apart(&ends, 14.0, scale.top - 10.0, scale.bottom);
    for (place, ((found, points), name)) in ways.iter().zip(&names).enumerate() {
        // The interpreter is the panel's: ways take the palette's places in turn.
        let series = theme.series(WAYS[place % WAYS.len()]);
        draw_model(canvas, &scale, found, series.mark);
        draw_points(canvas, theme, &scale, results, points, series.mark);
        draw_crossing(canvas, theme, &scale, found, series.mark, place);
        let from = points.last().map_or(scale.right, |point| scale.x(point.task_ns) + 5.0);
        canvas.line(
            (from, ends[place]),
            (scale.right + 14.0, places[place]),
            Stroke::new(0.8, series.mark).opacity(0.6),
        );
        let text = fit(name, label + 1.0, LABEL, true);
        let font = Font { px: LABEL, bold: true, colour: series.text };
        canvas.text(&text, scale.right + 17.0, places[place], Anchor::Start, font);
    }
}

/// Colours that stay apart side by side.
const WAYS: [usize; 6] = [0, 5, 3, 2, 6, 4];

fn name(results: &View<'_>, found: &Found) -> String {
    view::how(results, &found.cell)
}

fn draw_model(canvas: &mut Canvas, scale: &Scale, found: &Found, colour: super::super::theme::Rgb) {
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

fn draw_points(
    canvas: &mut Canvas,
    theme: &Theme,
    scale: &Scale,
    results: &View<'_>,
    points: &[Point<'_>],
    colour: super::super::theme::Rgb,
) {
    for point in points {
        let (x, y) = (scale.x(point.task_ns), scale.y(point.ratio));
        if let Some([low, high]) = point.ci95 {
            let (low, high) = (scale.y(low.max(0.0)), scale.y(high.min(scale.high)));
            canvas.line((x, low), (x, high), Stroke::new(1.3, colour));
        }
        canvas.mark(x, y, 3.6, colour, (!point.settled).then_some(theme.paper));
        let interval = point.ci95.map_or_else(String::new, |ci| format!(" (95 % {})", format::interval(ci)));
        let text = format!(
            "{} {}: {}{interval} at {} a task",
            view::who(results, point.cell),
            point.cell.workload,
            format::ratio(point.ratio),
            format::ns_f64(point.task_ns),
        );
        canvas.hover(x - 8.0, y - 8.0, 16.0, 16.0, &text);
    }
}

/// A triangle under the axis at the break-even, its interval beside it.
fn draw_crossing(
    canvas: &mut Canvas,
    theme: &Theme,
    scale: &Scale,
    found: &Found,
    colour: super::super::theme::Rgb,
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
    canvas.area(&[(x, y - 6.0), (x + 4.5, y + 3.0), (x - 4.5, y + 3.0)], colour, 1.0);
    canvas.path(
        &[(x, y - 6.0), (x + 4.5, y + 3.0), (x - 4.5, y + 3.0), (x, y - 6.0)],
        Stroke::new(0.8, theme.paper),
    );
    let ends = match (found.task_ns.low, found.task_ns.high) {
        (Some(low), Some(high)) => format!(" (95 % {} to {})", format::ns_f64(low), format::ns_f64(high)),
        (Some(low), None) => format!(" (95 % from {} on, or never)", format::ns_f64(low)),
        _ => String::new(),
    };
    let text = format!("{} breaks even at {}{ends}", found.cell.short(false), format::ns_f64(at));
    canvas.hover(x - 8.0, y - 10.0, 16.0, 16.0, &text);
}
