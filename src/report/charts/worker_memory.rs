//! What each further worker costs in memory: the peak at every number of workers, and its slope.

use crate::analysis::Figure;

use super::super::format;
use super::super::theme::Theme;
use super::super::view::{self, View};
use super::Chart;
use super::bars::{self, Bar, Content, Group, Panel, Row};
use super::frame::{Axis, Heading};

pub struct WorkerMemory;

/// The peaks of one interpreter in one mode by workers, rising.
struct Growth<'a> {
    interpreter: &'a str,
    peaks: Vec<(u32, u64)>,
    /// Bytes that a worker adds.
    each: Option<&'a Figure>,
}

fn growth<'a>(view: &'a View<'_>, workload: &str, (mode, variant): view::Way<'_>) -> Vec<Growth<'a>> {
    let one = |interpreter: &'a str| {
        let cells =
            view::of(view, workload).filter(|cell| cell.interpreter == interpreter && cell.mode == mode);
        let mut peaks: Vec<(u32, u64)> = cells
            .filter(|cell| cell.variant() == variant && view::has_numbers(cell))
            .filter_map(|cell| Some((cell.workers, cell.peak_pss_bytes.or(cell.peak_rss_bytes)?)))
            .collect();
        peaks.sort_unstable();
        let line = view.memory_growth.iter().find(|line| {
            (line.cell.interpreter.as_str(), line.cell.workload.as_str()) == (interpreter, workload)
                && (line.cell.mode.as_str(), line.cell.variant()) == (mode, variant)
        });
        Growth { interpreter, peaks, each: line.map(|line| &line.per_worker) }
    };
    view::present(view).into_iter().map(one).filter(|growth| growth.peaks.len() >= 2).collect()
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

impl Chart for WorkerMemory {
    fn name(&self) -> &'static str {
        "worker-memory"
    }

    fn draw(&self, view: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let modes: Vec<_> = view::mode_variants(view)
            .into_iter()
            .filter(|(mode, _)| view::takes_workers(view, mode))
            .collect();
        let rows = |growth: &Growth<'_>| -> Vec<Row> {
            let series = view::colour_index(view, growth.interpreter);
            let last = growth.peaks.len() - 1;
            let row = |(place, &(workers, bytes)): (usize, &(u32, u64))| {
                let each = growth.each.filter(|_| place == last).map(|each| format!("{} each", signed(each)));
                let name = format!("{} × {workers}", growth.interpreter);
                let hover = format!("{name}: {}", format::bytes(bytes));
                let bar = Bar {
                    parts: vec![(bytes as f64, 1.0)],
                    text: format::bytes(bytes),
                    aside: each.unwrap_or_default(),
                    hover,
                    ..Bar::default()
                };
                Row { name, series, content: Content::Bar(bar) }
            };
            growth.peaks.iter().enumerate().map(row).collect()
        };
        let panel = |workload: &str| {
            let groups = modes.iter().map(|&mode| Group {
                name: view::mode_name(view, mode),
                rows: growth(view, workload, mode).iter().flat_map(rows).collect(),
            });
            let groups: Vec<Group> = groups.filter(|group| !group.rows.is_empty()).collect();
            Panel { title: workload.to_owned(), groups }
        };
        let panels: Vec<Panel> =
            view::workloads(view).into_iter().map(panel).filter(|panel| !panel.groups.is_empty()).collect();
        let title = title(view, &modes)?;
        let subtitle = "peak of the whole process tree by number of workers; beside the last one, what each worker adds (least squares over all invocations)";
        bars::draw(&Heading::new(&title, subtitle, width), &title, &panels, theme, Axis::Bytes)
    }
}

/// `fib on 3.13: each mp worker adds 5.80 MiB, each threads worker 0.10 MiB`.
fn title(view: &View<'_>, modes: &[view::Way<'_>]) -> Option<String> {
    let workload = *view::workloads(view).first()?;
    let mut names = view::present(view);
    names.sort_by_key(|name| *name != view.baseline);
    let claims = |name: &str| -> Vec<(&Figure, String)> {
        let each = |mode: &view::Way<'_>| {
            let found =
                growth(view, workload, *mode).into_iter().find(|growth| growth.interpreter == name)?;
            Some((found.each?, view::mode_name(view, *mode)))
        };
        modes.iter().filter_map(each).collect()
    };
    let (name, mut claims) =
        names.into_iter().map(|name| (name, claims(name))).find(|(_, claims)| !claims.is_empty())?;
    claims.sort_by(|a, b| b.0.value.total_cmp(&a.0.value));
    let list: Vec<String> =
        claims.iter().take(3).map(|(each, mode)| format!("{} with {mode}", signed(each))).collect();
    Some(format!("{workload} on {name}: each worker adds {}", list.join(", ")))
}
