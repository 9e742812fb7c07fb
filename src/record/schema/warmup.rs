//! What was run so that nothing cold is counted.

use serde::{Deserialize, Serialize};

/// One warm-up of all workers: each was held until all had their share of the tasks, so that none could
/// be starved. Never counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmUp {
    /// On the run's monotonic clock.
    pub start_ns: u64,
    /// The whole of it.
    pub ns: u64,
    pub workers: Vec<WarmWorker>,
}

/// What one worker says it ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmWorker {
    pub pid: u32,
    /// Native thread id, for workers that are threads.
    pub thread: Option<u64>,
    pub tasks: u32,
    /// Its own time for them.
    pub ns: u64,
}
