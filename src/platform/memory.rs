//! The machine's memory.

use super::cgroup::{memory_left, memory_limit};
use super::read;

/// The machine's memory at one moment, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct MachineMemory {
    pub(crate) total: u64,
    /// What could be had without swapping.
    pub(crate) available: u64,
    pub(crate) swap_used: u64,
}

/// Reads the machine's memory; `None` where the system doesn't tell.
pub(crate) fn memory() -> Option<MachineMemory> {
    parse(&read("/proc/meminfo")?)
}

/// Reads the memory that this process may have: the machine's, or less where a control group limits it; `None` where the
/// system doesn't tell.
pub(crate) fn allowed_memory() -> Option<MachineMemory> {
    let MachineMemory { total, available, swap_used } = memory()?;
    Some(MachineMemory {
        total: memory_limit().map_or(total, |limit| limit.min(total)),
        available: memory_left().map_or(available, |left| left.min(available)),
        swap_used,
    })
}

fn parse(meminfo: &str) -> Option<MachineMemory> {
    let bytes = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
    };
    let swap_used = bytes("SwapTotal:").zip(bytes("SwapFree:")).map(|(all, free)| all.saturating_sub(free));
    Some(MachineMemory {
        total: bytes("MemTotal:")?,
        available: bytes("MemAvailable:")?,
        swap_used: swap_used.unwrap_or(0),
    })
}

/// Counts the processes that the kernel has killed since it started because memory ran out, in whatever cgroup;
/// `None` where the system doesn't count them: a kill for lack of memory then looks like any other.
pub(crate) fn oom_kills() -> Option<u64> {
    read("/proc/vmstat")?.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_table_is_read() {
        let text = "MemTotal:  100 kB\nMemAvailable:  40 kB\nSwapTotal: 10 kB\nSwapFree: 4 kB\n";
        assert_eq!(
            parse(text),
            Some(MachineMemory { total: 102_400, available: 40_960, swap_used: 6 * 1024 })
        );
        assert_eq!(parse("MemTotal:  100 kB\n"), None);
    }
}
