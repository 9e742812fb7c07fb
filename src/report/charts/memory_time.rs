//! Memory over one cold invocation, process by process.

use crate::analysis::CellResult;

use super::super::theme::Theme;
use super::super::view::View;
use super::super::{format, view};
use super::Chart;
use super::frame::{Axis, Heading};
use super::timeline::{self, Band, Track, Upright};

pub struct MemoryTime;

impl Chart for MemoryTime {
    fn name(&self) -> &'static str {
        "memory-time"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let found = timeline::telling(results, |cell| track(results, cell));
        let tracks: Vec<&Track> = found.iter().map(|(_, track)| track).collect();
        let workload = &found.first()?.0.workload;
        let title = title(&found);
        let mut subtitle = format!(
            "{workload}, one cold invocation from launch to exit: RSS of the processes on top of each other, which counts a shared page once for each"
        );
        if tracks.iter().any(|track| !track.dots.is_empty()) {
            subtitle.push_str("; rings: PSS of the whole tree, which counts it once");
        }
        let heading = Heading::new(&title, &subtitle, width).with_key(timeline::key(&tracks));
        let upright = Upright { ticks: |high| Axis::Bytes.ticks(high, 3.0), limit: None };
        Some(timeline::draw(&heading, &title, &tracks, theme, &upright))
    }
}

/// `Most memory at a time, as summed RSS: 3.13 mp×2 42.1 MiB in 3 processes, 3.13t threads×2 13.4 MiB in 1 process`.
fn title(found: &[(&CellResult, Track)]) -> String {
    let mut peaks: Vec<(f64, String)> = found
        .iter()
        .map(|(cell, track)| {
            let most = track.total.iter().copied().fold(0.0, f64::max);
            let processes = cell.timeline.iter().map(|sample| sample.processes).max().unwrap_or(1);
            let size = format::bytes(most as u64);
            (most, format!("{} {size} in {}", track.title, format::count(processes as usize, "process")))
        })
        .collect();
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    let list: Vec<String> = peaks.into_iter().map(|peak| peak.1).collect();
    format!("Most memory at a time, as summed RSS: {}", list.join(", "))
}

fn track(results: &View<'_>, cell: &CellResult) -> Option<Track> {
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
    let band = |(process, name): (&crate::record::ProcessSeries, String)| {
        let mut values = vec![0.0; total.len()];
        let mut most = 0;
        for (place, point) in process.points(&cell.timeline).enumerate() {
            most = most.max(point.rss_bytes);
            if let Some(value) = values.get_mut(process.first as usize + place) {
                *value = point.rss_bytes as f64;
            }
        }
        let hover = format!("{name}: {} RSS at most", format::bytes(most));
        Band { role: Some(process.role), values, hover }
    };
    let mut bands: Vec<Band> = timeline::processes(cell).into_iter().map(band).collect();
    if bands.is_empty() {
        bands.push(Band { role: None, values: total.clone(), hover: view::who(results, cell) });
    }
    (total.iter().any(|bytes| *bytes > 0.0)).then(|| Track {
        title: view::who(results, cell),
        series: view::colour_index(results, &cell.interpreter),
        stretches,
        bands,
        total,
        dots,
    })
}
