//! What each further worker costs in memory: the peak at every number of workers, and its slope.

use crate::analysis::Figure;

use super::super::format;
use super::super::view::{View, Way, way};
use super::Chart;
use super::bars::{self, Bar, BarGroup, BarPanel, BarRow};
use super::frame::{Axis, Heading, Sheet};

pub(super) const CHART: Chart = Chart { name: "worker-memory", label: "memory by worker", title, draw };

/// The peaks of one interpreter in one mode by workers, rising.
struct WorkerPeaks<'a> {
    interpreter: &'a str,
    peaks: Vec<(u32, u64)>,
    /// Bytes that a worker adds.
    each: Option<&'a Figure>,
}

fn growth<'a>(view: &'a View<'_>, workload: &str, wanted: Way<'_>) -> Vec<WorkerPeaks<'a>> {
    let one = |interpreter: &&'a str| {
        let cells = view.cells_of(workload).filter(|cell| cell.interpreter == **interpreter);
        let mut peaks: Vec<(u32, u64)> = cells
            .filter(|cell| way(cell) == wanted && cell.has_numbers())
            .filter_map(|cell| Some((cell.workers, cell.peak_bytes()?)))
            .collect();
        peaks.sort_unstable();
        let line = view.memory_growth.iter().find(|line| {
            (line.cell.interpreter.as_str(), line.cell.workload.as_str()) == (*interpreter, workload)
                && way(&line.cell) == wanted
        });
        WorkerPeaks { interpreter, peaks, each: line.map(|line| &line.per_worker) }
    };
    view.present.iter().map(one).filter(|growth| growth.peaks.len() >= 2).collect()
}

impl WorkerPeaks<'_> {
    /// A bar for each number of workers; the last one says what each adds.
    fn rows(&self, view: &View<'_>) -> Vec<BarRow> {
        let last = self.peaks.len() - 1;
        let row = |(place, &(workers, bytes)): (usize, &(u32, u64))| {
            let each = self.each.filter(|_| place == last).map(|each| format!("{} each", signed(each)));
            let name = format!("{} × {workers}", self.interpreter);
            let bar = Bar {
                parts: vec![(bytes as f64, 1.0)],
                text: format::bytes(bytes),
                aside: each.unwrap_or_default(),
                hover: format!("{name}: {}", format::bytes(bytes)),
                ..Bar::default()
            };
            BarRow { name, series: view.colour_index(self.interpreter), content: Ok(bar) }
        };
        self.peaks.iter().enumerate().map(row).collect()
    }
}

/// `5.80 MiB`, `−0.10 MiB`; `at most 60 KiB` where it may be nothing; less than a page is nothing.
fn signed(bytes: &Figure) -> String {
    const PAGE: f64 = 4096.0;
    let size = |bytes: f64| format::bytes(bytes.abs().round() as u64);
    match bytes.ci95 {
        Some([low, high]) if low <= 0.0 && high >= PAGE => format!("at most {}", size(high)),
        _ if bytes.value.abs() < PAGE => "nothing".to_owned(),
        _ if bytes.value < 0.0 => format!("−{}", size(bytes.value)),
        _ => size(bytes.value),
    }
}

fn modes<'a>(view: &View<'a>) -> impl Iterator<Item = Way<'a>> {
    view.ways().into_iter().filter(|(mode, _)| view.takes_workers(mode))
}

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let panel = |workload: &&str| {
        let groups = modes(view).map(|mode| BarGroup {
            name: view.way_name(mode),
            rows: growth(view, workload, mode).iter().flat_map(|growth| growth.rows(view)).collect(),
        });
        let groups: Vec<BarGroup> = groups.filter(|group| !group.rows.is_empty()).collect();
        BarPanel { title: (*workload).to_owned(), groups }
    };
    let panels = view.workload_names.iter().map(panel).filter(|panel| !panel.groups.is_empty());
    let subtitle = "peak of the whole process tree by number of workers; beside the last one, what each worker adds (least squares over all invocations)";
    bars::draw(&Heading::new(sheet, subtitle), &panels.collect::<Vec<_>>(), Axis::Bytes)
}

/// `fib on 3.13: each worker adds 5.80 MiB with mp, 0.10 MiB with threads`.
fn title(view: &View<'_>) -> Option<String> {
    let workload = *view.workload_names.first()?;
    let claims = |name: &str| -> Vec<(&Figure, String)> {
        let each = |mode: Way<'_>| {
            let found = growth(view, workload, mode).into_iter().find(|growth| growth.interpreter == name)?;
            Some((found.each?, view.way_name(mode)))
        };
        modes(view).filter_map(each).collect()
    };
    let (name, mut claims) = view.first_that_has(claims)?;
    claims.sort_by(|a, b| b.0.value.total_cmp(&a.0.value));
    let list: Vec<String> =
        claims.iter().take(3).map(|(each, mode)| format!("{} with {mode}", signed(each))).collect();
    Some(format!("{workload} on {name}: each worker adds {}", list.join(", ")))
}
