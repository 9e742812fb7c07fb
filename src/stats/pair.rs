//! From the passes of two processes that were alive together to one value.

use super::quantile::median;

/// One counted (not warm-up) pass: the sweep it belongs to and its time in nanoseconds.
pub type Pass = (u32, u64);

/// For each sweep in which both have a pass, log(base) − log(cell): above 0 the cell is faster.
/// Passes of one sweep are neighbours in time, so drift and throttling cancel. In order of sweeps;
/// of several passes of one process in one sweep the first counts.
pub fn pair_log_ratios(base: &[Pass], cell: &[Pass]) -> Vec<f64> {
    let (base, cell) = (by_sweep(base), by_sweep(cell));
    let mut cell = cell.into_iter().peekable();
    let mut ratios = Vec::new();
    for (sweep, base_ns) in base {
        while cell.next_if(|(other, _)| *other < sweep).is_some() {}
        if let Some((_, cell_ns)) = cell.next_if(|(other, _)| *other == sweep) {
            ratios.push((base_ns as f64).ln() - (cell_ns as f64).ln());
        }
    }
    ratios
}

/// The pair's value: the median over sweeps of [`pair_log_ratios`]; `None` if no sweep has both.
/// This is the independent unit of every interval.
pub fn pair_value(base: &[Pass], cell: &[Pass]) -> Option<f64> {
    median(&pair_log_ratios(base, cell))
}

fn by_sweep(passes: &[Pass]) -> Vec<Pass> {
    let mut passes: Vec<Pass> = passes.iter().copied().filter(|(_, ns)| *ns > 0).collect();
    passes.sort_by_key(|(sweep, _)| *sweep);
    passes.dedup_by_key(|(sweep, _)| *sweep);
    passes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_common_sweeps_count() {
        let base = [(1, 200), (2, 400), (3, 100), (5, 7)];
        let cell = [(3, 100), (2, 100), (1, 100), (4, 1), (6, 0)];
        let ratios = pair_log_ratios(&base, &cell);
        assert_eq!(ratios.len(), 3);
        assert!((pair_value(&base, &cell).unwrap() - 2f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn nothing_in_common_is_no_value() {
        assert_eq!(pair_value(&[(1, 5)], &[(2, 5)]), None);
        assert_eq!(pair_value(&[], &[]), None);
        assert_eq!(pair_value(&[(1, 0)], &[(1, 5)]), None);
    }
}
