//! The CPUs: how many, how they share cores, how fast they may run, and by which clock. `None` everywhere: the
//! system doesn't tell.

use std::path::Path;

use super::{CpuSet, read};

/// The file that switches SMT.
pub(crate) const SMT_CONTROL: &str = "/sys/devices/system/cpu/smt/control";
/// The file that says and sets by which clock the kernel tells the time.
pub(crate) const CLOCK_SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

/// Counts the machine's logical CPUs; where the system doesn't tell, those that this process may use.
pub(crate) fn cpu_count() -> u32 {
    let online = read("/sys/devices/system/cpu/online").and_then(|list| CpuSet::parse(&list).ok());
    let usable = std::thread::available_parallelism().map_or(1, |cpus| cpus.get() as u32);
    online.map_or(0, |online| online.count()).max(usable)
}

/// Returns the name of the first CPU's frequency governor, as `powersave`.
pub(crate) fn governor() -> Option<String> {
    read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
}

/// Returns whether several CPUs share a core.
pub(crate) fn smt() -> Option<bool> {
    read("/sys/devices/system/cpu/smt/active").map(|active| active == "1")
}

/// Counts the CPUs of the first one's core.
pub(crate) fn threads_per_core() -> Option<u32> {
    let siblings = read("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list")?;
    CpuSet::parse(&siblings).ok().map(|cpus| cpus.count())
}

/// Returns the clock by which the kernel tells the time, as `tsc`.
pub(crate) fn clock_source() -> Option<String> {
    read(CLOCK_SOURCE)
}

/// A file that switches turbo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TurboSwitch {
    pub(crate) path: &'static str,
    /// The number that switches turbo off.
    pub(crate) off: u8,
}

/// Returns the file that switches turbo on this machine.
pub(crate) fn turbo_switch() -> Option<TurboSwitch> {
    let all = [
        TurboSwitch { path: "/sys/devices/system/cpu/intel_pstate/no_turbo", off: 1 },
        TurboSwitch { path: "/sys/devices/system/cpu/cpufreq/boost", off: 0 },
    ];
    all.into_iter().find(|switch| Path::new(switch.path).exists())
}

impl TurboSwitch {
    /// Returns whether turbo is on now.
    pub(crate) fn is_on(self) -> Option<bool> {
        Some(read(self.path)?.parse::<u8>().ok()? != self.off)
    }
}
