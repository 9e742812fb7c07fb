//! Clocks.

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

/// Reads `CLOCK_MONOTONIC` in nanoseconds, the clock that the harness's readings are on, too.
pub(crate) fn monotonic_ns() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    nanoseconds(time.tv_sec, time.tv_nsec)
}

/// Reads `CLOCK_BOOTTIME` in nanoseconds, the clock that the kernel stamps processes' starts with (see
/// [`ProcessReading`](super::ProcessReading)). A system that doesn't stamp them so may give any clock: nothing is compared with it.
pub(crate) fn boot_ns() -> u64 {
    let time = clock_gettime(ClockId::Boottime);
    nanoseconds(time.tv_sec, time.tv_nsec)
}

/// Reads the CPU time of the calling thread, in nanoseconds.
pub(crate) fn thread_cpu_ns() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    nanoseconds(time.tv_sec, time.tv_nsec)
}

/// Reads Unix time in nanoseconds; 0 on a machine whose clock stands before 1970.
pub(crate) fn unix_ns() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> u64 {
    (seconds.max(0) as u64).saturating_mul(1_000_000_000).saturating_add(nanoseconds.max(0) as u64)
}
