//! Killing processes until none is left, in the order that leaves nothing behind.

use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// How patient [`end_all`] is.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// With everything: some process can't be killed (it waits for a disk, say).
    pub all: Duration,
    /// With multiprocessing's resource trackers, once everything else is gone.
    pub trackers: Duration,
}

/// Kills what `find` comes upon, each at once, again and again, since a process may fork meanwhile:
/// true once nothing is found, false if patience is over first. Blocks for some milliseconds.
///
/// multiprocessing's resource tracker frees the semaphores of the dead once the last of them is
/// gone: killed together with them, it leaks them. So it is killed only if it doesn't end by itself.
pub fn end_all(mut find: impl FnMut(&mut dyn FnMut(u32)), patience: Patience) -> bool {
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

/// Signals a process that is `still` what it was found to be: its pid may be another's by now.
fn send(pid: u32, signal: Signal, still: fn(u32) -> bool) {
    let Some(raw) = Pid::from_raw(pid as i32) else { return };
    let Ok(pidfd) = pidfd_open(raw, PidfdFlags::empty()) else { return };
    if still(pid) {
        // Gone meanwhile, or another user's: nothing to be done.
        let _ = pidfd_send_signal(&pidfd, signal);
    }
}

/// There, and not just a zombie that waits to be reaped.
pub fn lives(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        // The name in parentheses may hold anything; the state stands behind the last one.
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| !matches!(rest.trim_start().as_bytes().first(), Some(b'Z' | b'X')))
    })
}

/// One of multiprocessing's resource trackers.
pub fn is_tracker(pid: u32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| String::from_utf8_lossy(&line).contains("multiprocessing.resource_tracker"))
}
