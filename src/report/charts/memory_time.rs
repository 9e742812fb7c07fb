//! Memory over one cold invocation, process by process.

use crate::analysis::CellResult;

use super::super::format;
use super::super::view::View;
use super::Chart;
use super::frame::{Axis, Heading, Sheet};
use super::timeline;
use super::track::{Track, bands, telling};

pub(super) const CHART: Chart = Chart { name: "memory-time", label: "memory over time", title, draw };

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let tracks = telling(view, track);
    let mut subtitle = format!(
        "{}, one cold invocation from launch to exit: RSS of the processes on top of each other, which counts a shared page once for each",
        tracks.first()?.cell.workload
    );
    if tracks.iter().any(|track| !track.dots.is_empty()) {
        subtitle.push_str("; rings: PSS of the whole tree, which counts it once");
    }
    let heading = Heading::new(sheet, &subtitle).with_key(timeline::key(&tracks));
    Some(timeline::draw(view, &heading, &tracks, Axis::Bytes, None))
}

/// `Most memory at a time, as summed RSS: 3.13 mp×2 42.1 MiB in 3 processes, 3.13t threads×2 13.4 MiB in 1 process`.
fn title(view: &View<'_>) -> Option<String> {
    let peak = |track: Track<'_>| {
        let most = track.total.iter().copied().fold(0.0, f64::max);
        let processes = track.cell.timeline.iter().map(|sample| sample.processes).max().unwrap_or(1);
        let processes = format::count(processes as usize, "process");
        (most, format!("{} {} in {processes}", view.who(track.cell), format::bytes(most as u64)))
    };
    let mut peaks: Vec<(f64, String)> = telling(view, track).into_iter().map(peak).collect();
    peaks.first()?;
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    let list: Vec<String> = peaks.into_iter().map(|peak| peak.1).collect();
    Some(format!("Most memory at a time, as summed RSS: {}", list.join(", ")))
}

fn track(cell: &CellResult) -> Option<Track<'_>> {
    let mut before = 0.0;
    let (mut stretches, mut total, mut dots) = (Vec::new(), Vec::new(), Vec::new());
    for sample in &cell.timeline {
        let at = sample.t_ns as f64;
        stretches.push((before, at));
        total.push(sample.rss_bytes as f64);
        dots.extend(sample.pss_bytes.map(|pss| (at, pss as f64)));
        before = at;
    }
    // A tree that is gone leaves an empty sample.
    while total.last() == Some(&0.0) {
        total.pop();
        stretches.pop();
    }
    let bands = bands(cell, &total, |process| {
        let mut values = vec![0.0; total.len()];
        let mut most = 0;
        for (place, point) in process.points(&cell.timeline).enumerate() {
            most = most.max(point.rss_bytes);
            if let Some(value) = values.get_mut(process.first as usize + place) {
                *value = point.rss_bytes as f64;
            }
        }
        (values, format!("{} RSS at most", format::bytes(most)))
    });
    total.iter().any(|bytes| *bytes > 0.0).then_some(Track { cell, stretches, bands, total, dots })
}
