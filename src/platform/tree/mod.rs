//! CPU and memory of a whole process tree.

mod linux;
mod portable;
mod watched;

use std::io;

pub use linux::LinuxReader;
pub use portable::PortableReader;

/// One process at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProcessReading {
    /// Its pid.
    pub pid: u32,
    /// A number that tells apart two processes that had the same pid.
    pub started: u64,
    /// Its parent's pid; `None` for the root of the tree.
    pub parent: Option<u32>,
    /// When it was started, on the boot clock, in nanoseconds; `None` where the system doesn't tell.
    pub start_boot_ns: Option<u64>,
    /// CPU time since its start, in nanoseconds.
    pub cpu_ns: u64,
    /// CPU time of children that it has waited for, and of theirs, in nanoseconds; `None` where the system doesn't
    /// tell.
    pub reaped_ns: Option<u64>,
    /// Resident memory, shared pages included.
    pub rss_bytes: u64,
    /// How many threads it has; `None` where the system doesn't tell.
    pub threads: Option<u32>,
}

/// Reads a whole tree at once.
pub trait TreeReader: Send + std::fmt::Debug {
    /// Reads CPU and memory of every process of the tree, parents before their children; empty when it is gone.
    fn read(&mut self, root: u32) -> Vec<ProcessReading>;

    /// Reads the proportional set size of each of these processes, in bytes by pid, shared pages counted once over all
    /// of them; `None` where the system doesn't give it for every one.
    fn pss(&mut self, _pids: &[u32]) -> Option<Vec<(u32, u64)>> {
        None
    }

    /// Returns the backend's name, for the record.
    fn name(&self) -> &'static str;
}

/// Returns the best reader that works here: Linux's own, else (a hardened `/proc`, another system) sysinfo's.
///
/// # Errors
/// Nothing tells what processes take.
pub(crate) fn tree_reader() -> io::Result<Box<dyn TreeReader>> {
    let mut linux = LinuxReader::default();
    if linux.read(std::process::id()).is_empty() {
        return Ok(Box::new(PortableReader::new()?));
    }
    Ok(Box::new(linux))
}

#[cfg(test)]
mod tests;
