//! From the passes of two processes that were alive together to one value.

use super::quantile::median;

/// Share of a pass's time that its worker must have been on a CPU for the pass to count as undisturbed.
const ON_CPU: f64 = 0.95;

/// One counted (not warm-up) pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// The sweep it belongs to.
    pub sweep: u32,
    pub ns: u64,
    /// The worker's own CPU time, where it is the only one; with several workers waiting is their own affair.
    pub cpu_ns: Option<u64>,
}

impl Pass {
    /// Whether its one worker kept a CPU all the time; `None` where that isn't known.
    fn undisturbed(&self) -> Option<bool> {
        Some(self.cpu_ns? as f64 >= ON_CPU * self.ns as f64)
    }
}

/// Log(base) − log(cell) of neighbouring passes: above 0 the cell is faster. Passes of one sweep are
/// neighbours in time, so drift and throttling cancel. In order of sweeps; of several passes of one
/// process in one sweep the first counts.
///
/// On a busy machine a pass may be pushed off its CPU by another process for some milliseconds, which
/// its worker's own CPU clock shows: its time is then not its own. Where both sides have one worker each
/// and each has undisturbed passes, these alone are paired, in order; else all, sweep by sweep. The
/// choice rests on the clocks and never on how long a pass took, and both sides are treated alike.
/// What was pushed off stays in the record. Work that waits by itself (for a disk, a lock, a sleep) has no
/// undisturbed pass, or few on an idle machine too: then all of its passes count.
pub fn pair_log_ratios(base: &[Pass], cell: &[Pass]) -> Vec<f64> {
    let (base, cell) = (by_sweep(base), by_sweep(cell));
    let pairs: Vec<(Pass, Pass)> = match (undisturbed(&base), undisturbed(&cell)) {
        (Some(base), Some(cell)) => base.into_iter().zip(cell).collect(),
        _ => common_sweeps(&base, &cell).collect(),
    };
    pairs.into_iter().map(|(base, cell)| (base.ns as f64).ln() - (cell.ns as f64).ln()).collect()
}

/// The pair's value: the median of [`pair_log_ratios`]; `None` if there are none. This is the independent
/// unit of every interval.
pub fn pair_value(base: &[Pass], cell: &[Pass]) -> Option<f64> {
    median(&pair_log_ratios(base, cell))
}

/// How many passes were pushed off the CPU, where that is known.
pub fn disturbed(passes: &[Pass]) -> usize {
    passes.iter().filter(|pass| pass.undisturbed() == Some(false)).count()
}

/// Fewer than two say too little to leave the others out.
fn undisturbed(passes: &[Pass]) -> Option<Vec<Pass>> {
    let kept: Vec<Pass> = passes.iter().copied().filter(|pass| pass.undisturbed() == Some(true)).collect();
    (kept.len() >= 2.min(passes.len())).then_some(kept)
}

fn common_sweeps<'a>(base: &'a [Pass], cell: &'a [Pass]) -> impl Iterator<Item = (Pass, Pass)> + use<'a> {
    let mut cell = cell.iter().copied().peekable();
    base.iter().filter_map(move |base| {
        while cell.next_if(|other| other.sweep < base.sweep).is_some() {}
        Some((*base, cell.next_if(|other| other.sweep == base.sweep)?))
    })
}

fn by_sweep(passes: &[Pass]) -> Vec<Pass> {
    let mut passes: Vec<Pass> = passes.iter().copied().filter(|pass| pass.ns > 0).collect();
    passes.sort_by_key(|pass| pass.sweep);
    passes.dedup_by_key(|pass| pass.sweep);
    passes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(all: &[(u32, u64)]) -> Vec<Pass> {
        all.iter().map(|&(sweep, ns)| Pass { sweep, ns, cpu_ns: None }).collect()
    }

    #[test]
    fn only_common_sweeps_count() {
        let base = passes(&[(1, 200), (2, 400), (3, 100), (5, 7)]);
        let cell = passes(&[(3, 100), (2, 100), (1, 100), (4, 1), (6, 0)]);
        let ratios = pair_log_ratios(&base, &cell);
        assert_eq!(ratios.len(), 3);
        assert!((pair_value(&base, &cell).unwrap() - 2f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn nothing_in_common_is_no_value() {
        assert_eq!(pair_value(&passes(&[(1, 5)]), &passes(&[(2, 5)])), None);
        assert_eq!(pair_value(&[], &[]), None);
        assert_eq!(pair_value(&passes(&[(1, 0)]), &passes(&[(1, 5)])), None);
    }

    /// Each pass takes its CPU time and what it waited.
    fn waiting(cpu: u64, waits: &[u64]) -> Vec<Pass> {
        let pass =
            |(sweep, wait): (usize, &u64)| Pass { sweep: sweep as u32, ns: cpu + wait, cpu_ns: Some(cpu) };
        waits.iter().enumerate().map(pass).collect()
    }

    #[test]
    fn passes_that_were_pushed_off_the_cpu_step_back() {
        let base = waiting(3_000, &[4_000, 0, 8_000, 4_000, 10]);
        let cell = waiting(2_000, &[0, 12_000, 4_000, 0, 8_000]);
        let ratios = pair_log_ratios(&base, &cell);
        assert_eq!(ratios.len(), 2);
        assert!((pair_value(&base, &cell).unwrap() - 1.5f64.ln()).abs() < 0.002, "{ratios:?}");
        assert_eq!((disturbed(&base), disturbed(&cell)), (3, 3));
    }

    #[test]
    fn without_evidence_on_both_sides_everything_counts() {
        let base = waiting(3_000, &[0, 0, 3_000, 3_000]);
        let waits_by_itself = waiting(1_000, &[5_000, 5_000, 0, 5_000]);
        assert_eq!(pair_log_ratios(&base, &waits_by_itself).len(), 4);
        let threads = passes(&[(0, 9), (1, 9), (2, 9), (3, 9)]);
        assert_eq!(pair_log_ratios(&base, &threads).len(), 4);
        assert_eq!(disturbed(&threads), 0);
    }
}
