//! Speedup over the own `single` against workers, one line a run. Speedups are formed inside a run, so that
//! lines of different machines may share a panel.

use super::super::canvas::{Anchor, Font, fit, picture};
use super::super::charts::scaling_panel::{Line, Measure, PANEL_HEIGHT, Panel, Point};
use super::super::charts::{Heading, MARGIN, WIDE};
use super::super::theme::Theme;
use super::super::{format, view};
use super::{Row, Several};

pub const NAME: &str = "side-by-side";

/// More modes than this would leave no room to read.
const MAX_COLUMNS: usize = 4;
const HEAD: f64 = 24.0;
const ROW_HEAD: f64 = 20.0;

/// Colours that stay apart side by side: a run's, by its place.
const RUNS: [usize; 8] = [0, 5, 3, 2, 6, 4, 1, 7];

/// A workload's panels for one interpreter.
struct Band<'a> {
    workload: &'a str,
    interpreter: &'a str,
    panels: Vec<Panel>,
}

/// `None` where no mode has points in two runs.
pub fn draw(several: &Several<'_>, theme: &Theme, width: f64) -> Option<String> {
    let bands = bands(several);
    let columns = match bands.iter().map(|band| band.panels.len()).max()? {
        _ if width < WIDE => 1,
        most => most.min(MAX_COLUMNS),
    };
    let title = title(several);
    let subtitle = "speedup over the interpreter's own single, formed inside each run; whiskers: 95 % interval; dashed: ideal; hollow and ~: not settled; only what two runs or more measured";
    let heading = Heading::new(&title, subtitle, width);
    let height = |band: &Band<'_>| ROW_HEAD + PANEL_HEIGHT * band.panels.len().div_ceil(columns) as f64;
    let heads = bands.chunk_by(|a, b| a.workload == b.workload).count() as f64 * HEAD;
    let total = heading.height() + heads + bands.iter().map(height).sum::<f64>();
    let panel_width = (width - 2.0 * MARGIN) / columns as f64;
    Some(picture(width, total, &title, theme, |canvas| {
        heading.draw(canvas, theme);
        let mut y = heading.height();
        let mut before = "";
        for band in &bands {
            if band.workload != before {
                before = band.workload;
                let font = Font { px: 14.0, bold: true, colour: theme.ink };
                canvas.text(&fit(before, width, 14.0, true), MARGIN, y + 8.0, Anchor::Start, font);
                y += HEAD;
            }
            let font = Font { px: 11.5, bold: false, colour: theme.ink };
            canvas.text(&format!("on {}", band.interpreter), MARGIN, y + 8.0, Anchor::Start, font);
            y += ROW_HEAD;
            let high = band.panels.iter().map(Panel::reach).fold(1.2, f64::max);
            for line in band.panels.chunks(columns) {
                for (column, panel) in line.iter().enumerate() {
                    let x = MARGIN + column as f64 * panel_width;
                    panel.draw(canvas, theme, (x, y), panel_width, high, true);
                }
                y += PANEL_HEIGHT;
            }
        }
    }))
}

fn bands<'a>(several: &Several<'a>) -> Vec<Band<'a>> {
    let mut workers: Vec<u32> = several.rows.iter().map(|row| row.workers).chain([1]).collect();
    workers.sort_unstable();
    workers.dedup();
    // One limit, where all machines have the same.
    let cpus: Vec<f64> = several.runs.iter().map(|run| run.view.host.effective_cpus).collect();
    let cpus = if cpus.iter().all(|one| (one - cpus[0]).abs() < 0.01) { cpus[0] } else { 0.0 };
    let mut bands: Vec<Band<'a>> = Vec::new();
    let mut seen: Vec<_> = Vec::new();
    for row in several.rows.iter().filter(|row| row.workers > 1) {
        let key = (row.workload, row.interpreter, row.mode, row.variant);
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let same = |other: &&Row<'_>| (other.workload, other.interpreter, other.mode, other.variant) == key;
        let rows: Vec<&Row<'_>> = several.rows.iter().filter(same).collect();
        let lines = lines(several, &rows);
        if lines.iter().filter(|line| !line.points.is_empty()).count() < 2 {
            continue;
        }
        let panel = Panel {
            title: row.how.rsplit_once('×').map_or(row.how.as_str(), |(mode, _)| mode).to_owned(),
            measure: Measure::Speedup,
            lines,
            workers: workers.clone(),
            cpus,
            capacity: Vec::new(),
        };
        match bands.iter_mut().find(|band| (band.workload, band.interpreter) == (key.0, key.1)) {
            Some(band) => band.panels.push(panel),
            None => bands.push(Band { workload: key.0, interpreter: key.1, panels: vec![panel] }),
        }
    }
    bands.sort_by_key(|band| several.workloads().iter().position(|name| *name == band.workload));
    bands
}

fn lines(several: &Several<'_>, rows: &[&Row<'_>]) -> Vec<Line> {
    let line = |place: usize| {
        let name = &several.runs[place].label;
        let cells = || rows.iter().filter_map(move |row| row.cells[place]);
        let mut points: Vec<Point> = cells()
            .filter(|cell| view::has_numbers(cell))
            .filter_map(|cell| {
                let speedup = cell.speedup_self.as_ref().filter(|speedup| speedup.ratio.is_finite())?;
                let interval =
                    speedup.ci95.map_or_else(String::new, |ci| format!(" (95 % {})", format::interval(ci)));
                Some(Point {
                    workers: cell.workers,
                    ratio: speedup.ratio,
                    interval: speedup.ci95,
                    settled: speedup.settled,
                    hover: format!(
                        "{name}, {} workers: {}{interval} over {}",
                        cell.workers,
                        format::ratio(speedup.ratio),
                        speedup.baseline
                    ),
                })
            })
            .collect();
        points.sort_by_key(|point| point.workers);
        let failures = cells()
            .filter(|cell| cell.outcome.is_failure())
            .map(|cell| (cell.workers, view::outcome(cell.outcome).to_owned()));
        let series = RUNS[place % RUNS.len()];
        let dashed = place >= RUNS.len();
        Line { name: name.clone(), series, dashed, points, failures: failures.collect(), curve: None }
    };
    (0..several.runs.len()).map(line).collect()
}

/// The cell whose speedups lie furthest apart, their intervals apart, too; each is said, none is divided.
fn title(several: &Several<'_>) -> String {
    let apart = |row: &Row<'_>| {
        let speedups = row.cells.iter().enumerate().filter_map(|(run, cell)| {
            let speedup =
                cell.filter(|cell| view::has_numbers(cell) && cell.workers > 1)?.speedup_self.as_ref()?;
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
        let settled = row.cells[run].is_some_and(view::settled);
        let mark = if settled { "" } else { view::UNSETTLED };
        format!("{mark}{} in {}", format::ratio(ratio), several.runs[run].label)
    };
    format!(
        "most unlike: {} {} on {} reaches {}, {}",
        row.workload,
        row.how,
        row.interpreter,
        side(high),
        side(low)
    )
}
