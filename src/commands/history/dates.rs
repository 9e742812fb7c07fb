//! Which runs say that they began when they surely didn't: a machine's clock was wrong.

use std::collections::BTreeMap;

use crate::report::format;

/// Clocks of two machines may differ by so much.
const DAY_NS: u64 = 86_400_000_000_000;
/// Nothing was measured before 2023; a clock without a battery begins in 1970, or when its firmware was made.
const FIRST_NS: u64 = 1_672_531_200_000_000_000;
/// With fewer runs, or more of them out of order, the names don't tell the order.
const FEW: usize = 5;
const OUT_OF_ORDER: usize = 5;

/// Says of each run why it can't have begun when it says; `runs` are names and beginnings, in the order of the names.
pub(super) fn doubts(runs: &[(String, u64)], now: u64) -> Vec<Option<String>> {
    // Names say an order only among those that differ in their numbers alone.
    let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, (name, _)) in runs.iter().enumerate() {
        let letters = name.chars().filter(|c| !c.is_ascii_digit()).collect();
        alike.entry(letters).or_default().push(place);
    }
    let mut doubts: Vec<Option<String>> = vec![None; runs.len()];
    for places in alike.values() {
        let these: Vec<&(String, u64)> = places.iter().map(|&place| &runs[place]).collect();
        for (place, doubt) in places.iter().zip(out_of_order(&these)) {
            doubts[*place] = doubt;
        }
    }
    for ((_, began), doubt) in runs.iter().zip(&mut doubts) {
        let why = match *began {
            began if began > now.saturating_add(DAY_NS) => "which is yet to come",
            began if began < FIRST_NS => "before there was a gilmatrix",
            _ => continue,
        };
        *doubt = Some(format!("it says that it began on {}, {why}", format::day(*began)));
    }
    doubts
}

/// Says which of the runs began before one whose name comes before theirs, or after one whose name comes after it.
fn out_of_order(runs: &[&(String, u64)]) -> Vec<Option<String>> {
    let kept = in_order(&runs.iter().map(|run| run.1).collect::<Vec<_>>());
    if runs.len() < FEW || (runs.len() - kept.len()) * OUT_OF_ORDER > runs.len() {
        return vec![None; runs.len()];
    }
    let doubt = |(place, (_, began)): (usize, &&(String, u64))| {
        let next = kept.partition_point(|&other| other < place);
        if kept.get(next) == Some(&place) {
            return None;
        }
        let before = next.checked_sub(1).map(|at| runs[kept[at]]);
        let after = kept.get(next).map(|&at| runs[at]);
        let behind = before.filter(|other| other.1 > began.saturating_add(DAY_NS));
        let ahead = after.filter(|other| other.1.saturating_add(DAY_NS) < *began);
        let (other, [said, named]) =
            behind.map(|it| (it, ["before", "after"])).or(ahead.map(|it| (it, ["after", "before"])))?;
        Some(format!(
            "it says that it began on {}, {said} `{}` ({}), though by their names it came {named} it",
            format::day(*began),
            other.0,
            format::day(other.1)
        ))
    };
    runs.iter().enumerate().map(doubt).collect()
}

/// Places of the longest series of beginnings none of which lies before the one before it.
fn in_order(began: &[u64]) -> Vec<usize> {
    // The last place of the best series of each length so far, and of each place the one before it.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (place, at) in began.iter().enumerate() {
        let length = ends.partition_point(|&end| began[end] <= *at);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        ends.truncate(ends.len().max(length));
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut series: Vec<usize> =
        std::iter::successors(ends.last().copied(), |&place| before[place]).collect();
    series.reverse();
    series
}

/// Puts names in the order in which people count: `run-9` before `run-10`.
pub(super) fn counted(name: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for c in name.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            key.push_str(&format!("{:0>20}", std::mem::take(&mut digits)));
        }
        key.push(c);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_780_000_000_000_000_000;

    fn nightly(wrong: &[(usize, u64)]) -> Vec<Option<String>> {
        let mut runs: Vec<(String, u64)> =
            (0..12).map(|night| (format!("build-{night}"), NOW - (12 - night) * DAY_NS)).collect();
        wrong.iter().for_each(|&(place, began)| runs[place].1 = began);
        doubts(&runs, NOW)
    }

    #[test]
    fn a_run_dated_behind_its_neighbours_is_doubted() {
        assert!(nightly(&[]).iter().all(Option::is_none));
        for place in [0, 5, 11] {
            // A clock that begins in 1970, one that is weeks behind, one that is ahead.
            for (began, said) in [
                (7, "before there was"),
                (NOW - 60 * DAY_NS, "came after"),
                (NOW + 9 * DAY_NS, "yet to come"),
            ] {
                let found = nightly(&[(place, began)]);
                if place == 0 && said == "came after" {
                    assert!(found.iter().all(Option::is_none), "the first may be as old as it likes");
                    continue;
                }
                assert!(
                    found[place].as_ref().is_some_and(|text| text.contains(said)),
                    "{place} {said}: {found:?}"
                );
                assert_eq!(found.iter().flatten().count(), 1, "{place} {said}: {found:?}");
            }
        }
    }

    #[test]
    fn names_that_tell_no_order_doubt_nothing() {
        let runs: Vec<(String, u64)> =
            (0..12).map(|night| (format!("x{night}"), NOW - (night * 7 % 12 + 1) * DAY_NS)).collect();
        assert!(doubts(&runs, NOW).iter().all(Option::is_none));
        // Copies under another name.
        let mut runs: Vec<(String, u64)> =
            (0..12).map(|night| (format!("night-{night}"), NOW - (12 - night) * DAY_NS)).collect();
        runs.insert(0, ("copy-1".to_owned(), NOW - DAY_NS));
        assert!(doubts(&runs, NOW).iter().all(Option::is_none));
        // Jobs of one day that overtook each other.
        assert!(nightly(&[(4, NOW - 7 * DAY_NS - DAY_NS / 2)]).iter().all(Option::is_none));
    }

    #[test]
    fn numbers_in_names_count() {
        let mut names = ["run-10", "run-9", "2026-11-02", "2026-1-30"];
        names.sort_by_key(|name| counted(name));
        assert_eq!(names, ["2026-1-30", "2026-11-02", "run-9", "run-10"]);
    }
}
