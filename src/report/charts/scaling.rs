//! Speedup against workers. A block of panels per workload: one column a mode, two rows, over the
//! interpreter's own `single` and over the baseline interpreter's.

use crate::analysis::{CellResult, Scaling as Fitted, Speedup};

use crate::record::Outcome;

use super::super::canvas::{Anchor, Font, fit, picture};
use super::super::theme::Theme;
use super::super::view::View;
use super::super::{finding, format, view};
use super::Chart;
use super::frame::{Heading, MARGIN, WIDE};
use super::scaling_panel::{Curve, Line, Measure, PANEL_HEIGHT, Panel, Point};

/// More modes than this would leave no room to read.
const MAX_COLUMNS: usize = 4;
const BLOCK_HEAD: f64 = 24.0;
const ROW_HEAD: f64 = 20.0;
const FOOT: f64 = 14.0;

pub struct Scaling;

/// What a row of panels shows: the speedup over the own `single` or over the baseline interpreter's, or
/// the former divided by the workers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    Own,
    Baseline,
    Share,
}

impl Row {
    fn of(self, cell: &CellResult) -> Option<&Speedup> {
        match self {
            Self::Own | Self::Share => cell.speedup_self.as_ref(),
            Self::Baseline => cell.speedup.as_ref(),
        }
    }

    /// What a speedup is divided by.
    fn divisor(self, workers: f64) -> f64 {
        if self == Self::Share { workers } else { 1.0 }
    }

    fn measure(self) -> Measure {
        if self == Self::Share { Measure::Share } else { Measure::Speedup }
    }

    fn head(self, results: &View<'_>) -> Option<String> {
        match self {
            Self::Own => Some("over the interpreter's own single".to_owned()),
            Self::Baseline => Some(format!("over {}'s single", results.baseline)),
            Self::Share => None,
        }
    }
}

impl Chart for Scaling {
    fn name(&self) -> &'static str {
        "scaling"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let title = finding::scaling(results).unwrap_or_else(|| "speedup against workers".to_owned());
        let mut subtitle = finding::against_baseline(results).map_or_else(String::new, |s| format!("{s}. "));
        subtitle.push_str("Whiskers: 95 % interval. Dashed: ideal.");
        subtitle.push_str(&capacity_note(results));
        subtitle.push_str(&fit_note(results));
        if results.cells.iter().any(|cell| view::has_numbers(cell) && !view::settled(cell)) {
            subtitle.push_str(" Hollow: not settled; small: too few pairs for an interval.");
        }
        draw_rows(results, theme, width, &title, &subtitle, &[Row::Own, Row::Baseline])
    }
}

/// A block for each workload, in it the rows, in each a panel for every mode.
pub(super) fn draw_rows(
    results: &View<'_>,
    theme: &Theme,
    width: f64,
    title: &str,
    subtitle: &str,
    rows: &[Row],
) -> Option<String> {
    let modes = columns(results);
    let workloads: Vec<&str> =
        view::workloads(results).into_iter().filter(|w| has_speedups(results, w, &modes)).collect();
    if modes.is_empty() || workloads.is_empty() {
        return None;
    }
    let workers = axis(results);
    let heading = Heading::new(title, subtitle, width);
    let columns = if width < WIDE { 1 } else { modes.len() };
    let block_head = if workloads.len() > 1 { BLOCK_HEAD } else { 0.0 };
    let row_head = |row: &Row| if row.head(results).is_some() { ROW_HEAD } else { 0.0 };
    let lines = modes.len().div_ceil(columns) as f64;
    let block = block_head + rows.iter().map(|row| row_head(row) + PANEL_HEIGHT * lines).sum::<f64>() + FOOT;
    let height = heading.height() + block * workloads.len() as f64;
    let panel_width = (width - 2.0 * MARGIN) / columns as f64;

    Some(picture(width, height, title, theme, |canvas| {
        heading.draw(canvas, theme);
        for (index, workload) in workloads.iter().enumerate() {
            let mut y = heading.height() + index as f64 * block;
            let bold = Font { px: 14.0, bold: true, colour: theme.ink };
            let head = if workloads.len() > 1 { *workload } else { "" };
            canvas.text(&fit(head, width, 14.0, true), MARGIN, y + 8.0, Anchor::Start, bold);
            y += block_head;
            for (place, &row) in rows.iter().enumerate() {
                if let Some(text) = row.head(results) {
                    let font = Font { px: 11.5, bold: false, colour: theme.ink };
                    canvas.text(&text, MARGIN, y + 8.0, Anchor::Start, font);
                }
                y += row_head(&row);
                let panels: Vec<Panel> =
                    modes.iter().map(|&mode| panel(results, workload, mode, row, &workers)).collect();
                let top = panels.iter().map(Panel::reach).fold(1.2, f64::max);
                for line in panels.chunks(columns) {
                    for (column, panel) in line.iter().enumerate() {
                        let x = MARGIN + column as f64 * panel_width;
                        panel.draw(canvas, theme, (x, y), panel_width, top, place + 1 == rows.len());
                    }
                    y += PANEL_HEIGHT;
                }
            }
        }
    }))
}

/// What the broad pale lines are, where there are any.
pub(super) fn fit_note(results: &View<'_>) -> String {
    let (usl, amdahl) = (
        results.scaling.iter().any(|one| one.usl.is_some()),
        results.scaling.iter().any(|one| one.amdahl.is_some() && one.usl.is_none()),
    );
    let knee = results
        .scaling
        .iter()
        .any(|one| one.usl.as_ref().is_some_and(|usl| usl.knee.value.is_some() && !usl.knee_extrapolated));
    let laws = match (usl, amdahl) {
        (true, true) => "the Universal Scalability Law, or Amdahl's where two points are all",
        (true, false) => "the Universal Scalability Law",
        (false, true) => "Amdahl's law",
        (false, false) => return String::new(),
    };
    let knee = if knee { "; diamond: its knee" } else { "" };
    format!(" Broad and pale: {laws}, fitted up to the CPUs{knee}.")
}

/// What the grey bars are, with the figure at the focus number of workers.
fn capacity_note(results: &View<'_>) -> String {
    let workers = view::focus_workers(results);
    let workload = finding::telling_workload(results);
    let mut at = view::capacities(results, workers);
    let baseline = |c: &&crate::analysis::Capacity| c.cell.interpreter == results.baseline;
    let found = at
        .clone()
        .filter(|c| Some(c.cell.workload.as_str()) == workload)
        .find(baseline)
        .or_else(|| at.next());
    found.map_or_else(String::new, |capacity| {
        let ratio = format::ratio(capacity.ratio);
        format!(" Grey bars: the machine's capacity, what independent processes reach together ({ratio} with {workers}).")
    })
}

/// Modes that multiply with the workers: the thread mode first, then processes, then the rest.
fn columns<'a>(results: &'a View<'_>) -> Vec<view::Way<'a>> {
    let mut modes: Vec<_> = view::mode_variants(results)
        .into_iter()
        .filter(|(mode, variant)| {
            let mut cells = results.cells.iter().filter(|c| c.mode == *mode && c.variant() == *variant);
            view::takes_workers(results, mode) && cells.any(|cell| cell.speedup_self.is_some())
        })
        .collect();
    let threads = finding::thread_mode(results);
    modes.sort_by_key(|(mode, _)| match *mode {
        mode if Some(mode) == threads => 0,
        "mp" => 1,
        _ => 2,
    });
    modes.truncate(MAX_COLUMNS);
    modes
}

fn has_speedups(results: &View<'_>, workload: &str, modes: &[view::Way<'_>]) -> bool {
    view::of(results, workload)
        .any(|cell| cell.speedup_self.is_some() && modes.contains(&(cell.mode.as_str(), cell.variant())))
}

/// Every number of workers of the run: the axis of all panels.
fn axis(results: &View<'_>) -> Vec<u32> {
    let takes =
        |cell: &&CellResult| cell.outcome != Outcome::Skipped && view::takes_workers(results, &cell.mode);
    let mut all: Vec<u32> = results.cells.iter().filter(takes).map(|cell| cell.workers).collect();
    // Where `single` stands, and where the ideal begins.
    all.push(1);
    all.sort_unstable();
    all.dedup();
    all
}

fn panel(
    results: &View<'_>,
    workload: &str,
    (mode, variant): view::Way<'_>,
    over: Row,
    workers: &[u32],
) -> Panel {
    let cells = || view::of(results, workload).filter(move |c| c.mode == mode && c.variant() == variant);
    let line = |interpreter: &str| {
        let own = || cells().filter(|cell| cell.interpreter == interpreter);
        let points: Vec<Point> = own()
            .filter(|cell| view::has_numbers(cell))
            .filter_map(|cell| {
                let speedup = over.of(cell).filter(|speedup| speedup.ratio.is_finite())?;
                let share = over.divisor(f64::from(cell.workers.max(1)));
                Some(Point {
                    workers: cell.workers,
                    ratio: speedup.ratio / share,
                    interval: speedup.ci95.map(|ci95| ci95.map(|end| end / share)),
                    settled: speedup.settled,
                    hover: hover(results, cell, speedup),
                })
            })
            .collect();
        let failures: Vec<(u32, String)> = own()
            .filter(|cell| cell.outcome.is_failure())
            .map(|cell| (cell.workers, view::outcome(cell.outcome).to_owned()))
            .collect();
        let name = interpreter.to_owned();
        let series = view::colour_index(results, interpreter);
        let found = view::curve(results, (interpreter, workload), (mode, variant));
        let found = found.filter(|_| over != Row::Baseline);
        let curve = found.and_then(|scaling| curve(scaling, over));
        let dashed = view::colour_repeats(results, interpreter);
        let line = Line { name, series, dashed, points, failures, curve };
        (!line.points.is_empty() || !line.failures.is_empty()).then_some(line)
    };
    // The machine's capacity as the interpreters saw it; over the baseline, the baseline's own.
    let capacity = workers
        .iter()
        .filter_map(|&n| {
            let all = view::capacities(results, n).filter(|c| c.cell.workload == workload && n > 1);
            let own = all.filter(|c| over != Row::Baseline || c.cell.interpreter == results.baseline);
            let share = over.divisor(f64::from(n));
            let ratios: Vec<f64> = own.map(|c| c.ratio / share).filter(|ratio| ratio.is_finite()).collect();
            let low = ratios.iter().copied().reduce(f64::min)?;
            let high = ratios.iter().copied().reduce(f64::max)?;
            Some((n, [low, high]))
        })
        .collect();
    Panel {
        title: view::mode_name(results, (mode, variant)),
        measure: over.measure(),
        lines: view::interpreters(results).iter().copied().filter_map(line).collect(),
        workers: workers.to_vec(),
        cpus: results.host.effective_cpus,
        capacity,
    }
}

/// The fitted law from one worker to the last that has a CPU.
fn curve(scaling: &Fitted, row: Row) -> Option<Curve> {
    let one = scaling.one_worker.map_or(1.0, |figure| figure.value);
    let last = scaling.points.iter().filter(|point| point.fitted).map(|point| f64::from(point.workers));
    let last = last.fold(1.0, f64::max);
    let (contention, coherency) = match (&scaling.usl, &scaling.amdahl) {
        (Some(usl), _) => (usl.contention.value, usl.coherency.value),
        // A law of speedups says nothing about what is slower than one worker.
        (None, Some(serial)) if serial.value < 1.0 => (serial.value, 0.0),
        (None, _) => return None,
    };
    let at = |n: f64| {
        let speedup = one * n / (1.0 + contention * (n - 1.0) + coherency * n * (n - 1.0));
        (n, speedup / row.divisor(n))
    };
    let points: Vec<(f64, f64)> =
        (0..=40).map(|step| at(1.0 + (last - 1.0) * f64::from(step) / 40.0)).collect();
    let knee = scaling.usl.as_ref().filter(|usl| !usl.knee_extrapolated).and_then(|usl| usl.knee.value);
    let hover = knee.map_or_else(String::new, |knee| {
        let ends = scaling.usl.as_ref().map(|usl| (usl.knee.low, usl.knee.high));
        let interval = match ends {
            Some((Some(low), Some(high))) => format!(" (95 % {low:.1} to {high:.1})"),
            Some((Some(low), None)) => format!(" (95 % from {low:.1} on)"),
            _ => String::new(),
        };
        format!("{}: slower beyond {knee:.1} workers{interval}", scaling.cell.interpreter)
    });
    Some(Curve { points, knee: knee.map(at), hover })
}

fn hover(results: &View<'_>, cell: &CellResult, speedup: &Speedup) -> String {
    let interval = speedup.ci95.map_or_else(String::new, |ci| format!(" (95 % {})", format::interval(ci)));
    format!(
        "{}: {}{interval} over {}, {}{}",
        view::who(results, cell),
        format::ratio(speedup.ratio),
        speedup.baseline,
        format::count(speedup.pairs as usize, "pair"),
        if speedup.settled { "" } else { ", not settled" },
    )
}
