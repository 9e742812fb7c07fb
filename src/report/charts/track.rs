//! What a chart over time shows: which cells tell something, and the bands of their processes.

use crate::analysis::CellResult;
use crate::cell::ModeKind;
use crate::record::{ProcessRole, ProcessSeries};

use super::super::view::View;

/// One process, or the whole tree where an older record says no more.
pub(super) struct Band {
    pub role: Option<ProcessRole>,
    /// One value for each of the track's stretches.
    pub values: Vec<f64>,
    /// `None` for the whole tree, which is named as its cell.
    pub hover: Option<String>,
}

/// What is drawn of one cell.
pub(super) struct Track<'a> {
    pub cell: &'a CellResult,
    /// Begin and end of each stretch, ns since the launch.
    pub stretches: Vec<(f64, f64)>,
    /// From the bottom up.
    pub bands: Vec<Band>,
    /// The whole tree's value for each stretch; above the bands where some of it belongs to no process.
    pub total: Vec<f64>,
    /// Another figure of the tree: time and value.
    pub dots: Vec<(f64, f64)>,
}

/// Threads of a free-threaded build at the focus number of workers, the same with the GIL, and
/// processes: as many of them as have a timeline of two stretches or more.
pub(super) fn telling<'a>(
    view: &View<'a>,
    track: impl Fn(&'a CellResult) -> Option<Track<'a>>,
) -> Vec<Track<'a>> {
    let (threads, processes) = (view.mode_of(ModeKind::Threads), view.mode_of(ModeKind::Processes));
    let order = view.telling_workload().into_iter().chain(view.workload_names.iter().copied());
    let usable =
        |cell: &'a CellResult| track(cell).filter(|track| cell.has_numbers() && track.stretches.len() >= 2);
    for workload in order {
        let find = |mode: Option<&str>, wanted: &dyn Fn(&str) -> bool| {
            let fits = |cell: &&CellResult| {
                Some(cell.mode.as_str()) == mode
                    && cell.workers == view.focus_workers
                    && wanted(&cell.interpreter)
            };
            view.cells_of(workload).filter(fits).find_map(usable)
        };
        let free = find(threads, &|name| view.free_threaded(name));
        let locked = find(threads, &|name| name == view.baseline && !view.free_threaded(name))
            .or_else(|| find(threads, &|name| !view.free_threaded(name)));
        let apart = find(processes, &|name| name == view.baseline).or_else(|| find(processes, &|_| true));
        let found: Vec<_> = [free, locked, apart].into_iter().flatten().collect();
        if !found.is_empty() {
            return found;
        }
    }
    view.results.cells.iter().find_map(usable).into_iter().collect()
}

/// A band for each process of a cell's timeline, main first, workers last: `band` gives its values and what is
/// said of them. One for the whole tree where an older record says no more.
pub(super) fn bands(
    cell: &CellResult,
    total: &[f64],
    band: impl Fn(&ProcessSeries) -> (Vec<f64>, String),
) -> Vec<Band> {
    if cell.processes.is_empty() {
        return vec![Band { role: None, values: total.to_vec(), hover: None }];
    }
    let mut order: Vec<&ProcessSeries> = cell.processes.iter().collect();
    order.sort_by_key(|process| match process.role {
        ProcessRole::Main => 0,
        ProcessRole::Worker => 2,
        _ => 1,
    });
    let name = |role: ProcessRole| match role {
        ProcessRole::Main => "main process",
        ProcessRole::Worker => "worker",
        ProcessRole::Forkserver => "forkserver",
        ProcessRole::ResourceTracker => "resource tracker",
        ProcessRole::Other => "another process",
    };
    let one = |process: &ProcessSeries| {
        let (values, said) = band(process);
        let hover = format!("{} {}: {said}", name(process.role), process.pid);
        Band { role: Some(process.role), values, hover: Some(hover) }
    };
    order.into_iter().map(one).collect()
}
