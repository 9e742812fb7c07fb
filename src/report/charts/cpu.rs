//! CPUs in use over one cold invocation: the cell that tells most, and its rivals beside it.

use crate::analysis::CellResult;

use super::super::canvas::{Anchor, Canvas, Font, Stroke, fit, picture, text_width};
use super::super::theme::Theme;
use super::super::view::View;
use super::super::{finding, format, view};
use super::Chart;
use super::frame::{Axis, Heading, MARGIN, short, ticks};

const HEIGHT: f64 = 120.0;
const HEAD: f64 = 24.0;
const AXIS: f64 = 30.0;
const LEFT: f64 = 30.0;
/// The kernel counts CPU time in ticks of 10 ms: a shorter stretch could show half as much again.
const STRETCH: u64 = 40_000_000;
/// Stretches below which the picture is called rough.
const FEW: usize = 5;

pub struct Cpu;

impl Chart for Cpu {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let cells = telling(results);
        if cells.is_empty() {
            return None;
        }
        let title = finding::cpu(results, &cells)?;
        let workload = &cells.first()?.workload;
        let mut subtitle = format!(
            "{workload}: the title's figures are of warm passes; below, the whole process tree over one cold invocation, from launch to exit"
        );
        if cells.iter().any(|cell| steps(cell).len() < FEW) {
            subtitle.push_str(&format!("; fewer than {FEW} samples make a rough picture"));
        }
        let heading = Heading::new(&title, &subtitle, width);
        let bands: Vec<Vec<(f64, f64, f64)>> = cells.iter().map(|cell| steps(cell)).collect();
        let end = bands.iter().flatten().map(|step| step.1).fold(0.0, f64::max);
        let used = bands.iter().flatten().map(|step| step.2).fold(1.0, f64::max);
        let high = used.max(results.host.effective_cpus.min(used * 2.0)) * 1.1;
        let height = heading.height() + cells.len() as f64 * (HEAD + HEIGHT) + AXIS;

        Some(picture(width, height, &title, theme, |canvas| {
            heading.draw(canvas, theme);
            let mut y = heading.height();
            for (cell, steps) in cells.iter().zip(&bands) {
                let series = theme.series(view::colour_index(results, &cell.interpreter));
                let name = fit(&view::who(results, cell), width - 2.0 * MARGIN, 12.0, true);
                let font = Font { px: 12.0, bold: true, colour: series.text };
                canvas.text(&name, MARGIN + LEFT, y + 10.0, Anchor::Start, font);
                let frame = Frame { y: y + HEAD, end, high, width };
                frame.draw_ground(canvas, theme, results.host.effective_cpus);
                frame.draw_steps(canvas, series.mark, steps);
                y += HEAD + HEIGHT;
            }
            Frame { y: y - HEIGHT, end, high, width }.draw_time_axis(canvas, theme);
        }))
    }
}

/// Threads of a free-threaded build at the focus number of workers, the same with the GIL, and
/// processes: as many of them as have a timeline.
fn telling<'a>(results: &'a View<'_>) -> Vec<&'a CellResult> {
    let workers = view::focus_workers(results);
    let threads = finding::thread_mode(results);
    let workloads = view::workloads(results);
    let order = finding::telling_workload(results).into_iter().chain(workloads);
    let usable = |cell: &&CellResult| view::has_numbers(cell) && steps(cell).len() >= 2;
    for workload in order {
        let find = |mode: Option<&str>, wanted: &dyn Fn(&str) -> bool| {
            let fits = |cell: &&CellResult| {
                cell.workload == workload
                    && Some(cell.mode.as_str()) == mode
                    && cell.workers == workers
                    && wanted(&cell.interpreter)
            };
            results.cells.iter().filter(fits).find(usable)
        };
        let free = find(threads, &|name| view::free_threaded(results, name));
        let locked = find(threads, &|name| name == results.baseline && !view::free_threaded(results, name))
            .or_else(|| find(threads, &|name| !view::free_threaded(results, name)));
        let processes =
            find(Some("mp"), &|name| name == results.baseline).or_else(|| find(Some("mp"), &|_| true));
        let found: Vec<&CellResult> = [free, locked, processes].into_iter().flatten().collect();
        if !found.is_empty() {
            return found;
        }
    }
    results.cells.iter().find(usable).into_iter().collect()
}

/// Begin, end and CPUs used of each stretch between samples, in nanoseconds; samples closer than
/// [`STRETCH`] are taken together.
fn steps(cell: &CellResult) -> Vec<(f64, f64, f64)> {
    // At its launch it had used nothing.
    let mut before = (0, 0);
    let mut steps = Vec::with_capacity(cell.timeline.len());
    for (index, sample) in cell.timeline.iter().enumerate() {
        let last = index + 1 == cell.timeline.len();
        if sample.t_ns >= before.0 + if last { STRETCH / 2 } else { STRETCH } {
            let (from, to) = (before.0 as f64, sample.t_ns as f64);
            steps.push((from, to, sample.cpu_ns.saturating_sub(before.1) as f64 / (to - from)));
            before = (sample.t_ns, sample.cpu_ns.max(before.1));
        }
    }
    steps
}

/// One band of the chart.
struct Frame {
    y: f64,
    /// Nanoseconds at the right edge.
    end: f64,
    /// CPUs at the upper edge.
    high: f64,
    /// Of the whole chart.
    width: f64,
}

impl Frame {
    fn x(&self, ns: f64) -> f64 {
        MARGIN + LEFT + ns / self.end.max(1.0) * (self.width - 2.0 * MARGIN - LEFT)
    }

    fn at(&self, cpus: f64) -> f64 {
        self.y + HEIGHT - 8.0 - cpus / self.high * (HEIGHT - 8.0)
    }

    fn draw_ground(&self, canvas: &mut Canvas, theme: &Theme, cpus: f64) {
        let font = Font { px: 10.0, bold: false, colour: theme.muted };
        for tick in ticks(self.high, 3.0) {
            let y = self.at(tick);
            canvas.line((self.x(0.0), y), (self.x(self.end), y), Stroke::new(1.0, theme.grid));
            canvas.text(&short(tick), self.x(0.0) - 6.0, y, Anchor::End, font);
        }
        if cpus <= self.high {
            let y = self.at(cpus);
            let stroke = Stroke::new(1.2, theme.muted).dashed(1.5, 2.5);
            canvas.line((self.x(0.0), y), (self.x(self.end), y), stroke);
            let text = format!("{} CPUs", format::cpus(cpus));
            canvas.text(&text, self.x(self.end), y - 8.0, Anchor::End, font);
        }
    }

    fn draw_steps(&self, canvas: &mut Canvas, colour: super::super::theme::Rgb, steps: &[(f64, f64, f64)]) {
        let mut top: Vec<(f64, f64)> = Vec::with_capacity(steps.len() * 2);
        for &(from, to, used) in steps {
            top.push((self.x(from), self.at(used)));
            top.push((self.x(to), self.at(used)));
        }
        let (Some(first), Some(last)) = (top.first().copied(), top.last().copied()) else { return };
        let mut area = vec![(first.0, self.at(0.0))];
        area.extend(&top);
        area.push((last.0, self.at(0.0)));
        canvas.area(&area, colour, 0.25);
        canvas.path(&top, Stroke::new(1.8, colour));
    }

    fn draw_time_axis(&self, canvas: &mut Canvas, theme: &Theme) {
        let font = Font { px: 10.0, bold: false, colour: theme.muted };
        for (tick, text) in Axis::Nanoseconds.ticks(self.end, self.width / 110.0) {
            let half = text_width(&text, 10.0, false) / 2.0;
            let middle = self.x(tick).min(self.width - MARGIN - half);
            canvas.text(&text, middle, self.y + HEIGHT + 6.0, Anchor::Middle, font);
        }
    }
}
