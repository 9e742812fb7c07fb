//! The seam between the sampler and the system.

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::Reading;
use crate::measure::process::descendants;

/// Reads a whole tree at once.
pub trait TreeReader: Send {
    /// CPU and memory of every process of the tree; empty when it is gone.
    fn read(&mut self, root: u32) -> Vec<Reading>;

    /// Proportional set size of the whole tree, shared pages counted once; `None` where the system
    /// doesn't give it for every process.
    fn pss_bytes(&mut self, root: u32) -> Option<u64>;
}

/// sysinfo, asked for the tree's processes only and without tasks: its default lists threads as
/// processes, which multiplies RSS by their number, and reads every process of the machine.
#[derive(Debug)]
pub struct SysinfoReader {
    system: System,
}

impl SysinfoReader {
    /// # Errors
    /// sysinfo can't read this system.
    pub fn new() -> std::io::Result<Self> {
        let system = System::new().map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(Self { system })
    }
}

impl TreeReader for SysinfoReader {
    fn read(&mut self, root: u32) -> Vec<Reading> {
        // Parents come before their children.
        let pids: Vec<Pid> = descendants(root).into_iter().map(Pid::from_u32).collect();
        self.system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&pids),
            true,
            ProcessRefreshKind::nothing().with_cpu().with_memory(),
        );
        pids.iter()
            .filter_map(|&pid| self.system.process(pid))
            .map(|process| Reading {
                pid: process.pid().as_u32(),
                started: process.start_time(),
                cpu_ns: process.accumulated_cpu_time().saturating_mul(1_000_000),
                rss_bytes: process.memory(),
            })
            .collect()
    }

    fn pss_bytes(&mut self, root: u32) -> Option<u64> {
        let mut sum = None;
        for pid in descendants(root) {
            let Ok(rollup) = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else {
                // Gone since it was listed: it holds nothing any more. Anything else: not given.
                if std::path::Path::new(&format!("/proc/{pid}")).exists() {
                    return None;
                }
                continue;
            };
            // A process that is ending has an empty file.
            *sum.get_or_insert(0) += pss_of(&rollup).unwrap_or(0);
        }
        sum.filter(|&bytes| bytes > 0)
    }
}

/// The `Pss:` line of `smaps_rollup`, in bytes.
fn pss_of(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
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

    #[test]
    fn this_process_can_be_read() {
        let mut reader = SysinfoReader::new().unwrap();
        let me = std::process::id();
        let readings = reader.read(me);
        let own = readings.iter().find(|reading| reading.pid == me).expect("own process listed");
        assert!(own.rss_bytes > 100_000, "{own:?}");
        let pss = reader.pss_bytes(me).expect("Linux gives PSS of one's own process");
        assert!(pss > 100_000);
    }

    #[test]
    fn a_process_that_is_gone_reads_as_nothing() {
        assert!(SysinfoReader::new().unwrap().read(u32::MAX - 1).is_empty());
    }
}
