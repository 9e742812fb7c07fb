//! The end of whole trees: nothing that an invocation started outlives it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::end::{PATIENCE, end_all, is_tracker};
use crate::platform::{Usage, children, descendants, lives, reap};

/// What became of orphans.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Drained {
    /// What those cost that have ended.
    pub(crate) usage: Usage,
    /// How many had to be killed.
    pub(crate) killed: usize,
    /// If any: after how long.
    pub(crate) waited: Duration,
    /// If any: how long it then took until none was left.
    pub(crate) killing: Duration,
}

/// The invocations that are alive; every other child of ours is an orphan that one of them left.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roots(Arc<Mutex<BTreeSet<u32>>>);

impl Roots {
    /// Adds an invocation that has started.
    pub(crate) fn add(&self, pid: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(pid);
    }

    /// Removes an invocation that has ended.
    pub(crate) fn remove(&self, pid: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&pid);
    }

    /// Lists processes handed to us when their own parent ended.
    pub(crate) fn orphans(&self) -> Vec<u32> {
        let roots = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        children(std::process::id()).into_iter().filter(|pid| !roots.contains(pid)).collect()
    }

    /// Reaps the orphans that have ended; gives their cost and the number of those still alive.
    pub(crate) fn reap_orphans(&self) -> (Usage, usize) {
        let (mut usage, mut alive) = (Usage::default(), 0);
        for pid in self.orphans() {
            match reap(pid) {
                Ok(Some(exit)) => usage += exit.usage.unwrap_or_default(),
                Ok(None) => alive += 1,
                Err(_) => {} // not ours to wait for any more
            }
        }
        (usage, alive)
    }

    /// Waits until orphans have ended by themselves, as a forkserver and a resource tracker do
    /// once their parent is gone; kills what is left after `grace`.
    pub(crate) async fn drain_orphans(&self, grace: Duration) -> Drained {
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
                return Drained { usage, killed, waited, killing: started.elapsed().saturating_sub(waited) };
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(8));
        }
    }

    /// Ends these processes and everything below them, and waits until they are gone. Blocks for
    /// some milliseconds; used where waiting politely is over.
    pub(crate) fn kill(&self, pids: &[u32]) -> Usage {
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
