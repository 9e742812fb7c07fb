//! A leaner backend for Linux: each process's CPU clock, to the nanosecond, and one small file.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;

use super::{Reading, TreeReader};
use crate::measure::process::{Member, tree};

/// Reads CPU from the processes' own clocks (`clock_gettime`, all threads of the process; sysinfo has the
/// kernel's ticks of 10 ms) and RSS from `/proc/<pid>/statm`. What it costs beside sysinfo:
/// `benchmarks/sampler`.
#[derive(Debug, Default)]
pub struct LinuxReader {
    /// Start time and last CPU figure by pid; a clock that runs backwards is another process.
    seen: HashMap<u32, (u64, u64)>,
}

impl TreeReader for LinuxReader {
    fn read(&mut self, root: u32) -> Vec<Reading> {
        let tick_ns = 1_000_000_000 / rustix::param::clock_ticks_per_second().max(1);
        let reading = |member: Member| {
            let cpu_ns = cpu_clock_ns(member.pid)?;
            let rss_bytes = resident_bytes(member.pid)?;
            let started = match self.seen.get(&member.pid) {
                Some(&(started, last)) if cpu_ns >= last => started,
                _ => start_ticks(member.pid)?,
            };
            self.seen.insert(member.pid, (started, cpu_ns));
            Some(Reading {
                pid: member.pid,
                started,
                parent: member.parent,
                start_boot_ns: Some(started * tick_ns),
                cpu_ns,
                reaped_ns: None,
                rss_bytes,
                threads: Some(member.threads),
            })
        };
        tree(root).into_iter().filter_map(reading).collect()
    }

    fn name(&self) -> &'static str {
        "linux"
    }
}

/// The CPU-time clock of another process, all its threads together.
fn cpu_clock_ns(pid: u32) -> Option<u64> {
    // The kernel's encoding of a process's clock (MAKE_PROCESS_CPUCLOCK, CPUCLOCK_SCHED), as glibc's
    // clock_getcpuclockid makes it.
    let clock = (!(pid as libc::clockid_t) << 3) | 2;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live timespec; an unknown clock is refused with EINVAL.
    let result = unsafe { libc::clock_gettime(clock, &raw mut time) };
    (result == 0).then(|| time.tv_sec.max(0) as u64 * 1_000_000_000 + time.tv_nsec.max(0) as u64)
}

/// The second field of `statm`, resident pages.
fn resident_bytes(pid: u32) -> Option<u64> {
    let mut text = [0; 128];
    let read = File::open(format!("/proc/{pid}/statm")).ok()?.read(&mut text).ok()?;
    let text = std::str::from_utf8(text.get(..read)?).ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// Field 22 of `stat`, since boot.
fn start_ticks(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; field 3 comes after the last one.
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?.parse().ok()
}
