//! The backend for Linux: each process's CPU clock, to the nanosecond, and files of `/proc` that stay open.

use std::fs::File;
use std::path::Path;

use super::watched::{FILES_EACH, Watched, read_at_start};
use super::{ProcessReading, TreeReader};

/// Reads CPU from the processes' own clocks (`clock_gettime`, all threads of the process; sysinfo has the
/// kernel's ticks of 10 ms) and RSS from `/proc/<pid>/statm`. Looks for new processes only when the machine
/// has started any since the last sample, which one line of `/proc/loadavg` tells. What it costs beside
/// sysinfo: `benchmarks/sampler`.
#[derive(Debug, Default)]
pub struct LinuxReader {
    root: u32,
    loadavg: Option<File>,
    /// The pid that the kernel gave last when the tree was last walked.
    newest_pid: Option<u32>,
    /// Parents before their children. A process stays until it is gone, though its parent may go first.
    tree: Vec<Watched>,
    /// Processes whose files may stay open.
    most_kept: usize,
}

impl TreeReader for LinuxReader {
    fn read(&mut self, root: u32) -> Vec<ProcessReading> {
        if self.root != root {
            *self = Self { root, most_kept: most_kept(), ..Self::default() };
        }
        let newest = self.newest_pid();
        let mut readings = Vec::with_capacity(self.tree.len() + 1);
        if newest.is_some() && newest == self.newest_pid && !self.tree.is_empty() {
            let before = self.tree.len();
            self.tree.retain_mut(|watched| watched.read().map(|it| readings.push(it)).is_some());
            if self.tree.len() != before {
                // The next sample asks the parents what they were told of those that are gone.
                self.newest_pid = None;
            }
        } else {
            self.newest_pid = newest;
            self.walk(&mut readings);
        }
        readings
    }

    fn pss(&mut self, pids: &[u32]) -> Option<Vec<(u32, u64)>> {
        let mut all = Vec::with_capacity(pids.len());
        for &pid in pids {
            let Ok(rollup) = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else {
                // Gone since it was listed: it holds nothing any more. Anything else: not given.
                if Path::new(&format!("/proc/{pid}")).exists() {
                    return None;
                }
                continue;
            };
            // A process that is ending has an empty file.
            all.push((pid, pss_of(&rollup).unwrap_or(0)));
        }
        all.iter().any(|(_, bytes)| *bytes > 0).then_some(all)
    }

    fn name(&self) -> &'static str {
        "linux"
    }
}

impl LinuxReader {
    /// Reads the tree and whatever was added to it.
    fn walk(&mut self, readings: &mut Vec<ProcessReading>) {
        if self.tree.is_empty() {
            self.tree.extend(Watched::open(self.root, None, true));
        }
        let mut next = 0;
        while let Some(watched) = self.tree.get_mut(next) {
            // Parents first: what they have been told of a child that ends only now isn't counted twice.
            let Some(reading) = watched.read_with_reaped() else {
                self.tree.remove(next);
                continue;
            };
            readings.push(reading);
            let (pid, children) = (reading.pid, watched.children(&reading));
            for child in children {
                if !self.tree.iter().any(|known| known.pid() == child) {
                    let keep = self.tree.len() < self.most_kept;
                    self.tree.extend(Watched::open(child, Some(pid), keep));
                }
            }
            next += 1;
        }
    }

    /// Reads `0.33 0.71 1.11 1/95 6083`: the last number is the newest pid, threads included.
    fn newest_pid(&mut self) -> Option<u32> {
        if self.loadavg.is_none() {
            self.loadavg = File::open("/proc/loadavg").ok();
        }
        let mut text = [0; 64];
        let text = read_at_start(self.loadavg.as_ref()?, &mut text)?;
        text.trim_end().rsplit_once(' ')?.1.parse().ok()
    }
}

/// Reads the `Pss:` line of `smaps_rollup`, in bytes.
fn pss_of(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Counts the processes whose files may stay open: half of the files that this process may have open are
/// left to everything else.
fn most_kept() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.map_or(1 << 12, |files| (files / 2 / FILES_EACH) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pss_is_read_from_the_rollup() {
        let text =
            "55d0-7ffd ---p 00000000 00:00 0 [rollup]\nRss:   9000 kB\nPss:   1234 kB\nPss_Dirty: 5 kB\n";
        assert_eq!(pss_of(text), Some(1234 * 1024));
        assert_eq!(pss_of(""), None);
    }
}
