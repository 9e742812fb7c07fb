//! Who listens to a run: a progress bar, plain lines where there is no terminal, or JSON lines.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use crate::commands::output::{self, Format};
use crate::measure::Event;
use crate::record::Outcome;
use crate::report::{format, one_line};

/// How often a run without a terminal says where it is.
const PLAIN_EVERY: Duration = Duration::from_secs(15);

/// The number of characters of a reason that are told, two or three lines; the record has more.
const LONGEST_REASON: usize = 160;

/// Returns the consumer of events that fits the format and the terminal. `resumable`: what is interrupted can go on.
pub(super) fn listener(format: Format, resumable: bool) -> Box<dyn FnMut(Event)> {
    match format {
        Format::Json => Box::new(json),
        Format::Human if std::io::stderr().is_terminal() => live(resumable),
        Format::Human => plain(resumable),
    }
}

fn json(event: Event) {
    // A reader that is gone doesn't stop a measurement.
    if let Ok(line) = serde_json::to_string(&event) {
        let _ = output::print(&format!("{line}\n"));
    }
}

fn live(resumable: bool) -> Box<dyn FnMut(Event)> {
    let bar = ProgressBar::new(1);
    // The second and third line are cut off where the terminal ends; they never wrap.
    let style = ProgressStyle::with_template("{bar:16.cyan/dim} {prefix}\n  {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─");
    bar.set_style(style);
    bar.enable_steady_tick(Duration::from_millis(250));
    let mut tally = LiveTally { resumable, ..LiveTally::default() };
    Box::new(move |event| {
        if let Some(line) = tally.line(&event) {
            bar.suspend(|| output::note_wrapped(&line));
        }
        tally.see(&event);
        match event {
            Event::Started { budget_ns, .. } => bar.set_length(budget_ns.max(1)),
            Event::Begin { elapsed_ns, .. } | Event::Progress { elapsed_ns, .. } => {
                bar.set_position(elapsed_ns);
            }
            Event::Finished { .. } => return bar.finish_and_clear(),
            _ => {}
        }
        bar.set_prefix(tally.head());
        bar.set_message(one_line(&tally.now()));
    })
}

fn plain(resumable: bool) -> Box<dyn FnMut(Event)> {
    let mut tally = LiveTally { resumable, ..LiveTally::default() };
    let mut last = 0;
    Box::new(move |event| {
        if let Some(line) = tally.line(&event) {
            output::note(&line);
        }
        tally.see(&event);
        if let Event::Progress { elapsed_ns, .. } = event
            && elapsed_ns.saturating_sub(last) > PLAIN_EVERY.as_nanos() as u64
        {
            last = elapsed_ns;
            output::note(&tally.message());
        }
    })
}

/// How far the run is.
#[derive(Debug, Default)]
struct LiveTally {
    elapsed_ns: u64,
    budget_ns: u64,
    cells: u32,
    settled: u32,
    failed: u32,
    now: String,
    /// The processes that are under way, for a profiler to look at.
    pids: Vec<u32>,
    /// The run's directory.
    directory: String,
    /// The run can go on after an interruption.
    resumable: bool,
    /// The cell that settled last, with its ratio.
    last: Option<String>,
}

impl LiveTally {
    /// Returns the line of an event that deserves one.
    fn line(&self, event: &Event) -> Option<String> {
        match event {
            Event::Started { cells, skipped, budget_ns, directory, seed } => Some(format!(
                "measuring {} ({skipped} skipped) into {directory}, at most {}, seed {seed}",
                format::count(*cells as usize, "cell"),
                format::ns(*budget_ns)
            )),
            Event::Invocation { cell, outcome, reason, .. } if *outcome != Outcome::Completed => {
                let outcome =
                    serde_json::to_value(outcome).ok().and_then(|name| Some(name.as_str()?.to_owned()));
                let reason = format::clip(reason.as_deref().unwrap_or("no reason given"), LONGEST_REASON);
                Some(format!("{cell}: {} — {reason}", outcome.unwrap_or_default()))
            }
            Event::Resumed { invocations, round, elapsed_ns } => Some(format!(
                "going on after {}, in round {round}, {} of the run's time used",
                format::count(*invocations as usize, "invocation"),
                format::ns(*elapsed_ns)
            )),
            Event::Warning { text } => Some(format!("warning: {text}")),
            Event::Finished { interrupted: true, .. } => {
                let kept = "interrupted: every process has been ended, what was measured is kept";
                Some(match self.resumable {
                    true => format!("{kept}; `gilmatrix run --resume {}` goes on", self.directory),
                    false => kept.to_owned(),
                })
            }
            _ => None,
        }
    }

    fn see(&mut self, event: &Event) {
        match event {
            Event::Started { cells, budget_ns, directory, .. } => {
                self.cells = *cells;
                self.budget_ns = *budget_ns;
                self.directory.clone_from(directory);
            }
            Event::Begin { what, elapsed_ns, .. } => {
                self.now.clone_from(what);
                self.elapsed_ns = *elapsed_ns;
            }
            Event::Settled { cell, ratio, low, high, .. } => {
                self.last = Some(format!("{cell} {ratio:.2}× ({low:.2}–{high:.2})"));
            }
            Event::Alive { processes } => self.pids = processes.iter().map(|one| one.pid).collect(),
            Event::Progress { elapsed_ns, settled, failed, .. } => {
                self.elapsed_ns = *elapsed_ns;
                self.settled = *settled;
                self.failed = *failed;
            }
            _ => {}
        }
    }

    /// Returns how far it is: `3/9 settled, 1 failed, 42 seconds left`.
    fn head(&self) -> String {
        let left = Duration::from_nanos(self.budget_ns.saturating_sub(self.elapsed_ns));
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        format!("{}/{} settled{failed}, {} left", self.settled, self.cells, HumanDuration(left))
    }

    /// Returns what is under way, and what settled last.
    fn now(&self) -> String {
        let pids: Vec<String> = self.pids.iter().map(u32::to_string).collect();
        let pids = if pids.is_empty() { String::new() } else { format!(" [pid {}]", pids.join(" ")) };
        let last = self.last.as_ref().map(|last| format!("; settled last: {last}")).unwrap_or_default();
        format!("{}{pids}{last}", self.now)
    }

    fn message(&self) -> String {
        format!("{}: {}", self.head(), self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_than_a_second_is_not_nothing() {
        let started = |budget_ns| {
            let (directory, seed) = ("out".to_owned(), 7);
            LiveTally::default().line(&Event::Started { cells: 2, skipped: 0, budget_ns, directory, seed })
        };
        assert!(started(400_000_000).is_some_and(|line| line.contains("at most 400 ms,")));
        assert!(started(180_000_000_000).is_some_and(|line| line.contains("at most 3 min 00 s,")));
    }
}
