//! How trends and changes are said.

use std::collections::HashMap;

use crate::analysis::history::{LevelChange, Metric, Trend};
use crate::analysis::metrics::{PEAK_MEMORY, SPEEDUP, TIME};
use crate::report::format;
use crate::sha256;
use crate::stats::median;

/// Picks changes.
pub(super) type Pick = fn(&LevelChange) -> bool;

/// Changes beside the alarms, each kind with its title.
pub(super) fn others() -> [(&'static str, Pick); 2] {
    [
        ("Changes for the better", |change| !change.worse && change.explained_by.is_none()),
        ("Changes that an event explains", |change| change.explained_by.is_some()),
    ]
}

/// `speedup`, `time`, `memory`.
pub(super) fn metric(metric: Metric) -> &'static str {
    match metric {
        Metric::Speedup => "speedup",
        Metric::Time => "time",
        Metric::Memory => "memory",
    }
}

/// As the table of figures writes it.
pub(super) fn value(metric: Metric, value: f64) -> String {
    let figure = match metric {
        Metric::Speedup => &SPEEDUP,
        Metric::Time => &TIME,
        Metric::Memory => &PEAK_MEMORY,
    };
    figure.unit.write(value)
}

/// `4.1 % slower`, `25 % heavier`.
pub(super) fn shift(metric: Metric, change: &LevelChange) -> String {
    let word = match (metric, change.worse) {
        (Metric::Memory, true) => "heavier",
        (Metric::Memory, false) => "lighter",
        (_, true) => "slower",
        (_, false) => "faster",
    };
    // Of a time: how much longer; of a speedup: how much of it is gone or won.
    format!("{} {word}", format::percent((change.ratio - 1.0).abs()))
}

/// `A change in the last three runs would have been seen from 4 % on in speedup (at worst from 9 %), from 10 % on in memory;
/// 2 of 9 trends can't show any: …`. `None` without a trend.
pub(super) fn smallest(trends: &[Trend]) -> Option<String> {
    let one = |name: Metric| {
        let of_it = trends.iter().filter(|trend| trend.metric == name);
        let shown: Vec<f64> = of_it.filter_map(|trend| Some(trend.smallest? - 1.0)).collect();
        let (usual, worst) = (median(&shown)?, shown.iter().copied().fold(0.0, f64::max));
        let [usual, worst] = [usual, worst].map(format::percent);
        let worst = if worst == usual { String::new() } else { format!(" (at worst from {worst})") };
        Some(format!("from {usual} on in {}{worst}", metric(name)))
    };
    let kinds: Vec<String> =
        [Metric::Speedup, Metric::Time, Metric::Memory].into_iter().filter_map(one).collect();
    let seen = (!kinds.is_empty())
        .then(|| format!("A change in the last three runs would have been seen {}", kinds.join(", ")));
    let blind = trends.iter().filter(|trend| trend.smallest.is_none()).count();
    let blind = (blind > 0).then(|| {
        let all = format::count(trends.len(), "trend");
        format!(
            "{blind} of {all} can't show any: too few runs, or a time beside fewer than two other workloads"
        )
    });
    let said: Vec<String> = seen.into_iter().chain(blind).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// Bytes of a file's name, so that every system takes it.
const LONGEST: usize = 120;

/// A name for each trend's file that no system objects to, and that no other has: `3.13t-fib-threads-2-speedup`.
pub(super) fn file_names(trends: &[Trend]) -> Vec<String> {
    let wholes: Vec<String> =
        trends.iter().map(|trend| format!("{} {}", trend.cell, metric(trend.metric))).collect();
    let plains: Vec<String> = wholes.iter().map(|whole| plain(whole)).collect();
    let mut often: HashMap<&str, u32> = HashMap::new();
    for plain in &plains {
        *often.entry(plain).or_default() += 1;
    }
    let name = |(whole, plain): (&String, &String)| {
        // What is plain loses something of a name that isn't ASCII: another one might lose just that.
        if plain.len() <= LONGEST && whole.replace('×', "").is_ascii() && often[plain.as_str()] == 1 {
            return plain.clone();
        }
        let hash = sha256::of_bytes(whole.as_bytes());
        format!("{}-{}", &plain[..plain.len().min(LONGEST)], &hash[..8])
    };
    wholes.iter().zip(&plains).map(name).collect()
}

/// ASCII alone.
fn plain(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Cell;

    #[test]
    fn every_trend_has_a_file_of_its_own() {
        let trend = |workload: &str| Trend {
            cell: Cell { mode: "threads".to_owned(), workers: 2, ..Cell::single("3.13t", workload) },
            metric: Metric::Speedup,
            points: Vec::new(),
            failures: Vec::new(),
            events: Vec::new(),
            changes: Vec::new(),
            smallest: None,
        };
        let (long, longer) = ("x".repeat(300), "x".repeat(301));
        let names = ["fib", "straße", "strage", "a b", "a-b", "größe", "grüße", &long, &longer];
        let files = file_names(&names.map(trend));
        assert_eq!(files[0], "3.13t-fib-threads-2-speedup");
        let mut unique = files.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "{files:?}");
        assert!(files.iter().all(|file| file.len() < 140 && file.is_ascii()), "{files:?}");
    }
}
