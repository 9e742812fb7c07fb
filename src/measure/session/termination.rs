//! How an invocation ends, and how nothing of it is left.

use std::os::unix::process::ExitStatusExt;
use std::time::Instant;

use super::classify::classify_exit;
use super::{DRAIN, GRACE, Session};
use crate::measure::ceiling::Ceiling;
use crate::platform::{ProcessExit, Signal, oom_kills, signal_group, sweep_semaphores};
use crate::record::{Forced, Outcome};

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

    /// Counts the processes that the kernel has killed since the launch because memory ran out, anybody's.
    pub(super) fn kills(&self) -> u64 {
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
        self.name_who_turned_the_gil_on();
        self.discard_damaged_bytecode();
    }

    /// Removes the interpreter's bytecode where an import failed because of it: CPython may keep a file that a full disk
    /// cut short, and no later run would start.
    fn discard_damaged_bytecode(&mut self) {
        let reason = self.draft.reason.as_deref().unwrap_or_default();
        // The importer's own traceback, or what the harness says of an import.
        let damaged = self.draft.stderr_tail.contains("in _compile_bytecode")
            || (reason.contains("marshal data") && reason.ends_with("(imports)"));
        if !damaged {
            return;
        }
        let Some(interpreter) = self.context.interpreter(&self.draft.cell, self.draft.side) else { return };
        let folder = self.context.bytecode_of(interpreter);
        if std::fs::remove_dir_all(&folder).is_ok() {
            let said = self.draft.reason.take().unwrap_or_default();
            let folder = folder.display();
            self.draft.reason = Some(format!(
                "{said}: its bytecode in `{folder}` was cut short, as a full disk does it, and has been removed: run it again"
            ));
        }
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
