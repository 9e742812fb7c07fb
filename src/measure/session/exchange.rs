//! One command to the harness, one row from it.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::Session;
use super::classify::{classify_error, classify_exit};
use crate::measure::protocol::{HarnessCommand, HarnessRow, parse_row};
use crate::platform::monotonic_ns;
use crate::record::Outcome;

/// The runner counts the time of what it waits for in parts of this length.
const PART: Duration = Duration::from_millis(250);

/// Waits for so long, the runner's own pauses left out: stopped by Ctrl-Z, or on a suspended machine, it sees time pass in
/// which nobody could answer, and that isn't the cell's. Returns the answer, and for how long the runner was away.
async fn within<T>(limit: Duration, wait: impl Future<Output = T>) -> (Option<T>, u64) {
    tokio::pin!(wait);
    let (mut left, mut away) = (limit, 0);
    while !left.is_zero() {
        let (part, began) = (left.min(PART), monotonic_ns());
        let answer = tokio::time::timeout(part, &mut wait).await;
        away += (monotonic_ns() - began).saturating_sub(2 * PART.as_nanos() as u64);
        if let Ok(answer) = answer {
            return (Some(answer), away);
        }
        left -= part;
    }
    (None, away)
}

impl Session<'_> {
    /// Sends a command; `None` when the process doesn't take it any more.
    pub(super) async fn command(&mut self, command: HarnessCommand) -> Option<()> {
        let live = self.live.as_mut()?;
        // A broken pipe means that the process is ending: its report or its exit says why.
        if let Some(stdin) = &mut live.process.stdin {
            let _ = stdin.write_all(command.line().as_bytes()).await;
        }
        Some(())
    }

    /// Waits for the next row; `None` when none comes, and the draft says why.
    pub(super) async fn row(&mut self, limit: Duration, doing: &str) -> Option<HarnessRow> {
        let live = self.live.as_mut()?;
        let wait = async {
            tokio::select! {
                biased;
                line = live.rows.next() => Ok(line),
                exit = live.process.ended() => Err(exit),
            }
        };
        let (answer, gap_ns) = within(limit, wait).await;
        self.gap_ns += gap_ns;
        let line = match answer {
            None => {
                let seconds = (limit.as_secs_f64() * 1000.0).round() / 1000.0;
                self.fail(Outcome::TimedOut, format!("no answer within {seconds} s while {doing}"));
                return None;
            }
            Some(Ok(line)) => line,
            // Ended: what it wrote last may still be in the pipe.
            Some(Err(exit)) => match live.rows.ready() {
                Ok(Some(line)) => Ok(line),
                _ => {
                    let (outcome, reason) = classify_exit(exit.as_ref().ok(), doing, self.kills());
                    self.fail(outcome, reason);
                    return None;
                }
            },
        };
        let parsed =
            line.map_err(|error| error.to_string()).and_then(|line| parse_row(&line, &live.rows.nonce));
        match parsed {
            Ok(row) => Some(row),
            Err(reason) => {
                self.fail(Outcome::ProtocolError, reason);
                None
            }
        }
    }

    /// Notes that another row came than the one that was waited for.
    pub(super) fn fail_unexpected(&mut self, row: &HarnessRow, wanted: &str) {
        match row {
            HarnessRow::Error(error) => {
                let (outcome, reason) = classify_error(error, self.kills());
                self.fail(outcome, reason);
            }
            other => self.fail(
                Outcome::ProtocolError,
                format!("expected a `{wanted}` row, the harness sent {other:?}"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A runner that was stopped for longer than the whole limit still takes the answer that came meanwhile.
    #[test]
    fn a_pause_of_the_runner_is_no_time_of_the_cell() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let milliseconds = Duration::from_millis;
        let paused = async {
            std::thread::sleep(milliseconds(900));
            tokio::time::sleep(milliseconds(20)).await;
        };
        let (answer, away_ns) = runtime.block_on(within(milliseconds(500), paused));
        assert!(answer.is_some() && away_ns > 300_000_000, "{answer:?} {away_ns}");
        let (answer, _) = runtime
            .block_on(within(milliseconds(60), async { tokio::time::sleep(milliseconds(5000)).await }));
        assert!(answer.is_none(), "who doesn't answer is timed out");
    }
}
