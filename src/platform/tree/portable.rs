//! The portable backend.

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::{Reading, TreeReader};
use crate::measure::process::descendants;

/// sysinfo, asked for the tree's processes only and without tasks: its default lists threads as
/// processes, which multiplies RSS by their number, and reads every process of the machine. Takes over
/// where [`super::LinuxReader`] can't read.
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
                parent: process.parent().map(Pid::as_u32).filter(|_| process.pid().as_u32() != root),
                cpu_ns: process.accumulated_cpu_time().saturating_mul(1_000_000),
                rss_bytes: process.memory(),
                ..Reading::default()
            })
            .collect()
    }

    fn name(&self) -> &'static str {
        "sysinfo"
    }
}
