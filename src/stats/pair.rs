//! From the passes of two processes that were alive together to one value.

use super::quantile::median;

/// One counted (not warm-up) pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// The sweep it belongs to.
    pub sweep: u32,
    pub ns: u64,
    /// The part of `ns` that its one worker, ready to run, waited for a CPU; `None` where the kernel doesn't tell, and
    /// with several workers, where waiting is their own affair.
    pub run_delay_ns: Option<u64>,
}

impl Pass {
    /// Its time without what it waited for a CPU; `None` where that isn't known.
    fn own_ns(&self) -> Option<u64> {
        self.ns.checked_sub(self.run_delay_ns?).filter(|&own| own > 0)
    }
}

/// Log(base) − log(cell) of passes of the same sweep, in order of sweeps: above 0 the cell is faster. Passes of one
/// sweep are neighbours in time, so drift and throttling cancel; a ratio is formed inside a sweep or not at all, and
/// nothing is left out for how long it took. Of several passes of one process in one sweep the first counts.
///
/// On a busy machine a pass may be pushed off its CPU by another process for some milliseconds: its time is
/// then not its own. Where the kernel says of both passes of a sweep how long they waited for a CPU, that is taken off
/// both; waiting of its own (for a disk, a lock, a sleep) stays. Else both count as they were measured.
pub(crate) fn pair_log_ratios(base: &[Pass], cell: &[Pass]) -> Vec<f64> {
    let (base, cell) = (by_sweep(base), by_sweep(cell));
    let ratio = |(base, cell): (Pass, Pass)| {
        let (base, cell) = base.own_ns().zip(cell.own_ns()).unwrap_or((base.ns, cell.ns));
        (base as f64).ln() - (cell as f64).ln()
    };
    common_sweeps(&base, &cell).map(ratio).collect()
}

/// The pair's value: the median of [`pair_log_ratios`]; `None` if there are none. This is the independent
/// unit of every interval.
pub(crate) fn pair_value(base: &[Pass], cell: &[Pass]) -> Option<f64> {
    median(&pair_log_ratios(base, cell))
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
        all.iter().map(|&(sweep, ns)| Pass { sweep, ns, run_delay_ns: None }).collect()
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

    /// Passes of so many nanoseconds that waited for a CPU besides, where the kernel tells.
    fn delayed(own: u64, delays: &[Option<u64>]) -> Vec<Pass> {
        let pass = |(sweep, delay): (usize, &Option<u64>)| Pass {
            sweep: sweep as u32,
            ns: own + delay.unwrap_or(0),
            run_delay_ns: *delay,
        };
        delays.iter().enumerate().map(pass).collect()
    }

    #[test]
    fn waiting_for_a_cpu_is_taken_off_sweep_by_sweep_where_it_is_known_of_both() {
        let base = delayed(3_000, &[Some(4_000), Some(8_000), Some(0), Some(12_000)]);
        let cell = delayed(2_000, &[Some(12_000), Some(700), Some(8_000), None]);
        let ratios = pair_log_ratios(&base, &cell);
        let expected = [1.5, 1.5, 1.5, 7.5].map(f64::ln);
        assert_eq!(ratios.len(), 4);
        let near = |(found, expected): (&f64, &f64)| (found - expected).abs() < 1e-12;
        assert!(ratios.iter().zip(&expected).all(near), "{ratios:?}");
        // One side alone: nothing is taken off.
        let other = delayed(2_000, &[None; 4]);
        assert!((pair_log_ratios(&base, &other)[0] - 3.5f64.ln()).abs() < 1e-12);
    }

    /// The record that showed why sweeps must not be mixed: the machine was slow in the first two.
    #[test]
    fn a_slow_moment_hits_both_sides_of_its_sweeps() {
        let base = passes(&[(1, 3_000), (2, 3_000), (3, 1_000), (4, 1_000), (5, 1_000)]);
        let cell = passes(&[(1, 3_300), (2, 3_300), (3, 1_100), (4, 1_100), (5, 1_100)]);
        assert!((pair_value(&base, &cell).unwrap() + 1.1f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn a_delay_longer_than_its_pass_is_no_delay() {
        let odd = [Pass { sweep: 0, ns: 100, run_delay_ns: Some(100) }];
        assert_eq!(pair_log_ratios(&odd, &odd), vec![0.0]);
    }
}
