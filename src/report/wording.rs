//! What every report says of one cell in the same words.

use crate::analysis::metrics::{CellMetric, METRICS};
use crate::analysis::{CellResult, Speedup};
use crate::record::Outcome;

use super::format;

/// Mark of a figure whose interval is wider than was asked.
pub(super) const UNSETTLED: &str = "~";
/// Mark of more workers than CPUs.
pub(super) const OVERSUBSCRIBED: &str = "+";
/// Mark of a cell that there is a doubt about.
pub(super) const DOUBTED: &str = "!";
/// Characters of a reason that are shown outside the record: an exception's message may be a page long.
const REASON: usize = 400;

/// Returns the mark before a figure.
pub(super) fn mark(settled: bool) -> &'static str {
    if settled { "" } else { UNSETTLED }
}

/// `timed out`, in words.
pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Failed => "failed",
        Outcome::TimedOut => "timed out",
        Outcome::Crashed => "crashed",
        Outcome::ChecksumMismatch => "wrong answer",
        Outcome::ProtocolError => "protocol error",
        Outcome::GilMismatch => "GIL not as asked",
        Outcome::WrongInterpreter => "wrong interpreter",
        Outcome::ClockMismatch => "wrong clock",
        Outcome::OutOfMemory => "out of memory",
        Outcome::NoSteadyState => "no steady state",
        Outcome::NotReached => "not reached",
        Outcome::Cancelled => "cancelled",
        Outcome::Skipped => "skipped",
    }
}

impl CellResult {
    /// Whether its figures may be shown.
    pub(in crate::report) fn has_numbers(&self) -> bool {
        self.outcome == Outcome::Completed
    }

    /// Whether it completed and every ratio it has is as narrow as was asked.
    pub(in crate::report) fn is_settled(&self) -> bool {
        let narrow = |speedup: &Option<Speedup>| speedup.as_ref().is_none_or(|speedup| speedup.settled);
        self.has_numbers() && narrow(&self.speedup) && narrow(&self.speedup_self)
    }

    /// The marks behind its name: more workers than CPUs, and doubts.
    pub(in crate::report) fn marks(&self) -> String {
        let mark = |shown: bool, mark| if shown { mark } else { "" };
        mark(self.oversubscribed, OVERSUBSCRIBED).to_owned() + mark(!self.doubts.is_empty(), DOUBTED)
    }

    /// `waits: it computes for 1 % of its time; grows: …`.
    pub(in crate::report) fn doubts_text(&self) -> String {
        let texts = self.doubts.iter().map(|doubt| format!("{}: {}", doubt.kind.name(), doubt.text));
        texts.collect::<Vec<_>>().join("; ")
    }

    /// `time of a warm pass 41.3 ms; speedup over its own single 1.87× (1.80–1.94), not settled; …`, doubts last.
    pub(in crate::report) fn figures_text(&self) -> String {
        let figure = |metric: &CellMetric| {
            let found = (metric.of)(self)?;
            let interval = found.ci95.filter(|[low, high]| low < high);
            let interval =
                interval.map_or_else(String::new, |ends| format!(" ({})", metric.unit.write_interval(ends)));
            let settled = if found.settled { "" } else { ", not settled" };
            Some(format!("{} {}{interval}{settled}", metric.title, metric.unit.write(found.value)))
        };
        let doubts = Some(self.doubts_text()).filter(|text| !text.is_empty());
        let explored = METRICS.iter().filter(|metric| metric.explored);
        explored.filter_map(figure).chain(doubts).collect::<Vec<_>>().join("; ")
    }

    /// What stands in the place of a number: `crashed: killed by signal 11`.
    pub(in crate::report) fn why_none(&self) -> String {
        match self.reason.as_deref() {
            Some(reason) if !reason.trim().is_empty() => {
                format!("{}: {}", outcome(self.outcome), format::clip(reason, REASON))
            }
            _ => outcome(self.outcome).to_owned(),
        }
    }

    /// `1.2 s, 99th percentile 800 ms`: how long the event loop stood still at the longest.
    pub(in crate::report) fn lag_text(&self) -> Option<String> {
        let longest = format::ns(self.loop_lag_ns?);
        let p99 = self.loop_lag_p99_ns.filter(|p99| Some(*p99) != self.loop_lag_ns);
        let p99 = p99.map(|p99| format!(", 99th percentile {}", format::ns(p99)));
        Some(longest + &p99.unwrap_or_default())
    }

    /// What a pass is, where it isn't one execution after one warm-up.
    pub(in crate::report) fn passes_text(&self) -> Option<String> {
        let repeats =
            (self.repeats > 1).then(|| format!("tasks repeated up to {} times in a pass", self.repeats));
        let warm_ups = self
            .warm_ups
            .filter(|&rounds| rounds > 1)
            .map(|rounds| format!("{rounds} warm-ups of a process"));
        let parts: Vec<String> = repeats.into_iter().chain(warm_ups).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

impl Speedup {
    /// `1.87× (95 % 1.80–1.94)`.
    pub(in crate::report) fn in_full(&self) -> String {
        let interval = self.ci95.map_or_else(String::new, |ci| format!(" (95 % {})", format::interval(ci)));
        format!("{}{interval}", format::ratio(self.ratio))
    }

    /// `1.9×`, or `about 1.9×` where it isn't settled: for titles.
    pub(in crate::report) fn about(&self) -> String {
        let about = if self.settled { "" } else { "about " };
        format!("{about}{}", format::ratio_short(self.ratio))
    }
}
