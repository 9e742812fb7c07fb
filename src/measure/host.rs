//! The machine that the numbers belong to. What can be read at once is here, for a run's record and for
//! `doctor` alike; what has to be watched for a while belongs to whoever watches.

mod cgroup;
mod cpu;
mod place;
mod ticks;

use std::fs;
use std::time::Duration;

pub use cgroup::{cpu_quota, memory_limit};
pub use cpu::{TurboSwitch, affinity, effective_cpus, governor, smt, threads_per_core, turbo_switch};
pub use place::{aslr, clock_source, container, libc, on_battery, temperature, throttle_count};
pub use ticks::Ticks;

use crate::matrix::CpuSet;
use crate::record::Host;

/// How long the machine is watched before a run. The load average can't serve: it remembers a minute.
const WATCHED: Duration = Duration::from_millis(300);

/// Everything that is asked once, at a run's start, of a run whose invocations are held to `pinned`. Takes a
/// third of a second, to see whether the machine is idle.
pub fn host(pinned: Option<&CpuSet>) -> Host {
    let uname = rustix::system::uname();
    let text = |value: &std::ffi::CStr| value.to_string_lossy().into_owned();
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        cpuinfo.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
    };
    let throttled = throttle_count();
    let before = Ticks::now();
    std::thread::sleep(WATCHED);
    let seen = before.zip(Ticks::now()).map(|(before, after)| after.since(before));
    Host {
        hostname: Some(text(uname.nodename())).filter(|name| !name.is_empty()),
        os: os_name(),
        kernel: Some(text(uname.release())),
        architecture: text(uname.machine()),
        cpu_model: field("model name").or_else(|| field("Hardware")).unwrap_or_else(|| "unknown".to_owned()),
        cpus: cpu::count(),
        effective_cpus: effective_cpus(pinned),
        affinity: pinned.cloned().or_else(affinity).map(|cpus| cpus.to_string()),
        cpu_quota: cpu_quota(),
        threads_per_core: threads_per_core(),
        smt: smt(),
        turbo: turbo_switch().and_then(|switch| switch.is_on()),
        governor: governor(),
        memory_bytes: meminfo("MemTotal:"),
        memory_limit_bytes: memory_limit(),
        load_1m: load_1m(),
        busy_cpus: seen.and_then(|seen| Some(seen.busy_share()? * f64::from(cpu::count()))),
        steal: seen.and_then(Ticks::steal_share),
        throttled: throttle_count().zip(throttled).map(|(after, before)| after.saturating_sub(before)),
        temperature_celsius: temperature(),
        on_battery: on_battery(),
        aslr: aslr(),
        clock_source: clock_source(),
        libc: libc(),
        container: container(),
        virtualised: (!cpuinfo.is_empty())
            .then(|| field("flags").is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor"))),
    }
}

/// Load average over the last minute.
pub fn load_1m() -> Option<f64> {
    read("/proc/loadavg")?.split(' ').next()?.parse().ok()
}

/// Memory that could be had without swapping, in bytes.
pub fn available_memory() -> u64 {
    meminfo("MemAvailable:")
}

/// A line of `/proc/meminfo`, its name with the colon, in bytes; 0 where there is none.
pub fn meminfo(name: &str) -> u64 {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = info.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// Processes that the kernel has killed since it started because memory ran out, in whatever cgroup.
pub fn oom_kills() -> Option<u64> {
    let vmstat = fs::read_to_string("/proc/vmstat").ok()?;
    vmstat.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

fn os_name() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .map_or_else(|| std::env::consts::OS.to_owned(), |name| name.trim_matches('"').to_owned())
}

fn read(path: impl AsRef<std::path::Path>) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_the_facts() {
        let all = host(None);
        assert!(all.cpus >= 1 && all.memory_bytes > 1 << 20 && !all.architecture.is_empty(), "{all:?}");
        assert!(all.effective_cpus > 0.0 && all.effective_cpus <= f64::from(all.cpus));
        let one = affinity().and_then(|cpus| CpuSet::new(cpus.cpus().first().copied()));
        if let Some(one) = one {
            let pinned = host(Some(&one));
            assert_eq!(pinned.affinity, Some(one.to_string()));
            assert!(pinned.effective_cpus <= 1.0);
        }
    }
}
