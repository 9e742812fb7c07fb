//! How trends and changes are said.

use crate::analysis::history::{LevelChange, Metric, Trend};
use crate::report::format;

/// Picks changes.
pub type Pick = fn(&LevelChange) -> bool;

/// Changes beside the alarms, each kind with its title.
pub fn others() -> [(&'static str, Pick); 2] {
    [
        ("Changes for the better", |change| !change.worse && change.explained_by.is_none()),
        ("Changes that an event explains", |change| change.explained_by.is_some()),
    ]
}

/// `speedup`, `time`, `memory`.
pub fn metric(metric: Metric) -> &'static str {
    match metric {
        Metric::Speedup => "speedup",
        Metric::Time => "time",
        Metric::Memory => "memory",
    }
}

pub fn value(metric: Metric, value: f64) -> String {
    match metric {
        Metric::Speedup => format::ratio(value),
        Metric::Time => format::ns_f64(value),
        Metric::Memory => format::bytes(value as u64),
    }
}

/// `4.1 % slower`, `25 % heavier`.
pub fn shift(metric: Metric, change: &LevelChange) -> String {
    let word = match (metric, change.worse) {
        (Metric::Memory, true) => "heavier",
        (Metric::Memory, false) => "lighter",
        (_, true) => "slower",
        (_, false) => "faster",
    };
    // Of a time: how much longer; of a speedup: how much of it is gone or won.
    format!("{} {word}", format::percent((change.ratio - 1.0).abs()))
}

/// A name for a file that no system objects to: `3.13t-fib-threads-2-speedup`.
pub fn file_name(trend: &Trend) -> String {
    let name = format!("{} {}", trend.cell().replace('×', " "), metric(trend.metric));
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
