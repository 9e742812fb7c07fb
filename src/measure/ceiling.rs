//! The ceiling of memory over one invocation's tree.
//!
//! A slow watch, from a thread of its own: ten times a second it sums the tree's RSS, which costs some ten
//! microseconds. RSS counts shared pages once for each process that has them, so a forked pool is over the
//! ceiling long before it takes that much: only then PSS decides, which is dear, and has a budget.

use std::fmt;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::sample::Allowance;
use crate::platform::{TreeReader, thread_cpu_ns, tree_reader};
use crate::process::{Patience, end_tree};

const INTERVAL: Duration = Duration::from_millis(100);
/// The share of one core within which PSS is read.
const PSS_SHARE: f64 = 0.02;
const PSS_STORE: Duration = Duration::from_millis(20);
/// The session itself sees to the rest.
const PATIENCE: Patience = Patience { all: Duration::from_secs(1), trackers: Duration::ZERO };

/// A watch over one tree. Dropping it ends the watch.
#[derive(Debug)]
pub(crate) struct Ceiling {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    exceeded: Arc<OnceLock<Exceeded>>,
}

/// A tree that took too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exceeded {
    limit: u64,
    bytes: u64,
    /// Whether shared pages are counted once; else once for each process.
    pss: bool,
    processes: usize,
}

impl Ceiling {
    /// Watches `root` and all below it from now on, and kills them once they take more than `limit` bytes.
    ///
    /// # Errors
    /// No thread can be started, or nothing tells what processes take.
    pub(crate) fn over(root: u32, limit: u64) -> io::Result<Self> {
        let reader = tree_reader()?;
        let (stop, stopped) = channel();
        let exceeded = Arc::new(OnceLock::new());
        let found = Arc::clone(&exceeded);
        let thread = std::thread::Builder::new()
            .name("memory watch".into())
            .spawn(move || watch(root, limit, reader, &stopped, &found))?;
        Ok(Self { stop: Some(stop), thread: Some(thread), exceeded })
    }

    /// Says how it was exceeded; `None`: it wasn't.
    pub(crate) fn exceeded(&self) -> Option<Exceeded> {
        self.exceeded.get().copied()
    }
}

impl Drop for Ceiling {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn watch(
    root: u32,
    limit: u64,
    mut reader: Box<dyn TreeReader>,
    stopped: &Receiver<()>,
    found: &OnceLock<Exceeded>,
) {
    let started = Instant::now();
    let mut allowance = Allowance::new(PSS_STORE);
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(INTERVAL) {
        let readings = reader.read(root);
        let rss: u64 = readings.iter().map(|reading| reading.rss_bytes).sum();
        if rss <= limit {
            continue;
        }
        let mut exceeded = Exceeded { limit, bytes: rss, pss: false, processes: readings.len() };
        if readings.len() > 1 {
            if !allowance.wait(started.elapsed(), PSS_SHARE).is_zero() {
                continue;
            }
            let pids: Vec<u32> = readings.iter().map(|reading| reading.pid).collect();
            let before = thread_cpu_ns();
            let pss = reader.pss(&pids);
            allowance.spend(started.elapsed(), PSS_SHARE, thread_cpu_ns() - before);
            if let Some(pss) = pss {
                let sum = pss.iter().map(|(_, bytes)| bytes).sum();
                exceeded = Exceeded { bytes: sum, pss: true, ..exceeded };
            }
        }
        if exceeded.bytes > limit {
            // Before anybody can notice that a process is gone.
            let _ = found.set(exceeded);
            end_tree(root, PATIENCE);
            return;
        }
    }
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, bytes, pss, processes } = *self;
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let how = match (pss, processes) {
            (true, _) => format!("{processes} processes took {:.0} MiB (PSS)", mib(bytes)),
            (false, 1) => format!("the process took {:.0} MiB", mib(bytes)),
            (false, _) => format!("{processes} processes took {:.0} MiB (summed RSS)", mib(bytes)),
        };
        write!(f, "{how}, more than the {:.0} MiB that `max_memory` allows", mib(limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_the_ceiling_and_what_was_reached() {
        let one = Exceeded { limit: 1 << 30, bytes: 3 << 29, pss: false, processes: 1 };
        assert_eq!(
            one.to_string(),
            "the process took 1536 MiB, more than the 1024 MiB that `max_memory` allows"
        );
        let pool = Exceeded { pss: true, processes: 3, ..one };
        assert!(pool.to_string().starts_with("3 processes took 1536 MiB (PSS)"));
    }

    #[test]
    fn what_grows_beyond_is_killed_and_what_does_not_is_left() {
        let sleep = || std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let (mut large, mut small) = (sleep(), sleep());
        let (over, under) =
            (Ceiling::over(large.id(), 4096).unwrap(), Ceiling::over(small.id(), 1 << 40).unwrap());
        // Killed: it would sleep for a minute.
        assert!(!large.wait().unwrap().success());
        let exceeded = over.exceeded().unwrap();
        assert!(exceeded.bytes > 4096 && !exceeded.pss, "{exceeded:?}");
        assert_eq!(under.exceeded(), None);
        drop(under);
        assert_eq!(small.try_wait().unwrap(), None);
        small.kill().unwrap();
        small.wait().unwrap();
    }
}
