//! One pass.

use serde::{Deserialize, Serialize};

/// What was seen of the process tree after a pass, while others had their turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterPass {
    /// Resident memory of the whole tree.
    pub rss_bytes: u64,
    /// How long it rested until its next pass, and the CPU time that it used meanwhile. `None`: there was no next pass.
    pub rest_ns: Option<u64>,
    pub rest_cpu_ns: Option<u64>,
}

/// One pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Its time; of one execution of the tasks, where one was too short for the clock.
    pub ns: u64,
    /// Executions in a row inside one reading of the clock.
    #[serde(default = "once")]
    pub repeats: u32,
    /// That reading: about `ns` times `repeats`. `None`: not recorded (schema 1).
    pub total_ns: Option<u64>,
    /// Block it belongs to, as in the invocation.
    pub block: Option<u64>,
    /// Sweep: every live cell of a block has one pass in each sweep, in random order.
    pub sweep: u32,
    /// Its place in the block's whole sequence of passes, from 0.
    pub seq: u32,
    /// On the run's monotonic clock.
    pub start_ns: u64,
    /// First passes of a process, kept but not counted.
    pub warmup: bool,
    /// Invocations that had a pass under way at the same time, itself included: 1 but in capacity blocks.
    pub concurrent: u32,
    pub checksum: String,
    /// CPU time of all workers from go to value, by their own clocks.
    pub cpu_ns: Option<u64>,
    /// The event loop's longest stall (asyncio modes).
    pub loop_lag_ns: Option<u64>,
    /// Its lag's 99th percentile over the heartbeats (nearest rank), and how many there were.
    pub loop_lag_p99_ns: Option<u64>,
    pub beats: Option<u32>,
    /// CPU time of each worker, in the order of the invocation's workers, where it can be read.
    pub workers_cpu_ns: Option<Vec<u64>>,
    /// The part of `ns` that its one worker, ready to run, waited for a CPU that others had; `None` with
    /// several workers, and where the kernel doesn't tell.
    pub run_delay_ns: Option<u64>,
    /// What the harness took after it to read the results; it is no part of any figure. `None`: not recorded (schema 3).
    pub harness_ns: Option<u64>,
    /// Only after some passes of a block. `None`: not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<AfterPass>,
}

impl Value {
    /// What it took, repeats and all, in nanoseconds.
    pub fn whole_ns(&self) -> u64 {
        self.total_ns.unwrap_or(self.ns)
    }

    /// Returns what it cost of the budget, in nanoseconds.
    pub fn cost_ns(&self) -> u64 {
        self.whole_ns().saturating_add(self.harness_ns.unwrap_or(0))
    }
}

fn once() -> u32 {
    1
}
