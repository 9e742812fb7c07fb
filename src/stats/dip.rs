//! Whether values fall into more than one group.
//!
//! The dip is the largest distance between the sample's distribution function and the nearest one with a
//! single mode: Hartigan and Hartigan, "The dip test of unimodality", Annals of Statistics 13 (1985);
//! computed as in Hartigan, "Algorithm AS 217", Applied Statistics 34 (1985). It supposes no shape of
//! the groups, and outliers or heavy tails alone don't set it off: they are still one mode.

use super::quantile::mean;

/// Values below which nothing is said.
const FEWEST: usize = 8;

/// √n · dip at which a uniform sample, the unimodal one with the largest dips, exceeds with these chances.
const CHANCES: [f64; 6] = [0.5, 0.1, 0.05, 0.01, 0.001, 0.0001];
/// By n, from 200,000 uniform samples each (60,000 from 70 on): `benchmarks/false-alarms/dip_table.py`.
const TABLE: &[(f64, [f64; 6])] = include!("dip_table.in");

/// Two groups of values that lie apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Groups {
    /// The p value of "there is one group": the chance of such a dip where there is, at least 0.0001.
    pub p: f64,
    /// Means of the lower and of the upper group.
    pub low: f64,
    pub high: f64,
    /// Sizes.
    pub lower: usize,
    pub upper: usize,
}

/// The dip test, and the two groups that divide the values best (least squares), whether there are
/// groups or not: `p` says that. `None` below 8 values, and for values that are all equal.
pub(crate) fn groups(values: &[f64]) -> Option<Groups> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    if n < FEWEST || sorted[0] == sorted[n - 1] {
        return None;
    }
    let cut = best_cut(&sorted);
    let (low, high) = (mean(&sorted[..cut])?, mean(&sorted[cut..])?);
    Some(Groups { p: chance(n, dip(&sorted)), low, high, lower: cut, upper: n - cut })
}

/// Where to cut sorted values in two so that the groups' own spread is least.
fn best_cut(sorted: &[f64]) -> usize {
    let total: f64 = sorted.iter().sum();
    let (n, mut below) = (sorted.len() as f64, 0.0);
    let mut best = (1, f64::NEG_INFINITY);
    for (place, value) in sorted[..sorted.len() - 1].iter().enumerate() {
        below += value;
        let size = place as f64 + 1.0;
        let between = below.powi(2) / size + (total - below).powi(2) / (n - size);
        if between > best.1 {
            best = (place + 1, between);
        }
    }
    best.0
}

/// Between the rows of the table √n·dip is interpolated in ln n, beyond it the last row holds; between
/// chances in their logs.
fn chance(n: usize, dip: f64) -> f64 {
    let found = (n as f64).sqrt() * dip;
    let n = n as f64;
    let after = TABLE.iter().position(|row| row.0 >= n).unwrap_or(TABLE.len() - 1).max(1);
    let ((from, left), (to, right)) = (TABLE[after - 1], TABLE[after]);
    let share = ((n / from).ln() / (to / from).ln()).clamp(0.0, 1.0);
    let at = |place: usize| left[place] + share * (right[place] - left[place]);
    if found <= at(0) {
        // More likely than not: of no interest how likely.
        return 1.0;
    }
    let last = CHANCES.len() - 1;
    let Some(place) = (1..=last).find(|place| found <= at(*place)) else { return CHANCES[last] };
    let share = (found - at(place - 1)) / (at(place) - at(place - 1));
    (CHANCES[place - 1].ln() + share * (CHANCES[place] / CHANCES[place - 1]).ln()).exp()
}

/// The dip of at least two sorted values.
pub(super) fn dip(x: &[f64]) -> f64 {
    let n = x.len();
    let (minorant, majorant) = (convex_knots(x), concave_knots(x));
    let (mut low, mut high) = (0, n - 1);
    // In units of 1/(2n).
    let mut dip: f64 = 1.0;
    loop {
        let lower = chain(high, low, &minorant);
        let upper = chain(low, high, &majorant);
        let (gap, at_lower, at_upper) = widest(x, &lower, &upper);
        if gap < dip {
            break;
        }
        let below = lower[at_lower..].windows(2).map(|knots| stray(x, knots[1], knots[0], 1.0));
        let above = upper[at_upper..].windows(2).map(|knots| stray(x, knots[0], knots[1], -1.0));
        dip = below.chain(above).fold(dip, f64::max);
        if (low, high) == (lower[at_lower], upper[at_upper]) {
            break;
        }
        (low, high) = (lower[at_lower], upper[at_upper]);
    }
    dip / (2 * n) as f64
}

/// For each value the knot before it on the greatest convex minorant of the distribution up to it.
fn convex_knots(x: &[f64]) -> Vec<usize> {
    let mut knots = vec![0; x.len()];
    for j in 1..x.len() {
        knots[j] = j - 1;
        loop {
            let (a, b) = (knots[j], knots[knots[j]]);
            if a == 0 || (x[j] - x[a]) * ((a - b) as f64) < (x[a] - x[b]) * ((j - a) as f64) {
                break;
            }
            knots[j] = b;
        }
    }
    knots
}

/// For each value the knot after it on the least concave majorant of the distribution from it on.
fn concave_knots(x: &[f64]) -> Vec<usize> {
    // Turned by half a circle, a majorant is a minorant.
    let turned: Vec<f64> = x.iter().rev().map(|value| -value).collect();
    convex_knots(&turned).into_iter().rev().map(|knot| x.len() - 1 - knot).collect()
}

fn chain(from: usize, to: usize, next: &[usize]) -> Vec<usize> {
    let mut all = vec![from];
    while all[all.len() - 1] != to {
        all.push(next[all[all.len() - 1]]);
    }
    all
}

/// The widest gap between the two envelopes, and from which knots on the modal interval begins: places in
/// `lower` (knots downwards) and `upper` (upwards).
fn widest(x: &[f64], lower: &[usize], upper: &[usize]) -> (f64, usize, usize) {
    let (last_lower, last_upper) = (lower.len() - 1, upper.len() - 1);
    let (mut gap, mut at_lower, mut at_upper) = (0.0, last_lower, last_upper);
    if last_lower == 1 && last_upper == 1 {
        return (1.0, at_lower, at_upper);
    }
    let (mut i, mut v) = (last_lower - 1, 1);
    loop {
        let (g, l) = (lower[i], upper[v]);
        if g > l {
            let before = lower[i + 1];
            let rise = (x[l] - x[before]) * (g - before) as f64 / (x[g] - x[before]);
            let found = (l - before + 1) as f64 - rise;
            v += 1;
            if found >= gap {
                (gap, at_lower, at_upper) = (found, i + 1, v - 1);
            }
        } else {
            let before = upper[v - 1];
            let rise = (x[g] - x[before]) * (l - before) as f64 / (x[l] - x[before]);
            let found = rise - (g as f64 - before as f64 - 1.0);
            let here = i;
            i = i.saturating_sub(1);
            if found >= gap {
                (gap, at_lower, at_upper) = (found, here, v);
            }
        }
        v = v.min(last_upper);
        if lower[i] == upper[v] {
            return (gap, at_lower, at_upper);
        }
    }
}

/// How far the distribution strays from the chord between two knots; `side` 1 above it, −1 below.
fn stray(x: &[f64], from: usize, to: usize, side: f64) -> f64 {
    if to - from <= 1 || x[to] == x[from] {
        return 1.0;
    }
    let slope = (to - from) as f64 / (x[to] - x[from]);
    let far = |at: usize| side * ((at - from) as f64 - (x[at] - x[from]) * slope) + 1.0;
    (from..=to).map(far).fold(1.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::simulate::Random;

    #[test]
    fn dips_that_are_known() {
        let even: Vec<f64> = (0..10).map(f64::from).collect();
        assert!((dip(&even) - 1.0 / 20.0).abs() < 1e-12, "as small as it gets: {}", dip(&even));
        let two: Vec<f64> =
            [0.0, 1.0].iter().flat_map(|at| (0..10).map(move |i| at + f64::from(i) * 1e-9)).collect();
        assert!((dip(&two) - 0.25).abs() < 0.01, "as large as it gets: {}", dip(&two));
    }

    /// As the package diptest 0.11 has it, a wrapper of the authors' own code.
    #[test]
    fn agrees_with_the_reference_implementation() {
        for (values, expected) in REFERENCE {
            let mut sorted = values.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            assert!((dip(&sorted) - expected).abs() < 1e-9, "{values:?}: {} {expected}", dip(&sorted));
        }
    }

    #[allow(clippy::unreadable_literal, reason = "as the reference printed them")]
    const REFERENCE: &[(&[f64], f64)] = &include!("dip_reference.in");

    #[test]
    fn two_groups_are_found_and_described() {
        let mut random = Random::new(1985);
        let found = (0..200)
            .filter(|_| {
                let value = |place: usize, random: &mut Random| {
                    (if place.is_multiple_of(2) { 0.12 } else { 0.0 }) + 0.015 * random.normal()
                };
                let values: Vec<f64> = (0..24).map(|place| value(place, &mut random)).collect();
                let groups = groups(&values).unwrap();
                groups.p < 0.01 && groups.upper == 12 && (groups.high - groups.low - 0.12).abs() < 0.03
            })
            .count();
        assert!(found >= 170, "{found} of 200");
    }

    #[test]
    fn one_group_is_rarely_taken_for_two() {
        let mut random = Random::new(217);
        for heavy in [false, true] {
            for n in [8, 12, 40] {
                let noise = |random: &mut Random| if heavy { random.student3() } else { random.normal() };
                let flagged = (0..2_000)
                    .filter(|_| {
                        let values: Vec<f64> = (0..n).map(|_| noise(&mut random)).collect();
                        groups(&values).is_some_and(|groups| groups.p < 0.01)
                    })
                    .count();
                assert!(flagged <= 20, "{n} values, heavy tails {heavy}: {flagged} of 2000");
            }
        }
        assert_eq!(groups(&[1.0; 20]), None);
        assert_eq!(groups(&[1.0, 2.0, 1.0, 2.0]), None);
    }
}
