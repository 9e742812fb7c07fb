//! What happens over one cold invocation: a track for each cell that tells, in it a band for each
//! process of its tree, one on top of the other.

use crate::record::ProcessRole;

use super::super::canvas::{Canvas, Font, HPos, Stroke};
use super::super::theme::Series;
use super::super::view::View;
use super::frame::{Axis, Heading, MARGIN};
use super::plot::Plot;
use super::track::Track;

const HEIGHT: f64 = 120.0;
const HEAD: f64 = 24.0;
const AXIS: f64 = 30.0;
const LEFT: f64 = 48.0;

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

/// Draws the chart; tracks share both axes, and a line at a value with its name, where the picture reaches so far.
pub(super) fn draw(
    view: &View<'_>,
    heading: &Heading<'_>,
    tracks: &[Track<'_>],
    upright: Axis,
    limit: Option<(f64, String)>,
) -> String {
    let end = tracks.iter().flat_map(|track| &track.stretches).map(|one| one.1).fold(0.0, f64::max);
    let used = tracks.iter().flat_map(|track| track.total.iter().copied());
    let dots = tracks.iter().flat_map(|track| track.dots.iter().map(|dot| dot.1));
    let used = used.chain(dots).fold(1.0, f64::max);
    let reach = limit.as_ref().map_or(0.0, |limit| limit.0.min(used * 2.0));
    let high = used.max(reach) * 1.1;
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
            plot.levels(canvas, upright.ticks(plot.high, 3.0), 6.0);
            if let Some((limit, name)) = limit.as_ref().filter(|limit| limit.0 <= plot.high) {
                draw_limit(canvas, &plot, *limit, name);
            }
            draw_track(canvas, &plot, series, track, &who);
            y += HEAD + HEIGHT;
        }
        draw_time_axis(canvas, &plot, width);
    })
}

fn draw_limit(canvas: &mut Canvas, plot: &Plot, limit: f64, name: &str) {
    let (y, muted) = (plot.y(limit), canvas.theme.muted);
    canvas.line((plot.left, y), (plot.right, y), Stroke::new(1.2, muted).dashed(1.5, 2.5));
    canvas.text(name, plot.right, y - 8.0, HPos::Right, Font::plain(10.0, muted));
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
        let half = font.width(&text) / 2.0;
        let middle = plot.x(tick).min(plot.right - half);
        canvas.text(&text, middle, plot.bottom + 14.0, HPos::Center, font);
    }
}
