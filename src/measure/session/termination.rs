//! How an invocation can go wrong, and how it ends.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use super::{DRAIN, GRACE, Session};
use crate::measure::ceiling::Ceiling;
use crate::measure::protocol::{HarnessCommand, HarnessRow, RowError, RowWorker, parse_row};
use crate::platform::{
    CpuSet, ProcessExit, SIGKILL, Signal, oom_kills, signal_group, signal_name, sweep_semaphores,
};
use crate::record::{self, Asked, Forced, Outcome};

/// The longest reason that is kept, in characters; the whole story is in the tails.
const REASON: usize = 400;

impl Session<'_> {
    /// Notes the first thing that went wrong; later ones follow from it.
    pub(super) fn fail(&mut self, outcome: Outcome, reason: String) {
        if self.draft.outcome == Outcome::Completed {
            // Who was ended for its memory shows it in many ways.
            let ceiling = self.ceiling.as_ref().and_then(Ceiling::exceeded);
            let (outcome, reason) = match ceiling {
                Some(exceeded) => (Outcome::OutOfMemory, exceeded.to_string()),
                None => (outcome, reason),
            };
            self.draft.outcome = outcome;
            self.draft.reason = Some(reason.chars().take(REASON).collect());
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

    /// Takes over what the workers said after the work.
    pub(super) fn note_workers_after(&mut self, workers: &[RowWorker]) {
        for worker in &mut self.draft.workers {
            let same = |row: &&RowWorker| row.pid == worker.pid && row.thread == worker.thread;
            let row = workers.iter().find(same);
            worker.gil_enabled_after = row.map(|row| row.gil_enabled);
            worker.cpus = row.and_then(|row| CpuSet::new(row.cpus.iter().flatten().copied()));
        }
    }

    /// Fails the invocation where a worker isn't what was asked for: checked as soon as there is something to check.
    pub(super) fn verify_gil(&mut self) {
        self.draft.gil = record::gil(&self.draft.workers);
        let Some(interpreter) = self.context.interpreter(&self.draft.cell, self.draft.side) else { return };
        let facts = &interpreter.facts;
        let asked = Asked { facts, gil: self.context.wants_gil(&self.draft.cell, interpreter) };
        // Behind a wrapper (chroot, container) paths don't compare.
        let wrapped = interpreter.command.len() > 1;
        let is_program = |path: &str| wrapped || same_file(Path::new(path), &facts.executable);
        if let Some(reason) = record::objection(asked, self.draft.gil, &self.draft.workers, is_program) {
            let came_back = self.draft.gil.is_some_and(|gil| gil.enabled_before || gil.enabled_after);
            let environment = interpreter.environments.get(&self.draft.cell.workload);
            let reason = match environment.and_then(|it| it.gil_switched_on_by.as_deref()) {
                Some(module) if came_back => format!("{reason}: importing `{module}` switches it on"),
                _ => reason,
            };
            self.fail(Outcome::GilMismatch, reason);
        }
    }

    /// Fails the invocation where a worker left the CPUs that it was to be held to.
    pub(super) fn verify_cpus(&mut self) {
        let Some(asked) = &self.draft.cpus else { return };
        if let Some(reason) = record::strayed(asked, &self.draft.workers) {
            self.fail(Outcome::Failed, reason);
        }
    }

    /// Counts the processes that the kernel has killed since the launch because memory ran out, anybody's.
    fn kills(&self) -> u64 {
        oom_kills().zip(self.oom_kills).map_or(0, |(now, before)| now.saturating_sub(before))
    }

    /// Waits for the process's end, forces it where it doesn't come, and leaves nothing of its tree.
    /// `ending` is when the end was asked for.
    pub(super) async fn close(&mut self, ending: u64) {
        let Some(mut live) = self.live.take() else { return };
        let pid = self.draft.pid;
        drop(live.process.stdin.take());
        let mut patience =
            if self.draft.outcome == Outcome::Completed { self.context.timeout } else { GRACE };
        let mut exit = match self.draft.outcome {
            // Hanging, talking nonsense, or about to take everything: no use in waiting for it.
            Outcome::TimedOut | Outcome::ProtocolError | Outcome::OutOfMemory => None,
            _ => live.process.ended_within(patience).await,
        };
        let since = Instant::now();
        if exit.is_none() {
            if self.draft.outcome == Outcome::Completed {
                self.fail(
                    Outcome::TimedOut,
                    format!("still there {} s after its end", patience.as_secs_f64()),
                );
            }
            // What takes too much memory would take more of it in its grace.
            if self.draft.outcome != Outcome::OutOfMemory {
                signal_group(pid, Signal::TERM);
                exit = live.process.ended_within(GRACE).await;
                // One grace for all: what the root didn't need of it is its orphans'.
                patience = GRACE.saturating_sub(since.elapsed());
            }
        }
        if exit.is_none() {
            let grace_ns = since.elapsed().as_nanos() as u64;
            self.usage += self.context.roots.kill(&[pid]);
            let empty_ns = since.elapsed().as_nanos() as u64 - grace_ns;
            self.draft.forced = Some(Forced { grace_ns, empty_ns });
            exit = live.process.ended_within(GRACE).await;
        }
        if let Some(exit) = exit {
            self.note_exit(exit, ending);
        }
        // Reaps the root; its children become ours.
        live.process.reap(GRACE).await;
        self.context.gone(pid);
        let drained = self.context.roots.drain_orphans(patience.min(DRAIN)).await;
        self.usage += drained.usage;
        let killed = drained.killed;
        if killed > 0 {
            self.draft.forced.get_or_insert(Forced {
                grace_ns: drained.waited.as_nanos() as u64,
                empty_ns: drained.killing.as_nanos() as u64,
            });
            let what = if killed == 1 { "process" } else { "processes" };
            self.draft.warnings.push(format!("left {killed} {what} behind, which had to be killed"));
        }
        if self.draft.cell.start_method.is_some() {
            sweep_semaphores(&self.context.semaphores(self.draft.id));
        }
        (self.draft.stdout_tail, self.draft.stderr_tail) = live.process.printed(DRAIN).await;
    }

    /// Notes how the root ended; `ending` is when its end was asked for.
    fn note_exit(&mut self, exit: ProcessExit, ending: u64) {
        self.exit = Some(exit);
        self.usage += exit.usage.unwrap_or_default();
        self.draft.exit_code = exit.status.code();
        self.draft.signal = exit.status.signal();
        if self.draft.outcome == Outcome::Completed {
            self.draft.phases_ns.teardown = Some(exit.at_ns.saturating_sub(ending));
            if !exit.status.success() {
                let (outcome, reason) = classify_exit(Some(&exit), "ending", self.kills());
                self.fail(outcome, reason);
            }
        }
    }
}

fn same_file(left: &Path, right: &Path) -> bool {
    left == right
        || match (left.canonicalize(), right.canonicalize()) {
            (Ok(left), Ok(right)) => left == right,
            _ => false,
        }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        // Only an interrupted run drops a session that is alive.
        if self.live.is_some() {
            // All of a block at once: one after the other would take as many times as long.
            self.context.kill_all();
            sweep_semaphores(&self.context.semaphores(self.draft.id));
            self.context.gone(self.draft.pid);
        }
    }
}

/// Classifies what the harness itself said. `kills`: by the kernel, for lack of memory, since the launch.
fn classify_error(error: &RowError, kills: u64) -> (Outcome, String) {
    let outcome = match error.kind.as_str() {
        "WorkerDied" if kills > 0 && error.message.contains("SIGKILL") => Outcome::OutOfMemory,
        "MemoryError" => Outcome::OutOfMemory,
        "WorkerDied" => Outcome::Crashed,
        "NoSteadyState" => Outcome::NoSteadyState,
        _ => Outcome::Failed,
    };
    let at = error.phase.as_deref().map(|phase| format!(" ({phase})")).unwrap_or_default();
    let kernel = match outcome {
        Outcome::OutOfMemory if error.kind == "WorkerDied" => by_kernel(kills),
        _ => String::new(),
    };
    (outcome, format!("{}: {}{at}{kernel}", error.kind, error.message))
}

fn by_kernel(kills: u64) -> String {
    let times = if kills == 1 { "once".to_owned() } else { format!("{kills} times") };
    format!(", and the kernel killed for lack of memory {times} meanwhile")
}

/// Classifies the end of a process that shouldn't have ended while it was `doing` something; without an exit, nobody
/// knows how.
fn classify_exit(exit: Option<&ProcessExit>, doing: &str, kills: u64) -> (Outcome, String) {
    let (code, signal) = exit.map_or((None, None), |exit| (exit.status.code(), exit.status.signal()));
    match (code, signal) {
        (_, Some(SIGKILL)) if kills > 0 => {
            (Outcome::OutOfMemory, format!("killed by SIGKILL while {doing}{}", by_kernel(kills)))
        }
        (_, Some(signal)) => (Outcome::Crashed, format!("killed by {} while {doing}", signal_name(signal))),
        (Some(0), _) => (Outcome::ProtocolError, format!("ended without an answer while {doing}")),
        (Some(code), _) => (Outcome::Crashed, format!("exited with code {code} while {doing}")),
        (None, None) => (Outcome::Crashed, format!("gone while {doing}")),
    }
}

#[cfg(test)]
mod tests {
    use std::process::ExitStatus;

    use super::*;

    #[test]
    fn a_kill_by_the_kernel_is_told_from_one_by_anybody() {
        let exit = |signal| ProcessExit { status: ExitStatus::from_raw(signal), at_ns: 0, usage: None };
        assert_eq!(classify_exit(Some(&exit(SIGKILL)), "working", 0).0, Outcome::Crashed);
        assert_eq!(classify_exit(Some(&exit(11)), "working", 1).0, Outcome::Crashed);
        let (outcome, reason) = classify_exit(Some(&exit(SIGKILL)), "working", 2);
        assert_eq!(outcome, Outcome::OutOfMemory);
        assert!(reason.contains("lack of memory 2 times"), "{reason}");
        let worker = |message: &str| RowError {
            phase: None,
            kind: "WorkerDied".to_owned(),
            message: message.to_owned(),
        };
        let killed = worker("worker process 7 was killed by signal 9 (SIGKILL)");
        assert_eq!(classify_error(&killed, 0).0, Outcome::Crashed);
        assert_eq!(classify_error(&killed, 1).0, Outcome::OutOfMemory);
        assert_eq!(classify_error(&worker("worker process 7 ended with exit code 1"), 1).0, Outcome::Crashed);
    }
}
