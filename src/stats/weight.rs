//! Peaks of memory of two sides, paired.

/// One solo invocation's peaks in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Peak {
    /// The invocation's number and round.
    pub id: u64,
    pub round: u32,
    pub rss: u64,
    pub pss: Option<u64>,
    /// Most that were alive at once.
    pub processes: u32,
}

/// Logs of new over base, in the order of measuring. The base's first peak meets the new side's first, whatever round
/// that is from; from then on the two sides of a round are paired in order, and what is alone in its round is left out.
pub(crate) fn peak_pairs(base: &[Peak], new: &[Peak]) -> Vec<f64> {
    let sorted = |peaks: &[Peak]| {
        let mut peaks = peaks.to_vec();
        peaks.sort_unstable();
        peaks
    };
    let (base, new) = (sorted(base), sorted(new));
    let (Some((first_base, base)), Some((first_new, new))) = (base.split_first(), new.split_first()) else {
        return Vec::new();
    };
    let mut pairs = vec![growth(first_base, first_new)];
    let mut at = 0;
    for (place, one) in base.iter().enumerate() {
        if place > 0 && base[place - 1].round != one.round {
            at = 0;
        }
        if let Some(other) = new.iter().filter(|other| other.round == one.round).nth(at) {
            pairs.push(growth(one, other));
        }
        at += 1;
    }
    pairs
}

/// PSS where both have it: summed RSS counts shared pages once per process. One process shares with strangers alone,
/// whoever else runs the same interpreter meanwhile, and that is no merit of its own: of one it is the RSS.
fn growth(base: &Peak, new: &Peak) -> f64 {
    let several = base.processes > 1 || new.processes > 1;
    let (base, new) = match (base.pss, new.pss) {
        (Some(base), Some(new)) if several => (base, new),
        _ => (base.rss, new.rss),
    };
    (new.max(1) as f64 / base.max(1) as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peak(id: u64, round: u32, bytes: u64) -> Peak {
        Peak { id, round, rss: bytes * 3, pss: Some(bytes), processes: 2 }
    }

    #[test]
    fn the_sides_of_a_round_meet_whatever_order_they_came_in() {
        let new = [peak(1, 1, 100), peak(9, 3, 120), peak(7, 3, 110), peak(30, 5, 999)];
        let base = [peak(4, 2, 100), peak(6, 3, 100), peak(8, 3, 60), peak(20, 4, 1)];
        let pairs: Vec<f64> = peak_pairs(&base, &new).into_iter().map(f64::exp).collect();
        assert_eq!(pairs.len(), 3, "{pairs:?}");
        for (pair, expected) in pairs.iter().zip([1.0, 1.1, 2.0]) {
            assert!((pair - expected).abs() < 1e-9, "{pairs:?}");
        }
        assert!(peak_pairs(&[], &new).is_empty() && peak_pairs(&base, &[]).is_empty());
    }

    #[test]
    fn without_a_pss_on_both_sides_it_is_the_rss() {
        let new = [Peak { pss: None, ..peak(1, 1, 100) }];
        assert!((peak_pairs(&[peak(2, 2, 50)], &new)[0] - 2f64.ln()).abs() < 1e-9);
    }

    #[test]
    fn strangers_that_share_a_single_process_pages_change_nothing() {
        let base = Peak { pss: Some(70), processes: 1, ..peak(1, 1, 100) };
        let new = Peak { pss: Some(100), processes: 1, ..peak(2, 1, 100) };
        assert_eq!(peak_pairs(&[base], &[new]), [0.0]);
    }
}
