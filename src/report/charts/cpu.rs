//! CPUs in use over one cold invocation: the cell that tells most, and its rivals beside it.

use crate::analysis::CellResult;

use super::super::format;
use super::super::view::View;
use super::Chart;
use super::frame::{Axis, Heading, JOIN, Sheet};
use super::timeline;
use super::track::{Track, bands, telling};

pub(super) const CHART: Chart = Chart { name: "cpu", label: "CPUs over time", title, draw };

/// The kernel counts CPU time in ticks of 10 ms: a shorter stretch could show half as much again.
const STRETCH: u64 = 40_000_000;
/// Stretches below which the picture is called rough.
const FEW: usize = 5;

fn used(cell: &CellResult) -> Option<f64> {
    cell.cpu_cores_used.filter(|used| used.is_finite())
}

/// `3.13t threads×2 keeps 1.9 of 2 CPUs busy; 3.13 threads×2 1.0`.
fn title(view: &View<'_>) -> Option<String> {
    let tracks = telling(view, track);
    tracks.first()?;
    let host = &view.host;
    let cpus = match host.is_quota(host.effective_cpus) {
        true => format!("{} CPUs", host.usable_cpus(host.effective_cpus)),
        false => format::cpu_count(host.effective_cpus),
    };
    let told = tracks.iter().filter_map(|track| Some((view.who(track.cell), used(track.cell)?)));
    let claims: Vec<String> = told
        .enumerate()
        .map(|(index, (who, used))| match index {
            0 => format!("{who} keeps {used:.1} of {cpus} busy"),
            _ => format!("{who} {used:.1}"),
        })
        .collect();
    Some(if claims.is_empty() { "CPUs in use over one invocation".to_owned() } else { claims.join(JOIN) })
}

fn draw(view: &View<'_>, sheet: Sheet<'_>) -> Option<String> {
    let tracks = telling(view, track);
    let workload = &tracks.first()?.cell.workload;
    let told = tracks.iter().any(|track| used(track.cell).is_some());
    let title_is = if told { "the title's figures are of warm passes; below, " } else { "" };
    let mut subtitle =
        format!("{workload}: {title_is}the whole process tree over one cold invocation, from launch to exit");
    if tracks.iter().any(|track| track.stretches.len() < FEW) {
        subtitle.push_str(&format!("; fewer than {FEW} samples make a rough picture"));
    }
    let heading = Heading::new(sheet, &subtitle).with_key(timeline::key(&tracks));
    let cpus = view.host.effective_cpus;
    let limit = Some((cpus, format::cpu_count(cpus)));
    Some(timeline::draw(view, &heading, &tracks, Axis::Cpus, limit))
}

/// Samples closer than [`STRETCH`] are taken together. `None` for a command: what a run of it took that ended between two
/// samples is its parent's by then, the harness's, which is left out.
fn track(cell: &CellResult) -> Option<Track<'_>> {
    if cell.is_command() {
        return None;
    }
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
    let bands = bands(cell, &total, |process| {
        let mut values = vec![0.0; stretches.len()];
        for point in process.points(&cell.timeline) {
            let place = stretches.partition_point(|stretch: &(f64, f64)| stretch.1 < point.t_ns as f64);
            if let (Some(value), Some((from, to))) = (values.get_mut(place), stretches.get(place)) {
                *value += point.cpu_ns as f64 / (to - from);
            }
        }
        (values, format!("{} of CPU time", format::ns(process.total_cpu_ns())))
    });
    Some(Track { cell, stretches, bands, total, dots: Vec::new() })
}
