//! A program that is talked to while it runs.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

use super::Tail;
use super::end::{PATIENCE, end_tree};
use crate::platform::{CpuSet, ExitWatch, ProcessExit, pinned};

/// A program under way in a process group of its own, its output followed. Dropped before it was [reaped](Self::reap),
/// it is killed with everything below it.
#[derive(Debug)]
pub(crate) struct LiveProcess {
    child: Child,
    pid: u32,
    /// Its standard input, where the command asked for a pipe.
    pub(crate) stdin: Option<ChildStdin>,
    watch: ExitWatch,
    stdout: Tail,
    stderr: Tail,
}

/// Why a program isn't under way.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The program's own trouble: it isn't there, or can't be started.
    #[error("{0}")]
    Program(io::Error),
    /// The machine's: it was started, could not be followed, and was killed.
    #[error("{0}")]
    Follow(io::Error),
}

impl LiveProcess {
    /// Starts a program whose standard input is as the command says, held to `cpus` if there are any.
    ///
    /// # Errors
    /// It can't be started, or the machine refuses to let it be followed.
    pub(crate) fn start(command: &mut Command, cpus: Option<&CpuSet>) -> Result<Self, StartError> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let spawned = match cpus {
            Some(cpus) => pinned(cpus, || command.spawn()),
            None => command.spawn(),
        };
        let mut child = spawned.map_err(StartError::Program)?;
        let pid = child.id().unwrap_or(0);
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        match (ExitWatch::new(pid), stdout, stderr) {
            (Ok(watch), Some(stdout), Some(stderr)) => {
                let (stdout, stderr) = (Tail::follow(stdout), Tail::follow(stderr));
                Ok(Self { child, pid, stdin, watch, stdout, stderr })
            }
            (watch, ..) => {
                end_tree(pid, PATIENCE);
                let refused = watch.err().unwrap_or_else(|| io::Error::other("no descriptor for it"));
                Err(StartError::Follow(refused))
            }
        }
    }

    /// Returns its pid.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until the process has ended, and leaves it to be reaped. Can be called again, and dropped half-way.
    ///
    /// # Errors
    /// The kernel refuses to wait for it.
    pub(crate) async fn ended(&self) -> io::Result<ProcessExit> {
        self.watch.ended().await
    }

    /// Waits until the process has ended, at most for `patience`; `None`: it hasn't, or nobody knows.
    pub(crate) async fn ended_within(&self, patience: Duration) -> Option<ProcessExit> {
        timeout(patience, self.ended()).await.ok()?.ok()
    }

    /// Reaps the process once it has ended, at most after `patience`; its children become ours.
    pub(crate) async fn reap(&mut self, patience: Duration) {
        let _ = timeout(patience, self.child.wait()).await;
    }

    /// Returns the end of what it printed on standard output and on standard error. What was printed last may still be
    /// on its way through the pipes: each is waited for, at most for `patience`.
    pub(crate) async fn printed(&mut self, patience: Duration) -> (String, String) {
        self.stdout.complete(patience).await;
        self.stderr.complete(patience).await;
        (self.stdout.text(), self.stderr.text())
    }
}

impl Drop for LiveProcess {
    fn drop(&mut self) {
        // Its pid is still its own: nobody has reaped it.
        if self.child.id().is_some() {
            end_tree(self.pid, PATIENCE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{descendants, lives};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        command
    }

    #[tokio::test]
    async fn how_it_ended_and_what_it_said_is_known() {
        let mut live = LiveProcess::start(&mut shell("echo out; echo err >&2; exit 3"), None).unwrap();
        let exit = live.ended_within(Duration::from_secs(20)).await.unwrap();
        live.reap(Duration::from_secs(20)).await;
        assert_eq!(exit.status.code(), Some(3));
        let printed = live.printed(Duration::from_secs(20)).await;
        assert_eq!(printed, ("out\n".to_owned(), "err\n".to_owned()));
    }

    #[tokio::test]
    async fn what_is_given_up_leaves_nothing() {
        let live = LiveProcess::start(&mut shell("sleep 60 & wait"), None).unwrap();
        assert!(live.ended_within(Duration::from_millis(5)).await.is_none());
        while descendants(live.pid()).len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let tree = descendants(live.pid());
        drop(live);
        assert!(!tree.into_iter().any(lives));
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_its_own_trouble() {
        let started = LiveProcess::start(&mut Command::new("/nowhere/python"), None);
        assert!(matches!(started, Err(StartError::Program(_))), "{started:?}");
    }
}
