//! From readings of single processes to samples of the tree, and to a series for each process. Pure.

use std::collections::HashMap;

use crate::platform::ProcessReading;
use crate::record::{ProcessRole, ProcessSeries, Sample};

/// Processes that get a series of their own: enough for any pool, too few to bloat the record where a
/// workload starts thousands.
const MOST_SERIES: usize = 1000;

/// Adds up a tree over time. A process that is gone keeps its last CPU figure: finished workers
/// don't vanish from the sum.
#[derive(Debug, Default)]
pub(crate) struct TreeFold {
    /// The invocation's launch on the boot clock.
    launched_boot_ns: u64,
    index: HashMap<(u32, u64), usize>,
    /// Parents before their children.
    known: Vec<KnownProcess>,
    samples: u32,
    highest_cpu_ns: u64,
}

/// A process that was met, with its last figures.
#[derive(Debug, Default)]
struct KnownProcess {
    series: ProcessSeries,
    /// The index of its parent.
    parent: Option<usize>,
    /// Whether its role is known.
    named: bool,
    /// Whether the last sample met it.
    alive: bool,
    cpu_ns: u64,
    reaped_ns: u64,
    rss_bytes: u64,
    threads: u32,
}

impl TreeFold {
    /// Begins with an invocation launched at this time of the boot clock.
    pub(crate) fn new(launched_boot_ns: u64) -> Self {
        Self { launched_boot_ns, ..Self::default() }
    }

    /// Returns the tree's sample at `t_ns`, PSS by process where it was read; `None` when no process was there to read.
    pub(crate) fn sample(
        &mut self,
        t_ns: u64,
        readings: &[ProcessReading],
        pss: Option<&[(u32, u64)]>,
    ) -> Option<Sample> {
        if readings.is_empty() {
            return None;
        }
        self.known.iter_mut().for_each(|known| known.alive = false);
        for reading in readings {
            let at = self.find(reading, t_ns);
            if let Some(known) = self.known.get_mut(at) {
                known.take(reading, self.samples, pss);
            }
        }
        for known in self.known.iter_mut().filter(|known| !known.alive) {
            known.series.end_ns.get_or_insert(t_ns);
        }
        self.samples += 1;
        self.highest_cpu_ns = self.highest_cpu_ns.max(self.totals().0);
        let threads: Option<Vec<u32>> = readings.iter().map(|reading| reading.threads).collect();
        Some(Sample {
            t_ns,
            cpu_ns: self.highest_cpu_ns,
            rss_bytes: readings.iter().map(|reading| reading.rss_bytes).sum(),
            pss_bytes: pss.map(|all| all.iter().map(|(_, bytes)| bytes).sum()),
            processes: readings.len() as u32,
            threads: threads.map(|all| all.iter().sum()),
        })
    }

    /// Lists living processes without a role yet, met by at least this many samples: one that was just forked may
    /// still look like its parent.
    pub(crate) fn unnamed(&self, samples: usize) -> Vec<u32> {
        let unnamed =
            self.known.iter().filter(|it| it.alive && !it.named && it.series.cpu_ns.len() >= samples);
        unnamed.map(|known| known.series.pid).collect()
    }

    /// Gives a living process its role, judged by its command line.
    pub(crate) fn name(&mut self, pid: u32, command: &str) {
        let Some(at) = self.known.iter().position(|known| known.alive && known.series.pid == pid) else {
            return;
        };
        let served = |parent: usize| self.known.get(parent).map(|it| it.series.role);
        let parent = self.known.get(at).and_then(|known| known.parent).and_then(served);
        if let Some(known) = self.known.get_mut(at) {
            known.named = true;
            known.series.role = role(command, known.series.parent.is_none(), parent);
        }
    }

    /// Returns the series of all processes, and how many got none since there were too many.
    pub(crate) fn finish(mut self) -> (Vec<ProcessSeries>, u32) {
        let (_, seen) = self.totals();
        for (known, seen) in self.known.iter_mut().zip(seen) {
            known.series.unseen_children_cpu_ns = known.reaped_ns.saturating_sub(seen);
            trim(&mut known.series.rss_bytes);
            trim(&mut known.series.threads);
        }
        let left_out = self.known.len().saturating_sub(MOST_SERIES) as u32;
        self.known.truncate(MOST_SERIES);
        (self.known.into_iter().map(|known| known.series).collect(), left_out)
    }

    fn find(&mut self, reading: &ProcessReading, t_ns: u64) -> usize {
        let key = (reading.pid, reading.started);
        if let Some(&at) = self.index.get(&key) {
            return at;
        }
        let parent = reading.parent.and_then(|parent| {
            self.known.iter().rposition(|known| known.series.pid == parent && known.alive)
        });
        let start_ns = reading.start_boot_ns.map(|boot| boot.saturating_sub(self.launched_boot_ns));
        let series = ProcessSeries {
            pid: reading.pid,
            parent: reading.parent,
            start_ns: start_ns.unwrap_or(t_ns).min(t_ns),
            first: self.samples,
            ..ProcessSeries::default()
        };
        self.known.push(KnownProcess { series, parent, ..KnownProcess::default() });
        self.index.insert(key, self.known.len() - 1);
        self.known.len() - 1
    }

    /// Returns the CPU of the whole tree so far, and by process that of its dead children as far as samples met it.
    /// A process that is gone counts with its last figure, or with what its
    /// parent was told when it waited for it, whichever is more: that includes children that lived too
    /// briefly to be met.
    fn totals(&self) -> (u64, Vec<u64>) {
        let (mut total, mut seen) = (0, vec![0; self.known.len()]);
        for (at, known) in self.known.iter().enumerate().rev() {
            let own = known.cpu_ns + known.reaped_ns.max(seen[at]);
            match known.parent.filter(|_| !known.alive) {
                Some(parent) => seen[parent] += own,
                None => total += own,
            }
        }
        (total, seen)
    }
}

impl KnownProcess {
    fn take(&mut self, reading: &ProcessReading, sample: u32, pss: Option<&[(u32, u64)]>) {
        let series = &mut self.series;
        self.alive = true;
        series.end_ns = None;
        // Samples that missed it, though it was there.
        let missed = ((sample - series.first) as usize).saturating_sub(series.cpu_ns.len());
        series.cpu_ns.extend(std::iter::repeat_n(0, missed));
        series.rss_bytes.extend(std::iter::repeat_n(0, missed));
        series.threads.extend(std::iter::repeat_n(0, missed));

        let cpu_ns = self.cpu_ns.max(reading.cpu_ns);
        series.cpu_ns.push(cpu_ns - self.cpu_ns);
        series.rss_bytes.push(reading.rss_bytes.cast_signed() - self.rss_bytes.cast_signed());
        let threads = reading.threads.unwrap_or(0);
        series.threads.push(threads.cast_signed() - self.threads.cast_signed());
        let own =
            pss.map(|all| all.iter().find(|(pid, _)| *pid == reading.pid).map_or(0, |(_, bytes)| *bytes));
        series.pss_bytes.extend(own);
        self.cpu_ns = cpu_ns;
        self.reaped_ns = self.reaped_ns.max(reading.reaped_ns.unwrap_or(0));
        self.rss_bytes = reading.rss_bytes;
        self.threads = threads;
    }
}

/// Tells a process's role by what multiprocessing starts it with: a forkserver's children have its command line, too.
fn role(command: &str, root: bool, parent: Option<ProcessRole>) -> ProcessRole {
    if root {
        ProcessRole::Main
    } else if command.contains("multiprocessing.resource_tracker") {
        ProcessRole::ResourceTracker
    } else if command.contains("multiprocessing.forkserver") && parent != Some(ProcessRole::Forkserver) {
        ProcessRole::Forkserver
    } else {
        ProcessRole::Other
    }
}

fn trim<T: Default + PartialEq>(column: &mut Vec<T>) {
    while column.last().is_some_and(|last| *last == T::default()) {
        column.pop();
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
