//! One process and its files of `/proc`.

use std::fs::File;
use std::os::unix::fs::FileExt;

use super::ProcessReading;
use crate::platform::process_table::{after_name, child_list, children, tick_ns};

/// A process under watch.
#[derive(Debug)]
pub(super) struct Watched {
    pid: u32,
    parent: Option<u32>,
    /// Ticks since boot.
    started: u64,
    start_boot_ns: u64,
    reaped_ns: u64,
    /// Its open files; `None` where they are opened each time, since there are too many processes to keep their files open.
    kept: Option<Files>,
}

/// Open files answer for this process only, and not at all once it is gone, though another should get its pid.
#[derive(Debug)]
struct Files {
    stat: File,
    statm: File,
    /// The folder of its threads.
    task: File,
    /// The children that its first thread has started.
    children: File,
}

impl Files {
    fn open(pid: u32) -> Option<Self> {
        let open = |name: &str| File::open(format!("/proc/{pid}/{name}")).ok();
        let children = open(&format!("task/{pid}/children"))?;
        Some(Self { stat: open("stat")?, statm: open("statm")?, task: open("task")?, children })
    }
}

/// Files that a watched process keeps open.
pub(super) const FILES_EACH: u64 = 4;

impl Watched {
    /// Begins to watch a process; `None` where it is gone, or not ours to look at. `keep`: its files may stay open.
    pub(super) fn open(pid: u32, parent: Option<u32>, keep: bool) -> Option<Self> {
        let files = Files::open(pid)?;
        let (started, reaped_ns) = started_and_reaped(&files.stat)?;
        let start_boot_ns = started * tick_ns();
        Some(Self { pid, parent, started, start_boot_ns, reaped_ns, kept: keep.then_some(files) })
    }

    /// Does something with the process's files, if they are still this process's.
    fn with<T>(&self, work: impl FnOnce(&Files) -> Option<T>) -> Option<T> {
        match &self.kept {
            Some(files) => work(files),
            None => {
                let files = Files::open(self.pid)?;
                work(&files)
                    .filter(|_| started_and_reaped(&files.stat).is_some_and(|it| it.0 == self.started))
            }
        }
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Reads the process; `None` where it is gone.
    pub(super) fn read(&mut self) -> Option<ProcessReading> {
        let cpu_ns = cpu_clock_ns(self.pid)?;
        // After the clock: as long as these files answer, the pid was this process's.
        let (rss_bytes, threads) =
            self.with(|files| Some((resident_bytes(&files.statm)?, threads(&files.task))))?;
        Some(ProcessReading {
            pid: self.pid,
            started: self.started,
            parent: self.parent,
            start_boot_ns: Some(self.start_boot_ns),
            cpu_ns,
            reaped_ns: Some(self.reaped_ns),
            rss_bytes,
            threads,
        })
    }

    /// Reads the process, and what it was told of children that it waited for, which costs more to ask.
    pub(super) fn read_with_reaped(&mut self) -> Option<ProcessReading> {
        self.reaped_ns = self.with(|files| started_and_reaped(&files.stat))?.1;
        self.read()
    }

    /// Lists the children that are alive, or not yet waited for.
    pub(super) fn children(&self, reading: &ProcessReading) -> Vec<u32> {
        let mut text = [0; 4096];
        let of_only_thread = || {
            self.with(|files| {
                // Full: there may be more, and the last number may be cut.
                let list = read_at_start(&files.children, &mut text).filter(|list| list.len() < 4096)?;
                Some(child_list(list).collect())
            })
        };
        let kept = (reading.threads == Some(1)).then(of_only_thread).flatten();
        kept.unwrap_or_else(|| children(self.pid))
    }
}

/// Counts the threads: their folder has a link for each, beside the two that any folder has.
fn threads(task: &File) -> Option<u32> {
    let links = rustix::fs::fstat(task).ok()?.st_nlink;
    u32::try_from(links).ok()?.checked_sub(2)
}

/// Reads the first bytes of a file that the kernel writes anew for each reading.
pub(super) fn read_at_start<'a>(file: &File, buffer: &'a mut [u8]) -> Option<&'a str> {
    let read = file.read_at(buffer, 0).ok()?;
    std::str::from_utf8(buffer.get(..read)?).ok()
}

/// Reads the CPU-time clock of another process, all its threads together, in nanoseconds.
fn cpu_clock_ns(pid: u32) -> Option<u64> {
    // The kernel's encoding of a process's clock (MAKE_PROCESS_CPUCLOCK, CPUCLOCK_SCHED), as glibc's
    // clock_getcpuclockid makes it.
    let clock = (!(pid as libc::clockid_t) << 3) | 2;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live timespec; an unknown clock is refused with EINVAL.
    let result = unsafe { libc::clock_gettime(clock, &raw mut time) };
    (result == 0).then(|| time.tv_sec.max(0) as u64 * 1_000_000_000 + time.tv_nsec.max(0) as u64)
}

/// Reads the second field of `statm`, resident pages, as bytes.
fn resident_bytes(statm: &File) -> Option<u64> {
    let mut text = [0; 128];
    let pages: u64 = read_at_start(statm, &mut text)?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// Reads fields of `stat`: 22, the start in ticks since boot, and 16 and 17, user and system time of the
/// children that were waited for, in nanoseconds together.
fn started_and_reaped(stat: &File) -> Option<(u64, u64)> {
    let mut text = [0; 1024];
    let text = read_at_start(stat, &mut text)?;
    let mut fields = after_name(text)?.1.split_ascii_whitespace();
    let mut number = |skip| fields.nth(skip)?.parse::<u64>().ok();
    let (user, system) = (number(13)?, number(0)?);
    Some((number(4)?, (user + system) * tick_ns()))
}
