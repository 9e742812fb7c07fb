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
    /// The part of `ns` that its one worker, ready to run, waited for a CPU; `None` where the kernel doesn't tell.
    pub run_delay_ns: Option<u64>,
}

impl Pass {
    /// Whether its one worker had a CPU whenever it wanted one; `None` where that isn't known. By the CPU clock
    /// alone it can't be told from work that waits by itself.
    fn undisturbed(&self) -> Option<bool> {
        let had = match self.own_ns() {
            Some(own) => own,
            None => self.cpu_ns?,
        };
        Some(had as f64 >= ON_CPU * self.ns as f64)
    }

    /// Its time without what it waited for a CPU; `None` where that isn't known.
    fn own_ns(&self) -> Option<u64> {
        self.ns.checked_sub(self.run_delay_ns?).filter(|&own| own > 0)
    }
}

/// Log(base) − log(cell) of neighbouring passes: above 0 the cell is faster. Passes of one sweep are
/// neighbours in time, so drift and throttling cancel. In order of sweeps; of several passes of one
/// process in one sweep the first counts.
///
/// On a busy machine a pass may be pushed off its CPU by another process for some milliseconds: its time is
/// then not its own. Where both sides have one worker each and the kernel says how long each pass waited for
/// a CPU, that is taken off; waiting of its own (for a disk, a lock, a sleep) stays. Where it doesn't say so,
/// but both have passes that were on a CPU all the time by their worker's CPU clock, these alone are paired,
/// in order. Else all count as they are, sweep by sweep. The choice never rests on how long a pass took, and
/// both sides are treated alike. The record keeps what was measured.
pub(crate) fn pair_log_ratios(base: &[Pass], cell: &[Pass]) -> Vec<f64> {
    let (base, cell) = (by_sweep(base), by_sweep(cell));
    if let (Some(base), Some(cell)) = (own_times(&base), own_times(&cell)) {
        return log_ratios(common_sweeps(&base, &cell));
    }
    match (undisturbed(&base), undisturbed(&cell)) {
        (Some(base), Some(cell)) => log_ratios(base.into_iter().zip(cell)),
        _ => log_ratios(common_sweeps(&base, &cell)),
    }
}

fn log_ratios(pairs: impl Iterator<Item = (Pass, Pass)>) -> Vec<f64> {
    pairs.map(|(base, cell)| (base.ns as f64).ln() - (cell.ns as f64).ln()).collect()
}

/// The passes with their own times; `None` if one's isn't known.
fn own_times(passes: &[Pass]) -> Option<Vec<Pass>> {
    passes.iter().map(|pass| Some(Pass { ns: pass.own_ns()?, ..*pass })).collect()
}

/// Whether what pushed passes off their CPU can be taken off their times, so that none is lost for it.
pub(crate) fn own_times_known(passes: &[Pass]) -> bool {
    own_times(passes).is_some()
}

/// The pair's value: the median of [`pair_log_ratios`]; `None` if there are none. This is the independent
/// unit of every interval.
pub(crate) fn pair_value(base: &[Pass], cell: &[Pass]) -> Option<f64> {
    median(&pair_log_ratios(base, cell))
}

/// How many passes were pushed off the CPU, where that is known.
pub(crate) fn disturbed(passes: &[Pass]) -> usize {
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
        all.iter().map(|&(sweep, ns)| Pass { sweep, ns, cpu_ns: None, run_delay_ns: None }).collect()
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
        let pass = |(sweep, wait): (usize, &u64)| Pass {
            sweep: sweep as u32,
            ns: cpu + wait,
            cpu_ns: Some(cpu),
            run_delay_ns: None,
        };
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
    fn waiting_for_a_cpu_is_taken_off_and_waiting_of_its_own_is_not() {
        let queued = |passes: Vec<Pass>, delays: &[u64]| -> Vec<Pass> {
            let with = |(pass, &delay): (Pass, &u64)| Pass {
                ns: pass.ns + delay,
                run_delay_ns: Some(delay),
                ..pass
            };
            passes.into_iter().zip(delays).map(with).collect()
        };
        // Each pass of the base sleeps for 1000 of its 3000; every pass of both but one is pushed off.
        let base = queued(waiting(2_000, &[1_000; 4]), &[4_000, 8_000, 0, 12_000]);
        let cell = queued(waiting(2_000, &[0; 4]), &[12_000, 700, 8_000, 4_000]);
        let ratios = pair_log_ratios(&base, &cell);
        assert_eq!(ratios.len(), 4);
        assert!(ratios.iter().all(|ratio| (ratio - 1.5f64.ln()).abs() < 1e-12), "{ratios:?}");
        assert_eq!((disturbed(&base), disturbed(&cell)), (3, 4));
        assert!(own_times_known(&base));
        // One side alone: nothing is taken off.
        let other = waiting(2_000, &[0; 4]);
        assert!(!own_times_known(&other));
        assert!(pair_value(&base, &other).unwrap() > 1.5f64.ln());
    }

    #[test]
    fn a_delay_longer_than_its_pass_is_no_delay() {
        let odd = [Pass { sweep: 0, ns: 100, cpu_ns: None, run_delay_ns: Some(100) }];
        assert_eq!(pair_log_ratios(&odd, &odd), vec![0.0]);
        assert!(!own_times_known(&odd));
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
