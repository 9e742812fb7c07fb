//! The portable backend: sysinfo and nothing else.

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::{ProcessReading, TreeReader};

/// Asks sysinfo for all processes, without tasks (its default lists threads as processes, which multiplies RSS by
/// their number), and finds the tree by their parents. CPU comes in the system's ticks, mostly of 10 ms; PSS and the
/// CPU of children that ended between two readings aren't known.
#[derive(Debug)]
pub struct PortableReader {
    system: System,
    root: u32,
    /// Process, its start in seconds, and the parent that it was met with, parents before their children. A process
    /// stays until it is gone, though its parent may go first.
    tree: Vec<(Pid, u64, Option<u32>)>,
}

impl PortableReader {
    /// Makes a reader that has read nothing yet.
    ///
    /// # Errors
    /// sysinfo can't read this system.
    pub fn new() -> std::io::Result<Self> {
        let system = System::new().map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(Self { system, root: 0, tree: Vec::new() })
    }

    /// Adds what has joined the tree.
    fn grow(&mut self) {
        let mut next = 0;
        while let Some(&(parent, ..)) = self.tree.get(next) {
            let of_parent = self.system.processes().values().filter(|it| it.parent() == Some(parent));
            for child in of_parent {
                if !self.tree.iter().any(|(known, ..)| *known == child.pid()) {
                    self.tree.push((child.pid(), child.start_time(), Some(parent.as_u32())));
                }
            }
            next += 1;
        }
    }
}

impl TreeReader for PortableReader {
    fn read(&mut self, root: u32) -> Vec<ProcessReading> {
        let kind = ProcessRefreshKind::nothing().with_cpu().with_memory();
        self.system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
        let system = &self.system;
        let started = |pid: Pid| system.process(pid).map(sysinfo::Process::start_time);
        if self.root != root {
            self.root = root;
            let root = Pid::from_u32(root);
            self.tree = started(root).map(|start| (root, start, None)).into_iter().collect();
        }
        self.tree.retain(|(pid, start, _)| started(*pid) == Some(*start));
        self.grow();
        let readings = self.tree.iter().filter_map(|&(pid, start, parent)| {
            let process = self.system.process(pid)?;
            Some(ProcessReading {
                pid: pid.as_u32(),
                started: start,
                parent,
                cpu_ns: process.accumulated_cpu_time().saturating_mul(1_000_000),
                rss_bytes: process.memory(),
                ..ProcessReading::default()
            })
        });
        readings.collect()
    }

    fn name(&self) -> &'static str {
        "sysinfo"
    }
}
