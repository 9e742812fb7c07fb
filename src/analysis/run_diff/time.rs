//! How much slower a cell of one stored run is than that of another. They ran at different times, so what a machine gave
//! on the day stands between them; it cancels in what was measured in lock-step: each cell over its workload's baseline,
//! and that baseline over the fixed reference. The sum of the two logs is the cell's time in units of the reference.

use crate::analysis::{CellResult, Results, Speedup};
use crate::stats::{AcrossSessions, Estimated};

/// Standard deviation, between two sessions, of the log of a cell's time in units of the reference: what the lock-step
/// doesn't cancel.
const SESSION: f64 = 0.04;
/// Standard deviation of the log of a time as it is: measured 0.15 to 0.25 on a shared virtual machine, see docs/ci.md.
const ABSOLUTE_SESSION: f64 = 0.25;

/// Log of new over base.
#[derive(Debug, Clone)]
pub(super) struct Slowdown {
    pub log: AcrossSessions,
    /// Nothing was there for the day to cancel in.
    pub absolute: bool,
}

pub(super) fn slowdown(
    (base, old): (&Results, &CellResult),
    (new, cell): (&Results, &CellResult),
    same_reference: bool,
) -> Option<Slowdown> {
    let of = |before: Vec<Estimated>, after: Vec<Estimated>, session, absolute| {
        let before = before.into_iter().map(|part| (-1.0, part));
        let parts: Vec<(f64, Estimated)> = before.chain(after.into_iter().map(|part| (1.0, part))).collect();
        Some(Slowdown { log: AcrossSessions::new(&parts, session), absolute })
    };
    if same_reference && let (Some(before), Some(after)) = (in_units(base, old), in_units(new, cell)) {
        return of(before.to_vec(), after.to_vec(), SESSION, false);
    }
    of(vec![time(old)?], vec![time(cell)?], ABSOLUTE_SESSION, true)
}

/// Whose sum is the log of the cell's time over the reference's.
fn in_units(results: &Results, cell: &CellResult) -> Option<[Estimated; 2]> {
    let reference = results.references.iter().find(|one| one.workload == cell.workload)?;
    // A matrix of nothing but baselines has no blocks of theirs.
    let baseline = cell.is_single_of(&results.baseline);
    let own = match &cell.speedup {
        None if baseline => Estimated::exact(0.0),
        speedup => log_time(speedup.as_ref()?)?,
    };
    Some([own, log_time(&reference.speedup)?])
}

/// Log of a time in units of what it is a speedup over.
fn log_time(speedup: &Speedup) -> Option<Estimated> {
    let log = speedup.log()?;
    Some(Estimated { mean: -log.mean, ..log })
}

fn time(cell: &CellResult) -> Option<Estimated> {
    let time = cell.wall_ns.as_ref()?;
    let [low, high] = time.ci95?;
    let half = (high as f64 / low.max(1) as f64).ln() / 2.0;
    // Below 3 there is no interval.
    Some(Estimated::by_interval((time.median.max(1) as f64).ln(), half, cell.values_ns.len().max(3)))
}
