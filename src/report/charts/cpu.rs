//! CPUs in use over one cold invocation: the cell that tells most, and its rivals beside it.

use crate::analysis::CellResult;

use super::super::theme::Theme;
use super::super::view::View;
use super::super::{finding, format, view};
use super::Chart;
use super::frame::{Heading, short, ticks};
use super::timeline::{self, Band, Track, Upright};

/// The kernel counts CPU time in ticks of 10 ms: a shorter stretch could show half as much again.
const STRETCH: u64 = 40_000_000;
/// Stretches below which the picture is called rough.
const FEW: usize = 5;

pub struct Cpu;

impl Chart for Cpu {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn draw(&self, results: &View<'_>, theme: &Theme, width: f64) -> Option<String> {
        let found = timeline::telling(results, |cell| track(results, cell));
        let cells: Vec<&CellResult> = found.iter().map(|(cell, _)| *cell).collect();
        let tracks: Vec<&Track> = found.iter().map(|(_, track)| track).collect();
        let workload = &cells.first()?.workload;
        let title = finding::cpu(results, &cells)?;
        let told = cells.iter().any(|cell| cell.cpu_cores_used.is_some_and(f64::is_finite));
        let title_is = if told { "the title's figures are of warm passes; below, " } else { "" };
        let mut subtitle = format!(
            "{workload}: {title_is}the whole process tree over one cold invocation, from launch to exit"
        );
        if tracks.iter().any(|track| track.stretches.len() < FEW) {
            subtitle.push_str(&format!("; fewer than {FEW} samples make a rough picture"));
        }
        let heading = Heading::new(&title, &subtitle, width).with_key(timeline::key(&tracks));
        let cpus = results.host.effective_cpus;
        let upright = Upright {
            ticks: |high| ticks(high, 3.0).into_iter().map(|tick| (tick, short(tick))).collect(),
            limit: Some((cpus, format!("{} CPUs", format::cpus(cpus)))),
        };
        Some(timeline::draw(&heading, &title, &tracks, theme, &upright))
    }
}

/// Samples closer than [`STRETCH`] are taken together.
fn track(results: &View<'_>, cell: &CellResult) -> Option<Track> {
    // At its launch it had used nothing.
    let mut before = (0, 0);
    let (mut stretches, mut total) = (Vec::new(), Vec::new());
    for (index, sample) in cell.timeline.iter().enumerate() {
        let last = index + 1 == cell.timeline.len();
        if sample.t_ns >= before.0 + if last { STRETCH / 2 } else { STRETCH } {
            let (from, to) = (before.0 as f64, sample.t_ns as f64);
            stretches.push((from, to));
            total.push(sample.cpu_ns.saturating_sub(before.1) as f64 / (to - from));
            before = (sample.t_ns, sample.cpu_ns.max(before.1));
        }
    }
    let band = |(process, name): (&crate::record::ProcessSeries, String)| {
        let mut values = vec![0.0; stretches.len()];
        for point in process.points(&cell.timeline) {
            let place = stretches.partition_point(|stretch: &(f64, f64)| stretch.1 < point.t_ns as f64);
            if let (Some(value), Some((from, to))) = (values.get_mut(place), stretches.get(place)) {
                *value += point.cpu_ns as f64 / (to - from);
            }
        }
        let hover = format!("{name}: {} of CPU time", format::ns(process.total_cpu_ns()));
        Band { role: Some(process.role), values, hover }
    };
    let mut bands: Vec<Band> = timeline::processes(cell).into_iter().map(band).collect();
    if bands.is_empty() {
        bands.push(Band { role: None, values: total.clone(), hover: view::who(results, cell) });
    }
    Some(Track {
        title: view::who(results, cell),
        series: view::colour_index(results, &cell.interpreter),
        stretches,
        bands,
        total,
        dots: Vec::new(),
    })
}
