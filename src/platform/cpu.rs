//! The CPUs: how many, which of them may be used, how fast they may run.

use std::path::Path;

use super::{cgroup, read};
use crate::matrix::CpuSet;

/// Logical CPUs of the machine.
pub fn count() -> u32 {
    let online = read("/sys/devices/system/cpu/online").and_then(|list| CpuSet::parse(&list).ok());
    let usable = std::thread::available_parallelism().map_or(1, |cpus| cpus.get() as u32);
    online.map_or(0, |online| online.count()).max(usable)
}

/// CPUs that this process may run on.
pub fn affinity() -> Option<CpuSet> {
    let mask = rustix::thread::sched_getaffinity(None).ok()?;
    CpuSet::new((0..rustix::thread::CpuSet::MAX_CPU as u32).filter(|cpu| mask.is_set(*cpu as usize)))
}

/// CPUs that may really be used: affinity, the cgroup's quota, and the CPUs that invocations are held to.
pub fn effective_cpus(pinned: Option<&CpuSet>) -> f64 {
    // Already the smaller of affinity and quota, but rounded down to whole CPUs.
    let whole = std::thread::available_parallelism().map_or(1.0, |cpus| cpus.get() as f64);
    let quota = cgroup::cpu_quota();
    let cpus = quota.map_or(whole, |quota| if quota < whole + 1.0 { quota.max(0.1) } else { whole });
    pinned.map_or(cpus, |pinned| cpus.min(f64::from(pinned.count())))
}

pub fn governor() -> Option<String> {
    read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
}

/// Several CPUs share a core.
pub fn smt() -> Option<bool> {
    read("/sys/devices/system/cpu/smt/active").map(|active| active == "1")
}

/// CPUs of the first one's core.
pub fn threads_per_core() -> Option<u32> {
    let siblings = read("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list")?;
    CpuSet::parse(&siblings).ok().map(|cpus| cpus.count())
}

/// The file that switches turbo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurboSwitch {
    pub path: &'static str,
    /// What is written into it to switch turbo off.
    pub off: u8,
}

pub fn turbo_switch() -> Option<TurboSwitch> {
    let all = [
        TurboSwitch { path: "/sys/devices/system/cpu/intel_pstate/no_turbo", off: 1 },
        TurboSwitch { path: "/sys/devices/system/cpu/cpufreq/boost", off: 0 },
    ];
    all.into_iter().find(|switch| Path::new(switch.path).exists())
}

impl TurboSwitch {
    pub fn is_on(self) -> Option<bool> {
        Some(read(self.path)?.parse::<u8>().ok()? != self.off)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pinned_is_all_that_counts() {
        let cpus = affinity().unwrap();
        assert!(cpus.count() >= 1 && cpus.count() <= count());
        let one = CpuSet::new([cpus.cpus()[0]]);
        assert!(effective_cpus(one.as_ref()) <= 1.0 && effective_cpus(one.as_ref()) > 0.0);
        assert!(effective_cpus(None) <= f64::from(count()));
    }
}
