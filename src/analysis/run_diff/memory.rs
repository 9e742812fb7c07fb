//! How much heavier a cell of one stored run is than that of another, by its peaks when alone.

use crate::analysis::{CellResult, Results, SoloPeak};
use crate::stats::{AcrossSessions, Estimated, mean, variance};

/// Standard deviation, between two sessions, of the log of a peak: peaks vary by about a hundredth.
const SESSION: f64 = 0.01;
/// Fewer degrees of freedom say nothing of a run's spread.
const FEWEST: f64 = 3.0;

#[derive(Debug)]
pub(super) struct MemoryChange {
    pub what: &'static str,
    /// Bytes: means of the peaks' logs, or the highest peaks where there are no more.
    pub before: f64,
    pub after: f64,
    /// `None`: there is no interval.
    pub log: Option<AcrossSessions>,
}

impl MemoryChange {
    pub(super) fn ratio(&self) -> f64 {
        self.after / self.before.max(1.0)
    }
}

/// How the peaks of one invocation and the next differ in a run, over all of its cells: a cell alone has too few.
/// Variance of the log, with its degrees of freedom; RSS, PSS.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread([(f64, f64); 2]);

impl Spread {
    pub(super) fn of(results: &Results) -> Self {
        Self([false, true].map(|pss| {
            let cells = results.cells.iter().filter_map(|cell| {
                let logs = logs(&cell.peaks, pss)?;
                Some((variance(&logs)?, logs.len() as f64 - 1.0))
            });
            let (sum, df) = cells.fold((0.0, 0.0), |(sum, all), (one, df)| (sum + one * df, all + df));
            (sum / df, df)
        }))
    }

    fn mean(&self, peaks: &[SoloPeak], pss: bool) -> Option<Estimated> {
        let (variance, df) = self.0[usize::from(pss)];
        let logs = logs(peaks, pss)?;
        let error = (variance / logs.len() as f64).sqrt();
        (df >= FEWEST).then_some(Estimated { mean: mean(&logs)?, error, df })
    }
}

fn logs(peaks: &[SoloPeak], pss: bool) -> Option<Vec<f64>> {
    let bytes = |peak: &SoloPeak| if pss { peak.pss_bytes } else { Some(peak.rss_bytes) };
    peaks.iter().map(|peak| Some((bytes(peak)?.max(1) as f64).ln())).collect()
}

/// PSS where both have it, else RSS. A single process has nothing to share within its tree, and its PSS falls with
/// every stranger that runs the same interpreter meanwhile: of one it is the RSS.
pub(super) fn growth(
    (base, old): (&Spread, &CellResult),
    (new, cell): (&Spread, &CellResult),
) -> Option<MemoryChange> {
    let (what, before, after) = match (old.peak_pss_bytes, cell.peak_pss_bytes) {
        (Some(before), Some(after)) if !(alone(old) && alone(cell)) => ("PSS", before, after),
        _ => ("RSS", old.peak_rss_bytes?, cell.peak_rss_bytes?),
    };
    let pss = what == "PSS";
    Some(match (base.mean(&old.peaks, pss), new.mean(&cell.peaks, pss)) {
        (Some(one), Some(other)) => MemoryChange {
            what,
            before: one.mean.exp(),
            after: other.mean.exp(),
            log: Some(AcrossSessions::new(&[(-1.0, one), (1.0, other)], SESSION)),
        },
        _ => MemoryChange { what, before: before as f64, after: after as f64, log: None },
    })
}

/// No sample met a second process.
fn alone(cell: &CellResult) -> bool {
    match cell.peaks.as_slice() {
        [] => !cell.timeline.is_empty() && cell.timeline.iter().all(|sample| sample.processes <= 1),
        peaks => peaks.iter().all(|peak| peak.processes <= 1),
    }
}
