//! One panel over the workers: lines, intervals, ideal, CPU count, capacity, labels at the ends.

use crate::analysis::{CellResult, Speedup};

use super::super::canvas::{Canvas, Font, HPos, Stroke};
use super::super::format;
use super::super::labels::EndLabel;
use super::super::wording::{mark, outcome};
use super::frame::Axis;
use super::plot::Plot;

pub(crate) const PANEL_HEIGHT: f64 = 206.0;
const LABEL: f64 = 11.0;
const LABEL_HEIGHT: f64 = 13.0;
const LEFT: f64 = 32.0;
const ASIDE: f64 = 4.0;
/// Most room for all points of a number of workers, as a share of that to the next number.
const NEAR: f64 = 0.3;
const RADIUS: f64 = 3.6;

pub(crate) struct WorkerPoint {
    pub workers: u32,
    pub ratio: f64,
    pub interval: Option<[f64; 2]>,
    pub settled: bool,
    pub hover: String,
}

pub(crate) struct WorkerLine {
    pub name: String,
    pub series: usize,
    /// Another line has its colour.
    pub dashed: bool,
    /// By rising workers.
    pub points: Vec<WorkerPoint>,
    /// Workers and outcome of the cells that failed.
    pub failures: Vec<(u32, String)>,
    /// The law fitted to the points, if any.
    pub curve: Option<FittedCurve>,
}

impl WorkerLine {
    /// The line through the cells that have figures: `point` gives a cell's speedup, what it is divided by, and
    /// what is said of it.
    pub(crate) fn of<'a>(
        name: String,
        series: usize,
        cells: impl Iterator<Item = &'a CellResult> + Clone,
        point: impl Fn(&'a CellResult) -> Option<(&'a Speedup, f64, String)>,
    ) -> Self {
        let drawn = |cell: &'a CellResult| {
            let (speedup, share, hover) = point(cell).filter(|found| found.0.ratio.is_finite())?;
            Some(WorkerPoint {
                workers: cell.workers,
                ratio: speedup.ratio / share,
                interval: speedup.ci95.map(|ci95| ci95.map(|end| end / share)),
                settled: speedup.settled,
                hover,
            })
        };
        let failed = cells.clone().filter(|cell| cell.outcome.is_failure());
        let failures = failed.map(|cell| (cell.workers, outcome(cell.outcome).to_owned())).collect();
        let points = cells.filter(|cell| cell.has_numbers()).filter_map(drawn).collect();
        Self { name, series, dashed: false, points, failures, curve: None }
    }
}

/// A fitted law.
pub(crate) struct FittedCurve {
    /// Workers and figure, close together.
    pub points: Vec<(f64, f64)>,
    /// The number of workers beyond which more make it slower, and the figure there.
    pub knee: Option<(f64, f64)>,
    pub hover: String,
}

/// What the figures of a panel are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Ideal: as many times as fast as there are workers.
    Speedup,
    /// A share of each worker; ideal: all of it.
    Share,
}

impl Measure {
    fn axis(self) -> Axis {
        match self {
            Self::Speedup => Axis::Times,
            Self::Share => Axis::Share,
        }
    }

    fn label(self, value: f64) -> String {
        match self {
            Self::Speedup => format::ratio_short(value),
            Self::Share => format!("{:.0} %", value * 100.0),
        }
    }
}

pub(crate) struct WorkerPanel {
    pub title: String,
    pub measure: Measure,
    pub lines: Vec<WorkerLine>,
    /// The axis, rising, the same in all panels.
    pub workers: Vec<u32>,
    pub cpus: f64,
    /// Lowest and highest capacity by workers.
    pub capacity: Vec<(u32, [f64; 2])>,
}

impl WorkerPanel {
    /// Highest figure that has to be seen.
    pub(crate) fn reach(&self) -> f64 {
        let points = self.lines.iter().flat_map(|line| &line.points);
        // An interval so wide that it tells nothing may be cut off.
        let high = |p: &WorkerPoint| p.interval.map_or(p.ratio, |ci| ci[1].min(p.ratio * 1.6));
        let capacity = self.capacity.iter().map(|(_, range)| range[1]);
        points.map(high).chain(capacity).fold(0.0, f64::max) * 1.06
    }

    pub(crate) fn draw(
        &self,
        canvas: &mut Canvas,
        (x, y): (f64, f64),
        width: f64,
        high: f64,
        axis_title: bool,
    ) {
        let ends: Vec<(&WorkerLine, &WorkerPoint)> =
            self.lines.iter().filter_map(|line| Some((line, line.points.last()?))).collect();
        let name = Font::bold(LABEL, canvas.theme.ink);
        let full = |&(line, point): &(&WorkerLine, &WorkerPoint)| {
            name.width(&format!("{} {}", line.name, figure(self.measure, point)))
        };
        let label_width = ends.iter().map(full).fold(40.0, f64::max).min(width * 0.45);
        let theme = canvas.theme;
        let plot = Plot {
            left: x + LEFT,
            right: x + width - label_width - 26.0,
            top: y + 36.0,
            bottom: y + PANEL_HEIGHT - 30.0,
            first: f64::from(self.workers.first().copied().unwrap_or(1)),
            last: f64::from(self.workers.last().copied().unwrap_or(1)),
            high,
            inset: 10.0,
            logarithmic: false,
        };
        let bold = Font::bold(12.0, theme.ink);
        canvas.fitted(&self.title, width - LEFT, plot.left, y + 8.0, HPos::Left, bold);
        self.draw_ground(canvas, &plot, axis_title);
        for (place, line) in self.lines.iter().enumerate() {
            draw_curve(canvas, &plot, line);
            draw_line(canvas, &plot, line, &self.workers, self.aside(&plot, place));
        }
        self.draw_failures(canvas, &plot);

        let label = |(line, point): &(&WorkerLine, &WorkerPoint)| {
            let own = self.lines.iter().position(|other| other.name == line.name).unwrap_or(0);
            let at = plot.x(f64::from(point.workers)) + self.aside(&plot, own) + 6.0;
            // A name gives way before its figure does.
            let figure = figure(self.measure, point);
            let room = label_width + 1.0 - name.width(&figure) - 4.0;
            let text = format!("{} {figure}", name.fit(&line.name, room));
            EndLabel { point: (at, plot.y(point.ratio)), text, series: theme.series(line.series) }
        };
        let labels: Vec<EndLabel> = ends.iter().map(label).collect();
        let frame = (plot.top - 20.0, plot.bottom + 12.0);
        canvas.end_labels(&labels, plot.right + 17.0, (LABEL, LABEL_HEIGHT), frame);
    }

    /// How far a line's points stand beside their number of workers, so that no interval covers another; of many lines
    /// nearer to each other, so that all stay at their number.
    fn aside(&self, plot: &Plot, place: usize) -> f64 {
        let distances =
            self.workers.windows(2).map(|pair| plot.x(f64::from(pair[1])) - plot.x(f64::from(pair[0])));
        let most = distances.map(|distance| distance * NEAR).fold(2.0 * (plot.inset - RADIUS), f64::min);
        let middle = (self.lines.len() as f64 - 1.0) / 2.0;
        (place as f64 - middle) * ASIDE.min(most / (2.0 * middle).max(1.0))
    }

    /// Everything behind the lines.
    fn draw_ground(&self, canvas: &mut Canvas, plot: &Plot, axis_title: bool) {
        let theme = canvas.theme;
        let small = Font::plain(10.0, theme.muted);
        let (left, right, bottom) = (plot.left, plot.right, plot.bottom);
        let inside = self.cpus >= plot.first && self.cpus <= plot.last;
        if inside && self.cpus < plot.last {
            let from = plot.x(self.cpus);
            canvas.rect(from, plot.top, right - from, bottom - plot.top, theme.shade, 1.0);
        }
        plot.levels(canvas, self.measure.axis().ticks(plot.high, 4.0), 4.0);
        let mut free = f64::NEG_INFINITY;
        for &workers in &self.workers {
            let at = plot.x(f64::from(workers));
            let text = workers.to_string();
            let half = small.width(&text) / 2.0;
            if at - half < free {
                continue;
            }
            free = at + half + 4.0;
            canvas.text(&text, at, bottom + 9.0, HPos::Center, small);
        }
        if axis_title {
            canvas.text("workers", f64::midpoint(left, right), bottom + 22.0, HPos::Center, small);
        }
        // Ideal: as many times as fast as there are workers, to the panel's upper edge at most.
        let end = match self.measure {
            Measure::Speedup => plot.last.min(plot.high).max(plot.first),
            Measure::Share => plot.last,
        };
        let height = |n: f64| if self.measure == Measure::Speedup { n } else { 1.0 };
        let ideal = Stroke::new(1.2, theme.muted).dashed(5.0, 4.0);
        if end > plot.first {
            canvas.line((plot.x(1.0), plot.y(height(1.0))), (plot.x(end), plot.y(height(end))), ideal);
        }
        if inside {
            let at = plot.x(self.cpus);
            canvas.line((at, plot.top), (at, bottom), Stroke::new(1.2, theme.muted).dashed(1.5, 2.5));
            let text = format::cpu_count(self.cpus);
            let half = small.width(&text) / 2.0;
            let middle = at.clamp(left + half, (right - half).max(left + half));
            canvas.text(&text, middle, plot.top - 8.0, HPos::Center, small);
        }
        self.draw_capacity(canvas, plot);
    }

    /// What independent processes reach, a bar at each number of workers.
    fn draw_capacity(&self, canvas: &mut Canvas, plot: &Plot) {
        for &(workers, [low, high]) in &self.capacity {
            let at = plot.x(f64::from(workers));
            let (top, bottom) = (plot.y(high), plot.y(low));
            let height = (bottom - top).max(3.0);
            canvas.rect(at - 12.0, (top + bottom - height) / 2.0, 24.0, height, canvas.theme.muted, 0.55);
            let figure = match self.measure {
                Measure::Share => format!("{:.0} % of each worker", high * 100.0),
                Measure::Speedup if high - low < 0.05 => format::ratio(high),
                Measure::Speedup => format!("{}×", format::interval([low, high])),
            };
            let text = format!("machine's capacity at {workers} workers: {figure}");
            canvas.hover(at - 12.0, (top + bottom - height) / 2.0, 24.0, height, &text);
        }
    }

    /// Failed cells by name at their number of workers, from the axis upwards until there is room.
    fn draw_failures(&self, canvas: &mut Canvas, plot: &Plot) {
        let theme = canvas.theme;
        let dot = |point: &WorkerPoint| {
            let x = plot.x(f64::from(point.workers));
            (x - 8.0, x + 8.0, plot.y(point.ratio))
        };
        let font = Font::plain(10.0, theme.bad);
        // Left, right and middle of what must stay visible.
        let mut taken: Vec<(f64, f64, f64)> =
            self.lines.iter().flat_map(|line| line.points.iter().map(dot)).collect();
        let failures = self.lines.iter().flat_map(|line| line.failures.iter().map(move |f| (line, f)));
        for (line, (workers, outcome)) in failures {
            let text = format!("✗ {} × {workers} {outcome}", line.name);
            let text = font.fit(&text, plot.right - plot.left);
            let half = font.width(&text) / 2.0;
            let at = plot.x(f64::from(*workers));
            let x = at.clamp(plot.left + half, (plot.right - half).max(plot.left + half));
            let mut y = plot.bottom - 8.0;
            let covers = |y: f64| {
                let beside = |&&(left, right, _): &&(f64, f64, f64)| left < x + half && x - half < right;
                taken.iter().filter(beside).any(|&(_, _, other)| (other - y).abs() < 11.0)
            };
            while covers(y) && y > plot.top + 13.0 {
                y -= 13.0;
            }
            taken.push((x - half - 4.0, x + half + 4.0, y));
            canvas.rect(x - half - 1.0, y - 6.0, 2.0 * half + 2.0, 12.0, theme.paper, 0.9);
            canvas.text(&text, x, y, HPos::Center, font);
        }
    }
}

fn figure(measure: Measure, point: &WorkerPoint) -> String {
    format!("{}{}", mark(point.settled), measure.label(point.ratio))
}

/// Thin and pale behind the points, with a diamond at the knee.
fn draw_curve(canvas: &mut Canvas, plot: &Plot, line: &WorkerLine) {
    let Some(curve) = &line.curve else { return };
    let colour = canvas.theme.series(line.series).mark;
    plot.curve(canvas, curve.points.iter().copied(), colour);
    if let Some((workers, figure)) = curve.knee.filter(|knee| knee.1 <= plot.high) {
        let (x, y) = (plot.x(workers), plot.y(figure));
        let (top, side) = (6.5, 5.0);
        let shape = [(x, y - top), (x + side, y), (x, y + top), (x - side, y)];
        canvas.area(&shape, canvas.theme.paper, 1.0);
        let outline = [shape[0], shape[1], shape[2], shape[3], shape[0]];
        canvas.path(&outline, Stroke::new(1.6, colour));
        canvas.hover(x - 7.0, y - 7.0, 14.0, 14.0, &curve.hover);
    }
}

fn draw_line(canvas: &mut Canvas, plot: &Plot, line: &WorkerLine, axis: &[u32], aside: f64) {
    let theme = canvas.theme;
    let colour = theme.series(line.series).mark;
    let at = |point: &WorkerPoint| (plot.x(f64::from(point.workers)) + aside, plot.y(point.ratio));
    for point in &line.points {
        let Some(interval) = point.interval else { continue };
        plot.whisker(canvas, at(point).0, interval, colour);
    }
    // Neighbours on the axis are joined; over a cell that failed there is no line. What has no interval yet is
    // thin and small: it must not look surer than what has one.
    let place = |point: &WorkerPoint| axis.iter().position(|&workers| workers == point.workers);
    let joined = |a: &WorkerPoint, b: &WorkerPoint| place(a).zip(place(b)).is_some_and(|(a, b)| a + 1 == b);
    let known = |point: &WorkerPoint| point.settled || point.interval.is_some();
    for pair in line.points.windows(2).filter(|pair| joined(&pair[0], &pair[1])) {
        let stroke = match pair.iter().all(known) {
            true => Stroke::new(2.2, colour),
            false => Stroke::new(1.0, colour).opacity(0.7),
        };
        canvas.line(at(&pair[0]), at(&pair[1]), if line.dashed { stroke.dashed(6.0, 3.0) } else { stroke });
    }
    for point in &line.points {
        let (x, y) = at(point);
        let radius = if known(point) { RADIUS } else { 2.2 };
        canvas.mark(x, y, radius, colour, (!point.settled).then_some(theme.paper));
        canvas.hover(x - 8.0, y - 8.0, 16.0, 16.0, &point.hover);
    }
}
