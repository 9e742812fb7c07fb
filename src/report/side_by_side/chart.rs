//! Speedup over the own `single` against workers, one line a run. Speedups are formed inside a run, so that
//! lines of different machines may share a panel.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::super::artifact::Drawing;
use super::super::charts::panel_rows::{self, MAX_COLUMNS, PanelRow};
use super::super::charts::worker_panel::{Measure, WorkerLine, WorkerPanel};
use super::super::charts::{Heading, NARROW, Sheet, WIDE};
use super::super::format;
use super::super::theme::Theme;
use super::super::view::unique;
use super::super::wording::mark;
use super::{CellResult, CellRow, RunColumn, SideBySide};

/// Colours that stay apart side by side: a run's, by its place.
const RUNS: [usize; 8] = [0, 5, 3, 2, 6, 4, 1, 7];

/// `None` where no mode has points in two runs.
pub(super) fn drawing(several: &SideBySide<'_>) -> Option<Drawing> {
    let rows = rows(several);
    let columns = rows.iter().map(|row| row.panels.len()).max()?.min(MAX_COLUMNS);
    let (title, theme) = (title(several), Theme::light());
    let subtitle = "speedup over the interpreter's own single, formed inside each run; whiskers: 95 % interval (without an end bar: cut off); dashed: ideal; hollow and ~: not settled; only what two runs or more measured";
    let draw = |width| {
        let sheet = Sheet { title: &title, theme: &theme, width };
        panel_rows::draw(&Heading::new(sheet, subtitle), &rows, columns)
    };
    Some(Drawing { name: "side-by-side", label: "chart", svg: draw(WIDE), narrow: draw(NARROW) })
}

/// A row for each interpreter of a workload, in it a panel for each mode.
fn rows<'a>(several: &SideBySide<'a>) -> Vec<PanelRow<'a>> {
    let workers: BTreeSet<u32> = several.rows.iter().map(|row| row.cell.workers).chain([1]).collect();
    // One limit, where all machines have the same.
    let cpus: Vec<f64> = several.runs.iter().map(|run| run.view.host.effective_cpus).collect();
    let cpus = if cpus.iter().all(|one| (one - cpus[0]).abs() < 0.01) { cpus[0] } else { 0.0 };
    let mut found: IndexMap<(&str, String), Vec<WorkerPanel>> = IndexMap::new();
    let many = several.rows.iter().filter(|row| row.cell.workers > 1);
    for curve in unique(many.map(|row| row.cell.curve())) {
        let same: Vec<&CellRow<'a>> = several.rows.iter().filter(|row| row.cell.curve() == curve).collect();
        let lines = lines(several, &same);
        let Some(first) = same.first() else { continue };
        if lines.iter().filter(|line| !line.points.is_empty()).count() < 2 {
            continue;
        }
        let title = several.runs[0].view.how(&curve);
        let (capacity, workers) = (Vec::new(), workers.iter().copied().collect());
        let panel = WorkerPanel { title, measure: Measure::Speedup, lines, workers, cpus, capacity };
        let row = (first.cell.workload.as_str(), format!("on {}", curve.interpreter));
        found.entry(row).or_default().push(panel);
    }
    let row = |((workload, head), panels)| PanelRow { workload, head, panels, names_axis: true };
    found.into_iter().map(row).collect()
}

fn lines(several: &SideBySide<'_>, rows: &[&CellRow<'_>]) -> Vec<WorkerLine> {
    let line = |(place, run): (usize, &RunColumn<'_>)| {
        let name = &run.label;
        let cells = rows.iter().filter_map(|row| row.cells[place]);
        let mut line = WorkerLine::of(name.clone(), RUNS[place % RUNS.len()], cells, |cell| {
            let speedup = cell.speedup_self.as_ref()?;
            let (said, over) = (speedup.in_full(), &speedup.baseline);
            Some((speedup, 1.0, format!("{name}, {} workers: {said} over {over}", cell.workers)))
        });
        line.points.sort_by_key(|point| point.workers);
        WorkerLine { dashed: place >= RUNS.len(), ..line }
    };
    several.runs.iter().enumerate().map(line).collect()
}

/// The cell whose speedups lie furthest apart, their intervals apart, too; each is said, none is divided.
fn title(several: &SideBySide<'_>) -> String {
    let apart = |row: &CellRow<'_>| {
        let speedups = row.cells.iter().enumerate().filter_map(|(run, cell)| {
            let speedup =
                cell.filter(|cell| cell.has_numbers() && cell.workers > 1)?.speedup_self.as_ref()?;
            Some((run, speedup.ratio, speedup.ci95?))
        });
        let all: Vec<_> = speedups.collect();
        let high = all.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let low = all.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1))?;
        (low.2[1] < high.2[0]).then_some((high.1 / low.1, high, low))
    };
    let found = several.rows.iter().filter_map(|row| Some((row, apart(row)?)));
    let Some((row, (_, high, low))) = found.max_by(|a, b| a.1.0.total_cmp(&b.1.0)) else {
        return "no mode's gain over its own single is clearly another one in another run".to_owned();
    };
    let side = |(run, ratio, _): (usize, f64, [f64; 2])| {
        let settled = row.cells[run].is_some_and(CellResult::is_settled);
        format!("{}{} in {}", mark(settled), format::ratio(ratio), several.runs[run].label)
    };
    format!(
        "most unlike: {} {} on {} reaches {}, {}",
        row.cell.workload,
        row.how,
        row.cell.interpreter,
        side(high),
        side(low)
    )
}
