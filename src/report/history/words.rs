//! How trends and changes are said.

use crate::analysis::history::{LevelChange, Metric, Trend};
use crate::analysis::metrics::{PEAK_MEMORY, SPEEDUP, TIME};
use crate::analysis::run_diff::shown_change;
use crate::report::format;
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

/// `time +4.1 %, slower`, `memory +25.0 %, heavier`, as the gate says it: a speedup that is halved is a doubled time.
pub(super) fn shift(metric: Metric, change: &LevelChange) -> String {
    let word = match (metric, change.worse) {
        (Metric::Memory, true) => "heavier",
        (Metric::Memory, false) => "lighter",
        (_, true) => "slower",
        (_, false) => "faster",
    };
    let (figure, ratio) = match metric {
        Metric::Speedup => ("time", 1.0 / change.ratio),
        Metric::Time => ("time", change.ratio),
        Metric::Memory => ("memory", change.ratio),
    };
    format!("{figure} {}, {word}", shown_change(ratio))
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
            "{blind} of {all} can't show any: too few runs on this kind of machine, or a time of runs that measured neither the fixed reference (budgets of up to a minute) nor three workloads"
        )
    });
    let said: Vec<String> = seen.into_iter().chain(blind).collect();
    (!said.is_empty()).then(|| said.join("; "))
}
