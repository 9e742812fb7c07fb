//! One command to the harness, one row from it.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::Session;
use super::classify::{classify_error, classify_exit};
use crate::measure::protocol::{HarnessCommand, HarnessRow, parse_row};
use crate::record::Outcome;

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
        let line = match tokio::time::timeout(limit, wait).await {
            Err(_) => {
                let seconds = (limit.as_secs_f64() * 1000.0).round() / 1000.0;
                self.fail(Outcome::TimedOut, format!("no answer within {seconds} s while {doing}"));
                return None;
            }
            Ok(Ok(line)) => line,
            // Ended: what it wrote last may still be in the pipe.
            Ok(Err(exit)) => match live.rows.ready() {
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
