//! Killing processes until none is left, in the order that leaves nothing behind.

use std::time::{Duration, Instant};

use indexmap::IndexSet;

use crate::platform::{Signal, command_line, descendants, lives, send, signal_group};

/// How patient [`end_all`] is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// How long everything may take: some process can't be killed (it waits for a disk, say).
    pub(crate) all: Duration,
    /// How long multiprocessing's resource trackers may take, once everything else is gone.
    pub(crate) trackers: Duration,
}

/// For whoever waits meanwhile.
pub(super) const PATIENCE: Patience =
    Patience { all: Duration::from_secs(3), trackers: Duration::from_secs(1) };

/// Kills what `find` comes upon, each at once, again and again, since a process may fork meanwhile:
/// true once nothing is found, false if patience is over first. Blocks for some milliseconds.
///
/// multiprocessing's resource tracker frees the semaphores of the dead once the last of them is
/// gone: killed together with them, it leaks them. So it is killed only if it doesn't end by itself.
pub(crate) fn end_all(mut find: impl FnMut(&mut dyn FnMut(u32)), patience: Patience) -> bool {
    let started = Instant::now();
    let mut others_gone = None;
    loop {
        let (mut others, mut trackers) = (0, Vec::new());
        find(&mut |pid| {
            if is_tracker(pid) {
                trackers.push(pid);
            } else {
                others += 1;
                send(pid, Signal::KILL, lives);
            }
        });
        if others == 0 && trackers.is_empty() {
            return true;
        }
        if started.elapsed() > patience.all {
            return false;
        }
        if others > 0 {
            others_gone = None;
        } else {
            let late = others_gone.get_or_insert_with(Instant::now).elapsed() > patience.trackers;
            for pid in trackers {
                // One that was stopped couldn't end by itself.
                send(pid, if late { Signal::KILL } else { Signal::CONT }, is_tracker);
            }
        }
        // Short: one that forks and ends has to be met while it lives.
        std::thread::sleep(Duration::from_micros(if others > 0 { 100 } else { 2000 }));
    }
}

/// Kills a process and everything below it, and what stands in its group, until nothing is left: true unless patience
/// is over first. Its own children are left for whoever waits for them. Blocks for some milliseconds.
pub(crate) fn end_tree(root: u32, patience: Patience) -> bool {
    let mut tree = IndexSet::from([root]);
    let gone = end_all(
        |found| {
            // Who has lost its parent to the last round is known from it.
            let mut left = IndexSet::new();
            for pid in tree.iter().flat_map(|&pid| descendants(pid)).filter(|&pid| lives(pid)) {
                if left.insert(pid) {
                    found(pid);
                }
            }
            tree = left;
        },
        patience,
    );
    // What was forked meanwhile and lost its parent at once is in the group still.
    signal_group(root, Signal::KILL);
    gone
}

/// Returns whether a process is one of multiprocessing's resource trackers.
pub(super) fn is_tracker(pid: u32) -> bool {
    command_line(pid).contains("multiprocessing.resource_tracker")
}
