//! One process of a sampled tree, over time.

use serde::{Deserialize, Serialize};

use super::Sample;

/// What a process was for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProcessRole {
    /// The harness itself, launched by the runner.
    Main,
    /// It did tasks: it reported itself as a worker.
    Worker,
    /// multiprocessing's server that forks workers.
    Forkserver,
    /// multiprocessing's keeper of semaphores and shared memory.
    ResourceTracker,
    #[default]
    Other,
}

/// One process of a sampled tree. Its columns have one entry for each of the tree's samples from the `first`
/// that met it to the last one that did, so `cpu_ns.len()` is the number of those samples; everything is
/// kept, but as differences, which are short to write. [`ProcessSeries::points`] undoes that.
///
/// For a timeline: a band from `start_ns` to `end_ns` (or the last sample), filled with `points`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ProcessSeries {
    pub pid: u32,
    /// When it was first met; `None` for the root.
    pub parent: Option<u32>,
    pub role: ProcessRole,
    /// Since the invocation's launch, by the kernel's own figure (resolution 10 ms), else the first sample's time.
    pub start_ns: u64,
    /// Time of the first sample that found it gone; `None`: it was there to the last one.
    pub end_ns: Option<u64>,
    /// Index of its first sample in `Resources::samples`.
    pub first: u32,
    /// CPU used since the sample before; the first entry: since its start.
    pub cpu_ns: Vec<u64>,
    /// Change of RSS since the sample before; the first entry: since nothing. Zeros at the end are left out.
    pub rss_bytes: Vec<i64>,
    /// Threads, likewise.
    pub threads: Vec<i32>,
    /// PSS at those of its samples that have `pss_bytes`.
    pub pss_bytes: Vec<u64>,
    /// CPU of children that it waited for and that no sample met: too short-lived. At its last sample, in the
    /// kernel's ticks of 10 ms.
    pub unseen_children_cpu_ns: u64,
}

/// One process at one of the tree's samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessPoint {
    /// Since the invocation's launch.
    pub t_ns: u64,
    /// Used since the point before (or since the process's start).
    pub cpu_ns: u64,
    pub rss_bytes: u64,
    /// 0 where the backend doesn't tell.
    pub threads: u32,
    pub pss_bytes: Option<u64>,
}

impl ProcessSeries {
    /// The process at each sample that met it; `samples` are those of its tree. What a damaged record leaves
    /// out is left out here.
    pub fn points<'a>(&'a self, samples: &'a [Sample]) -> impl Iterator<Item = ProcessPoint> + 'a {
        let (mut rss, mut threads) = (0_i64, 0_i32);
        let mut pss = self.pss_bytes.iter();
        let mine = samples.iter().skip(self.first as usize).zip(&self.cpu_ns).enumerate();
        mine.map(move |(at, (sample, &cpu_ns))| {
            rss = rss.saturating_add(self.rss_bytes.get(at).copied().unwrap_or(0));
            threads = threads.saturating_add(self.threads.get(at).copied().unwrap_or(0));
            ProcessPoint {
                t_ns: sample.t_ns,
                cpu_ns,
                rss_bytes: rss.max(0) as u64,
                threads: threads.max(0) as u32,
                pss_bytes: sample.pss_bytes.and_then(|_| pss.next().copied()),
            }
        })
    }

    /// CPU of the process itself up to its last sample.
    pub fn total_cpu_ns(&self) -> u64 {
        self.cpu_ns.iter().copied().fold(0, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_become_points_again() {
        let sample = |t_ns, pss_bytes| Sample { t_ns, pss_bytes, ..Sample::default() };
        let samples = [sample(5, None), sample(10, Some(90)), sample(15, None), sample(20, Some(80))];
        let series = ProcessSeries {
            first: 1,
            cpu_ns: vec![7, 0, 3],
            rss_bytes: vec![100, -40],
            threads: vec![2],
            pss_bytes: vec![60, 50],
            ..ProcessSeries::default()
        };
        let points: Vec<ProcessPoint> = series.points(&samples).collect();
        let point = |t_ns, cpu_ns, rss_bytes, pss_bytes| ProcessPoint {
            t_ns,
            cpu_ns,
            rss_bytes,
            threads: 2,
            pss_bytes,
        };
        assert_eq!(points, [point(10, 7, 100, Some(60)), point(15, 0, 60, None), point(20, 3, 60, Some(50))]);
        assert_eq!(series.total_cpu_ns(), 10);
    }

    #[test]
    fn a_damaged_series_ends_early_and_does_not_panic() {
        let series = ProcessSeries { first: 9, cpu_ns: vec![1; 5], ..ProcessSeries::default() };
        assert_eq!(series.points(&[Sample::default()]).count(), 0);
    }
}
