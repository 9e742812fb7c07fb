//! From readings of single processes to samples of the tree. Pure.

use std::collections::HashMap;

use crate::record::Sample;

/// One process at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub pid: u32,
    /// Tells apart two processes that had the same pid.
    pub started: u64,
    /// Accumulated since its start.
    pub cpu_ns: u64,
    pub rss_bytes: u64,
}

/// Adds up a tree over time. A process that is gone keeps its last CPU figure: finished workers
/// don't vanish from the sum.
#[derive(Debug, Default)]
pub struct Fold {
    cpu: HashMap<(u32, u64), u64>,
}

impl Fold {
    /// The tree's sample at `t_ns`; `None` when no process was there to read.
    pub fn sample(&mut self, t_ns: u64, readings: &[Reading], pss_bytes: Option<u64>) -> Option<Sample> {
        if readings.is_empty() {
            return None;
        }
        for reading in readings {
            let last = self.cpu.entry((reading.pid, reading.started)).or_default();
            *last = (*last).max(reading.cpu_ns);
        }
        Some(Sample {
            t_ns,
            cpu_ns: self.cpu.values().sum(),
            rss_bytes: readings.iter().map(|reading| reading.rss_bytes).sum(),
            pss_bytes,
            processes: readings.len() as u32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(pid: u32, started: u64, cpu_ns: u64, rss_bytes: u64) -> Reading {
        Reading { pid, started, cpu_ns, rss_bytes }
    }

    #[test]
    fn a_finished_worker_keeps_its_time_and_gives_back_its_memory() {
        let mut fold = Fold::default();
        let first = fold.sample(0, &[reading(1, 10, 5, 100), reading(2, 11, 7, 50)], None).unwrap();
        assert_eq!((first.cpu_ns, first.rss_bytes, first.processes), (12, 150, 2));
        let second = fold.sample(1, &[reading(1, 10, 6, 100)], Some(90)).unwrap();
        assert_eq!((second.cpu_ns, second.rss_bytes, second.pss_bytes), (13, 100, Some(90)));
    }

    #[test]
    fn a_pid_used_again_is_another_process() {
        let mut fold = Fold::default();
        fold.sample(0, &[reading(2, 11, 7, 50)], None);
        let next = fold.sample(1, &[reading(2, 12, 1, 10)], None).unwrap();
        assert_eq!(next.cpu_ns, 8);
    }

    #[test]
    fn nothing_to_read_is_no_sample() {
        assert_eq!(Fold::default().sample(0, &[], None), None);
    }
}
