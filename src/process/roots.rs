//! The end of whole trees: nothing that an invocation started outlives it.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::end::{Patience, end_all, is_tracker, lives};
use super::exit::{self, Usage};
use super::{children, descendants};

/// The run waits meanwhile.
const PATIENCE: Patience = Patience { all: Duration::from_secs(3), trackers: Duration::from_secs(1) };

/// What became of orphans.
#[derive(Debug, Clone, Copy, Default)]
pub struct Drained {
    pub usage: Usage,
    /// How many had to be killed; if any: after how long, and how long it then took until none was left.
    pub killed: usize,
    pub waited: Duration,
    pub killing: Duration,
}

/// Makes this process the parent of every orphan below it, so that none escapes and each can be
/// accounted for.
///
/// # Errors
/// The kernel's refusal.
pub fn adopt_orphans() -> io::Result<()> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    Ok(())
}

/// The invocations that are alive; every other child of ours is an orphan that one of them left.
#[derive(Debug, Clone, Default)]
pub struct Roots(Arc<Mutex<BTreeSet<u32>>>);

impl Roots {
    pub fn add(&self, pid: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(pid);
    }

    pub fn remove(&self, pid: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&pid);
    }

    /// Processes handed to us when their own parent ended.
    pub fn orphans(&self) -> Vec<u32> {
        let roots = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        children(std::process::id()).into_iter().filter(|pid| !roots.contains(pid)).collect()
    }

    /// Reaps the orphans that have ended; gives their cost and the number of those still alive.
    pub fn reap_orphans(&self) -> (Usage, usize) {
        let (mut usage, mut alive) = (Usage::default(), 0);
        for pid in self.orphans() {
            match exit::waitid(pid, libc::WEXITED | libc::WNOHANG) {
                Ok(Some(exit)) => usage += exit.usage.unwrap_or_default(),
                Ok(None) => alive += 1,
                Err(_) => {} // not ours to wait for any more
            }
        }
        (usage, alive)
    }

    /// Waits until orphans have ended by themselves, as a forkserver and a resource tracker do
    /// once their parent is gone; kills what is left after `grace`.
    pub async fn drain_orphans(&self, grace: Duration) -> Drained {
        let started = Instant::now();
        let (mut usage, mut pause) = (Usage::default(), Duration::from_micros(500));
        loop {
            let (reaped, alive) = self.reap_orphans();
            usage += reaped;
            if alive == 0 {
                return Drained { usage, ..Drained::default() };
            }
            if started.elapsed() >= grace {
                let (left, waited) = (self.orphans(), started.elapsed());
                // A tracker that is late ends by itself all the same.
                let killed = left.iter().filter(|&&pid| !is_tracker(pid)).count();
                usage += self.kill(&left);
                return Drained { usage, killed, waited, killing: started.elapsed() - waited };
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(8));
        }
    }

    /// Ends these processes and everything below them, and waits until they are gone. Blocks for
    /// some milliseconds; used where waiting politely is over.
    pub fn kill(&self, pids: &[u32]) -> Usage {
        let mut usage = Usage::default();
        end_all(
            |found| {
                let (reaped, _) = self.reap_orphans();
                usage += reaped;
                // Orphans have lost their parent to the last round.
                let tops = pids.iter().copied().chain(self.orphans());
                tops.flat_map(descendants).filter(|&pid| lives(pid)).for_each(found);
            },
            PATIENCE,
        );
        let (reaped, _) = self.reap_orphans();
        usage += reaped;
        usage
    }
}

/// Sends a signal to a whole process group; a group that is gone is fine.
pub fn signal_group(leader: u32, signal: rustix::process::Signal) {
    if let Some(pid) = rustix::process::Pid::from_raw(leader as i32) {
        let _ = rustix::process::kill_process_group(pid, signal);
        // One that was stopped takes it only when it goes on.
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::CONT);
    }
}
