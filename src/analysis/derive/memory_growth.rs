//! Memory by worker: a straight line through the peaks of all solo invocations.

use crate::analysis::figures::{Figure, MemoryGrowth};
use crate::record::Outcome;
use crate::stats;

use super::Measured;

/// One line for each interpreter, workload, mode and variant with two numbers of workers or more. CPUs
/// don't matter here: oversubscribed cells count.
pub(super) fn all(evidence: Measured<'_>) -> Vec<MemoryGrowth> {
    evidence.groups().into_iter().filter_map(|group| one(evidence, group)).collect()
}

fn one(evidence: Measured<'_>, group: Vec<usize>) -> Option<MemoryGrowth> {
    let cells = &evidence.results.cells;
    let sound: Vec<usize> =
        group.into_iter().filter(|cell| cells[*cell].outcome == Outcome::Completed).collect();
    // PSS where every invocation has it: the two don't mix.
    let peaks = || sound.iter().flat_map(|cell| &evidence.tallies[*cell].peaks);
    let pss = peaks().all(|peak| peak.pss.is_some());
    let points: Vec<(f64, f64)> = sound
        .iter()
        .flat_map(|cell| {
            let workers = f64::from(cells[*cell].workers);
            let size = move |peak: &stats::Peak| if pss { peak.pss } else { Some(peak.rss) };
            evidence.tallies[*cell].peaks.iter().filter_map(move |peak| Some((workers, size(peak)? as f64)))
        })
        .collect();
    let line = stats::line(&points)?;
    let first = &cells[*sound.first()?];
    Some(MemoryGrowth {
        cell: first.curve(),
        measure: if pss { "pss" } else { "rss" }.to_owned(),
        per_worker: Figure::from_interval(line.slope, line.slope_interval),
        base: Figure::from_interval(line.intercept, line.intercept_interval),
        invocations: u32::try_from(points.len()).unwrap_or(u32::MAX),
        cells: sound,
    })
}
