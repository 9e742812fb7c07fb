//! What happens over one cold invocation: a track for each cell that tells, in it a band for each
//! process of its tree, one on top of the other.

use crate::analysis::CellResult;
use crate::cell::ModeKind;
use crate::record::{ProcessRole, ProcessSeries};

use super::super::canvas::{Canvas, Font, HPos, Stroke, text_width};
use super::super::theme::Series;
use super::super::view::View;
use super::frame::{Axis, Heading, MARGIN};
use super::plot::Plot;

const HEIGHT: f64 = 120.0;
const HEAD: f64 = 24.0;
const AXIS: f64 = 30.0;
const LEFT: f64 = 48.0;

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

/// How the upright axis is written.
pub(super) struct Upright {
    /// Positions and labels up to the largest value.
    pub ticks: fn(f64) -> Vec<(f64, String)>,
    /// A line at this value, with its name, where the picture reaches so far.
    pub limit: Option<(f64, String)>,
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

/// What the shades mean, where processes are told apart.
pub(super) fn key(tracks: &[Track<'_>]) -> Vec<(&'static str, f64)> {
    let bands = || tracks.iter().flat_map(|track| &track.bands).filter_map(|band| band.role);
    let has = |wanted: fn(ProcessRole) -> bool| bands().any(wanted);
    let mut key = Vec::new();
    if has(|role| role == ProcessRole::Main) {
        key.push(("main process (its threads are in it)", MAIN));
    }
    if has(|role| role == ProcessRole::Worker) {
        key.push(("worker processes, a band each", WORKERS[0]));
    }
    if has(|role| !matches!(role, ProcessRole::Main | ProcessRole::Worker)) {
        key.push(("helpers of multiprocessing", HELPER));
    }
    key
}

const MAIN: f64 = 0.32;
const HELPER: f64 = 0.14;
const WORKERS: [f64; 2] = [0.78, 0.58];

/// Draws the chart; tracks share both axes.
pub(super) fn draw(
    view: &View<'_>,
    heading: &Heading<'_>,
    tracks: &[Track<'_>],
    upright: &Upright,
) -> String {
    let end = tracks.iter().flat_map(|track| &track.stretches).map(|one| one.1).fold(0.0, f64::max);
    let used = tracks.iter().flat_map(|track| track.total.iter().copied());
    let dots = tracks.iter().flat_map(|track| track.dots.iter().map(|dot| dot.1));
    let used = used.chain(dots).fold(1.0, f64::max);
    let limit = upright.limit.as_ref().map_or(0.0, |limit| limit.0.min(used * 2.0));
    let high = used.max(limit) * 1.1;
    let (theme, width) = (heading.sheet.theme, heading.sheet.width);

    heading.picture(tracks.len() as f64 * (HEAD + HEIGHT) + AXIS, |canvas| {
        let (left, right) = (MARGIN + LEFT, width - MARGIN);
        let mut plot = Plot { left, right, last: end, high, ..Plot::default() };
        let mut y = heading.height();
        for track in tracks {
            let who = view.who(track.cell);
            let series = theme.series(view.colour_index(&track.cell.interpreter));
            let font = Font::bold(12.0, series.text);
            canvas.fitted(&who, width - 2.0 * MARGIN, plot.left, y + 10.0, HPos::Left, font);
            (plot.top, plot.bottom) = (y + HEAD, y + HEAD + HEIGHT - 8.0);
            draw_ground(canvas, &plot, upright);
            draw_track(canvas, &plot, series, track, &who);
            y += HEAD + HEIGHT;
        }
        draw_time_axis(canvas, &plot, width);
    })
}

fn draw_ground(canvas: &mut Canvas, plot: &Plot, upright: &Upright) {
    plot.levels(canvas, (upright.ticks)(plot.high), 6.0);
    if let Some((limit, name)) = upright.limit.as_ref().filter(|limit| limit.0 <= plot.high) {
        let (y, muted) = (plot.y(*limit), canvas.theme.muted);
        canvas.line((plot.left, y), (plot.right, y), Stroke::new(1.2, muted).dashed(1.5, 2.5));
        canvas.text(name, plot.right, y - 8.0, HPos::Right, Font::plain(10.0, muted));
    }
}

fn draw_track(canvas: &mut Canvas, plot: &Plot, series: Series, track: &Track<'_>, who: &str) {
    let theme = canvas.theme;
    let mut floor = vec![0.0; track.stretches.len()];
    let mut workers = 0;
    for band in &track.bands {
        let opacity = match band.role {
            None => 0.25,
            Some(ProcessRole::Main) => MAIN,
            Some(ProcessRole::Worker) => {
                workers += 1;
                WORKERS[(workers - 1) % WORKERS.len()]
            }
            Some(_) => HELPER,
        };
        let ceiling: Vec<f64> = floor.iter().zip(&band.values).map(|(low, value)| low + value).collect();
        // Only where it is: a process that isn't there yet has no edge either.
        let places: Vec<usize> = (0..ceiling.len()).filter(|place| band.values[*place] > 0.0).collect();
        for run in places.chunk_by(|a, b| a + 1 == *b) {
            let upper = steps(plot, track, &ceiling, run);
            let mut area = upper.clone();
            area.extend(steps(plot, track, &floor, run).into_iter().rev());
            canvas.area(&area, series.mark, opacity);
            if track.bands.len() > 1 {
                canvas.path(&upper, Stroke::new(0.8, theme.paper));
            }
            if let (Some(first), Some(last)) = (upper.first(), upper.last()) {
                let top = area.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
                let bottom = area.iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max);
                let hover = band.hover.as_deref().unwrap_or(who);
                canvas.hover(first.0, top, last.0 - first.0, bottom - top, hover);
            }
        }
        floor = ceiling;
    }
    let all: Vec<usize> = (0..track.total.len()).collect();
    canvas.path(&steps(plot, track, &track.total, &all), Stroke::new(1.8, series.mark));
    for (time, value) in &track.dots {
        canvas.mark(plot.x(*time), plot.y(*value), 3.2, theme.ink, Some(theme.paper));
    }
}

fn steps(plot: &Plot, track: &Track<'_>, values: &[f64], places: &[usize]) -> Vec<(f64, f64)> {
    let corners = |place: &usize| {
        let ((from, to), y) = (track.stretches[*place], plot.y(values[*place]));
        [(plot.x(from), y), (plot.x(to), y)]
    };
    places.iter().flat_map(corners).collect()
}

/// Below the last track.
fn draw_time_axis(canvas: &mut Canvas, plot: &Plot, width: f64) {
    let font = Font::plain(10.0, canvas.theme.muted);
    for (tick, text) in Axis::Nanoseconds.ticks(plot.last, width / 110.0) {
        let half = text_width(&text, 10.0, false) / 2.0;
        let middle = plot.x(tick).min(plot.right - half);
        canvas.text(&text, middle, plot.bottom + 14.0, HPos::Center, font);
    }
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
