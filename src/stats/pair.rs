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
/// then not its own. Where the kernel says of a pass how long it waited for a CPU, that is taken off; waiting of its own
/// (for a disk, a lock, a sleep) stays. What several workers waited isn't known, so against one worker their ratio is
/// the lowest that it can be: [`unseen_waiting`] says how much more it may be.
pub(crate) fn pair_log_ratios(base: &[Pass], cell: &[Pass]) -> Vec<f64> {
    let (base, cell) = (by_sweep(base), by_sweep(cell));
    let ratio = |(base, cell): (Pass, Pass)| {
        let own = |pass: Pass| pass.own_ns().unwrap_or(pass.ns) as f64;
        own(base).ln() - own(cell).ln()
    };
    common_sweeps(&base, &cell).map(ratio).collect()
}

/// By how much at most `workers` workers may be faster than they look beside one whose passes are `alone`: a log, 0 where
/// those didn't wait for a CPU.
///
/// Other work that leaves one worker the share g of its CPU leaves several of them less, since the kernel divides what is
/// due to one session among the CPUs that it uses: at worst an n-th of the weight on each, g/n beside 1 − g. What they
/// would do alone is then 1 + n (1 − g)/g times what was seen; (1 − g)/g is the waiting of one worker over its own time.
pub(crate) fn unseen_waiting(alone: &[Pass], workers: u32) -> f64 {
    let share = |pass: &Pass| pass.own_ns().map(|own| (pass.ns - own) as f64 / own as f64);
    let shares: Vec<f64> = alone.iter().filter_map(share).collect();
    median(&shares).map_or(0.0, |share| (f64::from(workers) * share).ln_1p())
}

/// The value of a pair with one worker each: the median of [`pair_log_ratios`]; `None` if there are none. This is the independent
/// unit of every interval.
pub fn pair_value(base: &[Pass], cell: &[Pass]) -> Option<f64> {
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
    fn waiting_for_a_cpu_is_taken_off_sweep_by_sweep() {
        let base = delayed(3_000, &[Some(4_000), Some(8_000), Some(0), Some(12_000)]);
        let cell = delayed(2_000, &[Some(12_000), Some(700), Some(8_000), None]);
        let ratios = pair_log_ratios(&base, &cell);
        let expected = [1.5, 1.5, 1.5, 1.5].map(f64::ln);
        assert_eq!(ratios.len(), 4);
        let near = |(found, expected): (&f64, &f64)| (found - expected).abs() < 1e-12;
        assert!(ratios.iter().zip(&expected).all(near), "{ratios:?}");
    }

    /// Two CPUs that each have a busy process of another session: one worker gets half of one, two get halves of two, or
    /// with the session's weight divided, thirds.
    #[test]
    fn what_several_workers_waited_is_a_bound() {
        let alone = delayed(8_000, &[Some(8_000); 5]);
        let free = |ns| unseen_waiting(&alone, 2) + pair_log_ratios(&alone, &delayed(ns, &[None; 5]))[0];
        // With the GIL two threads take as long as the loop takes alone: no faster, for all that is known.
        assert!(pair_log_ratios(&alone, &delayed(8_000, &[None; 5]))[0].abs() < 1e-12);
        // Two processes do twice the work: in halves and in thirds of two CPUs that is not ruled out.
        assert!(free(8_000) > 2f64.ln() && (free(12_000) - 2f64.ln()).abs() < 1e-12);
        assert_eq!(unseen_waiting(&delayed(8_000, &[Some(0); 5]), 2), 0.0);
        assert_eq!(unseen_waiting(&delayed(8_000, &[None; 5]), 2), 0.0);
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
