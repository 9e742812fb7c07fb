//! Speedup against workers. A block of panels per workload: one column a mode, two rows, over the
//! interpreter's own `single` and over the baseline interpreter's.

use std::collections::BTreeSet;

use crate::analysis::{CellResult, Scaling as Fitted, Speedup};
use crate::cell::ModeKind;
use crate::record::Outcome;

use super::super::format;
use super::super::view::{View, Way, way};
use super::Chart;
use super::frame::{Heading, JOIN, Sheet};
use super::panel_rows::{self, MAX_COLUMNS, PanelRow};
use super::worker_panel::{FittedCurve, Measure, WorkerLine, WorkerPanel};

pub(super) const CHART: Chart = Chart { name: "scaling", label: "scaling", title, draw };

/// An interval whose ends lie further apart than this factor is told instead of its middle.
const TOO_WIDE: f64 = 1.5;

/// What a row of panels shows: the speedup over the own `single` or over the baseline interpreter's, or
/// the former divided by the workers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Own,
    Baseline,
    Share,
}

impl Over {
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

    fn head(self, view: &View<'_>) -> String {
        match self {
            Self::Own => "over the interpreter's own single".to_owned(),
            Self::Baseline => format!("over {}'s single", view.baseline),
            Self::Share => String::new(),
        }
    }
}

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let mut subtitle = against_baseline(view).map_or_else(String::new, |said| format!("{said}. "));
    subtitle.push_str("Whiskers: 95 % interval (without an end bar: cut off). Dashed: ideal.");
    subtitle.push_str(&capacity_note(view));
    subtitle.push_str(&fit_note(view));
    if view.measured().any(|cell| !cell.is_settled()) {
        subtitle.push_str(" Hollow: not settled; small: too few pairs for an interval.");
    }
    draw_rows(view, sheet, &subtitle, &[Over::Own, Over::Baseline])
}

/// `3.13t threads reach 1.9× on 2 workers; 3.13 stays at 1.0×`, over their own `single`.
fn title(view: &View<'_>) -> Option<String> {
    Some(finding(view).unwrap_or_else(|| "speedup against workers".to_owned()))
}

fn finding(view: &View<'_>) -> Option<String> {
    let workload = view.telling_workload()?;
    let mut cells: Vec<(&CellResult, &Speedup)> = view
        .thread_cells(workload)
        .into_iter()
        .filter_map(|cell| Some((cell, cell.speedup_self.as_ref()?)))
        .collect();
    // The best first; of the rest only what tells the contrast.
    cells.sort_by(|a, b| b.1.ratio.total_cmp(&a.1.ratio));
    let ((best, speedup), rest) = cells.split_first()?;
    let who = format!("{} {} {}", best.interpreter, best.mode, reach(speedup));
    let head = format!("{workload}: {who} on {} workers", view.focus_workers);
    let worst = rest.iter().rev().find(|(cell, _)| cell.interpreter == view.baseline).or(rest.last());
    Some(match worst {
        Some((cell, speedup)) => format!("{head}{JOIN}{}'s {}", cell.interpreter, reach(speedup)),
        None => head,
    })
}

/// What the same cells are worth against the baseline interpreter: the other half of the truth.
fn against_baseline(view: &View<'_>) -> Option<String> {
    let cells = view.thread_cells(view.telling_workload()?).into_iter();
    let own = cells.filter_map(|cell| Some((cell, cell.speedup_self.as_ref()?.ratio)));
    let best = own.max_by(|a, b| a.1.total_cmp(&b.1))?.0;
    Some(format!(
        "Over {}'s single instead of their own, {} {} make {}",
        view.baseline,
        best.interpreter,
        best.mode,
        best.speedup.as_ref()?.about()
    ))
}

/// A gain is reached, its absence is where one stays, a loss is where one falls to; what is known too
/// badly to be called any of these is said as a range.
fn reach(speedup: &Speedup) -> String {
    let Some([low, high]) = speedup.ci95 else {
        let pairs = format::count(speedup.pairs as usize, "pair");
        return format!("are known from {pairs} only ({})", speedup.about());
    };
    if !speedup.settled && high > low * TOO_WIDE {
        return format!("lie between {} and {}", format::ratio_short(low), format::ratio_short(high));
    }
    let verb = match speedup.ratio {
        r if r >= 1.1 && low > 1.0 => "reach",
        r if r < 0.9 && high < 1.0 => "fall to",
        _ => "stay at",
    };
    format!("{verb} {}", speedup.about())
}

/// Draws a block for each workload, in it the rows, in each a panel for every mode.
pub(super) fn draw_rows(view: &View<'_>, sheet: Sheet<'_>, subtitle: &str, rows: &[Over]) -> Option<String> {
    let modes = columns(view);
    let rated = |cell: &CellResult| cell.speedup_self.is_some() && modes.contains(&way(cell));
    let shown = |workload: &&str| view.cells_of(workload).any(rated);
    let workloads: Vec<&str> = view.workload_names.iter().copied().filter(shown).collect();
    if modes.is_empty() || workloads.is_empty() {
        return None;
    }
    let workers = axis(view);
    let row = |workload: &'_ str, over: Over| {
        modes.iter().map(|&mode| panel(view, workload, mode, over, &workers)).collect()
    };
    let mut all = Vec::new();
    for &workload in &workloads {
        all.extend(rows.iter().map(|&over| PanelRow {
            workload: if workloads.len() > 1 { workload } else { "" },
            head: over.head(view),
            panels: row(workload, over),
            names_axis: rows.last() == Some(&over),
        }));
    }
    Some(panel_rows::draw(&Heading::new(sheet, subtitle), &all, modes.len()))
}

/// What the broad pale lines are, where there are any.
pub(super) fn fit_note(view: &View<'_>) -> String {
    let (usl, amdahl) = (
        view.scaling.iter().any(|one| one.usl.is_some()),
        view.scaling.iter().any(|one| one.amdahl.is_some() && one.usl.is_none()),
    );
    let knee = view
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
fn capacity_note(view: &View<'_>) -> String {
    let workers = view.focus_workers;
    let workload = view.telling_workload();
    let mut at = view.capacities(workers);
    let baseline = |c: &&crate::analysis::Capacity| c.cell.interpreter == view.baseline;
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
fn columns<'a>(view: &'a View<'_>) -> Vec<Way<'a>> {
    let mut modes: Vec<_> = view
        .ways()
        .into_iter()
        .filter(|mode| {
            let mut cells = view.cells.iter().filter(|cell| way(cell) == *mode);
            view.takes_workers(mode.0) && cells.any(|cell| cell.speedup_self.is_some())
        })
        .collect();
    let threads = view.mode_of(ModeKind::Threads);
    modes.sort_by_key(|(mode, _)| match view.kind(mode) {
        _ if Some(*mode) == threads => 0,
        Some(ModeKind::Processes) => 1,
        _ => 2,
    });
    modes.truncate(MAX_COLUMNS);
    modes
}

/// Every number of workers of the run: the axis of all panels.
fn axis(view: &View<'_>) -> Vec<u32> {
    let takes = |cell: &&CellResult| cell.outcome != Outcome::Skipped && view.takes_workers(&cell.mode);
    let workers = view.cells.iter().filter(takes).map(|cell| cell.workers);
    // At 1 stands `single`, and the ideal begins.
    workers.chain([1]).collect::<BTreeSet<_>>().into_iter().collect()
}

fn panel(view: &View<'_>, workload: &str, mode: Way<'_>, over: Over, workers: &[u32]) -> WorkerPanel {
    let line = |interpreter: &&str| {
        let own = |cell: &&CellResult| cell.interpreter == **interpreter && way(cell) == mode;
        let found = view.curve(interpreter, workload, mode).filter(|_| over != Over::Baseline);
        let (name, series) = ((*interpreter).to_owned(), view.colour_index(interpreter));
        let line = WorkerLine {
            dashed: view.colour_repeats(interpreter),
            curve: found.and_then(|scaling| curve(scaling, over)),
            ..WorkerLine::of(name, series, view.cells_of(workload).filter(own), |cell| {
                let speedup = over.of(cell)?;
                Some((speedup, over.divisor(f64::from(cell.workers.max(1))), hover(view, cell, speedup)))
            })
        };
        (!line.points.is_empty() || !line.failures.is_empty()).then_some(line)
    };
    // The machine's capacity as the interpreters saw it; over the baseline, the baseline's own.
    let capacity = workers
        .iter()
        .filter_map(|&n| {
            let all = view.capacities(n).filter(|c| c.cell.workload == workload && n > 1);
            let own = all.filter(|c| over != Over::Baseline || c.cell.interpreter == view.baseline);
            let share = over.divisor(f64::from(n));
            let ratios: Vec<f64> = own.map(|c| c.ratio / share).filter(|ratio| ratio.is_finite()).collect();
            let low = ratios.iter().copied().reduce(f64::min)?;
            let high = ratios.iter().copied().reduce(f64::max)?;
            Some((n, [low, high]))
        })
        .collect();
    WorkerPanel {
        title: view.way_name(mode),
        measure: over.measure(),
        lines: view.interpreter_names.iter().filter_map(line).collect(),
        workers: workers.to_vec(),
        cpus: view.host.effective_cpus,
        capacity,
    }
}

/// The fitted law from one worker to the last that has a CPU.
fn curve(scaling: &Fitted, row: Over) -> Option<FittedCurve> {
    let last = scaling.points.iter().filter(|point| point.fitted).map(|point| f64::from(point.workers));
    let last = last.fold(1.0, f64::max);
    let (contention, coherency) = match (&scaling.usl, &scaling.amdahl) {
        (Some(usl), _) => (usl.contention.value, usl.coherency.value),
        // A law of speedups says nothing about what is slower than one worker.
        (None, Some(serial)) if serial.value < 1.0 => (serial.value, 0.0),
        (None, _) => return None,
    };
    let at = |n: f64| (n, scaling.speedup(n, contention, coherency) / row.divisor(n));
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
    Some(FittedCurve { points, knee: knee.map(at), hover })
}

fn hover(view: &View<'_>, cell: &CellResult, speedup: &Speedup) -> String {
    format!(
        "{}: {} over {}, {}{}",
        view.who(cell),
        speedup.in_full(),
        speedup.baseline,
        format::count(speedup.pairs as usize, "pair"),
        if speedup.settled { "" } else { ", not settled" },
    )
}
