//! What several processes reach together.

use super::quantile::mean;

/// One counted pass of one member of a capacity block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapacityPass {
    pub sweep: u32,
    /// Members that had a pass under way at once, this one included: 1 is alone.
    pub concurrent: u32,
    pub ns: u64,
}

/// For each sweep, in order: log Σ over the members of (time alone / time with all the others running), the
/// work done together in the time that one alone takes for its own. The time alone is that of whichever
/// members ran alone in that sweep (their mean); a sweep in which nobody did, or not everybody ran together,
/// says nothing.
pub(crate) fn capacity_log_ratios(members: &[impl AsRef<[CapacityPass]>]) -> Vec<f64> {
    let passes = || members.iter().flat_map(AsRef::as_ref);
    let all = members.len() as u32;
    let mut sweeps: Vec<u32> = passes().map(|pass| pass.sweep).collect();
    sweeps.sort_unstable();
    sweeps.dedup();
    let of = |sweep: u32, concurrent: u32| -> Vec<f64> {
        passes()
            .filter(|pass| pass.sweep == sweep && pass.concurrent == concurrent && pass.ns > 0)
            .map(|pass| pass.ns as f64)
            .collect()
    };
    sweeps
        .into_iter()
        .filter(|_| all > 1)
        .filter_map(|sweep| {
            let (alone, together) = (mean(&of(sweep, 1))?, of(sweep, all));
            (together.len() == members.len())
                .then(|| together.iter().map(|time| alone / time).sum::<f64>().ln())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_that_slow_each_other_down() {
        let pass = |sweep, concurrent, ns| CapacityPass { sweep, concurrent, ns };
        let one = vec![pass(0, 1, 100), pass(0, 2, 125), pass(1, 2, 125)];
        let other = vec![pass(0, 2, 125), pass(1, 1, 100), pass(1, 2, 250), pass(2, 1, 100)];
        let found = capacity_log_ratios(&[one.clone(), other]);
        assert_eq!(found.len(), 2, "the third sweep has nobody together");
        assert!((found[0].exp() - 1.6).abs() < 1e-12 && (found[1].exp() - 1.2).abs() < 1e-12, "{found:?}");
        assert!(capacity_log_ratios(&[one]).is_empty(), "one process is no crowd");
    }
}
