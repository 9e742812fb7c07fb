//! Many dots in one row.

/// The places without those that nobody could see: beyond three dots on a quarter of a pixel the ink is full.
/// A run of a million processes has no larger picture than one of a thousand.
pub(super) fn apart(places: impl Iterator<Item = f64>) -> Vec<f64> {
    const FULL: usize = 3;
    let mut places: Vec<f64> = places.collect();
    places.sort_unstable_by(f64::total_cmp);
    let same = |a: &f64, b: &f64| (a * 4.0).round() == (b * 4.0).round();
    places.chunk_by(same).flat_map(|dots| dots.iter().take(FULL).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn dots_are_dropped_only_under_others() {
        assert_eq!(apart([5.0, 1.0, 5.01, 1.3].into_iter()), [1.0, 1.3, 5.0, 5.01]);
        let crowd = apart((0..100_000).map(|n| f64::from(n % 1_000) / 10.0));
        assert!(crowd.len() <= 3 * 401, "{}", crowd.len());
        assert_eq!((crowd.first(), crowd.last()), (Some(&0.0), Some(&99.9)));
    }
}
