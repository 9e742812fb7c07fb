//! The machine that the numbers belong to.

use std::fs;
use std::time::Duration;

use crate::record::Host;

/// How long the machine is watched before a run. The load average can't serve: it remembers a minute.
const WATCHED: Duration = Duration::from_millis(300);

/// Everything that is asked once, at a run's start. Takes a third of a second, to see whether the machine
/// is idle.
pub fn host() -> Host {
    let uname = rustix::system::uname();
    let text = |value: &std::ffi::CStr| value.to_string_lossy().into_owned();
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        cpuinfo.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
    };
    Host {
        hostname: Some(text(uname.nodename())).filter(|name| !name.is_empty()),
        os: os_name(),
        kernel: Some(text(uname.release())),
        architecture: text(uname.machine()),
        cpu_model: field("model name").or_else(|| field("Hardware")).unwrap_or_else(|| "unknown".to_owned()),
        cpus: std::thread::available_parallelism().map_or(1, |cpus| cpus.get() as u32).max(online_cpus()),
        effective_cpus: effective_cpus(),
        memory_bytes: memory("MemTotal:"),
        load_1m: load_1m(),
        busy_cpus: busy_cpus(),
        governor: read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        virtualised: (!cpuinfo.is_empty())
            .then(|| field("flags").is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor"))),
    }
}

/// CPUs that are busy while we wait, stolen time included.
fn busy_cpus() -> Option<f64> {
    let before = busy_and_all(&read("/proc/stat")?)?;
    std::thread::sleep(WATCHED);
    let after = busy_and_all(&read("/proc/stat")?)?;
    let (busy, all) = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
    (all > 0).then(|| busy as f64 / all as f64 * f64::from(online_cpus().max(1)))
}

/// Ticks of all CPUs together since boot: not idle, and all. The fields of `cpu` are user, nice, system,
/// idle, iowait, irq, softirq, steal; guest time is part of user.
fn busy_and_all(stat: &str) -> Option<(u64, u64)> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks: Vec<u64> =
        line.split_ascii_whitespace().take(8).filter_map(|tick| tick.parse().ok()).collect();
    let idle = ticks.get(3)? + ticks.get(4)?;
    let all: u64 = ticks.iter().sum();
    Some((all - idle, all))
}

/// CPUs that this process may really use: its affinity, and the cgroup's quota.
pub fn effective_cpus() -> f64 {
    // Already the smaller of the two, but rounded down to whole CPUs.
    let whole = std::thread::available_parallelism().map_or(1.0, |cpus| cpus.get() as f64);
    let quota = read("/sys/fs/cgroup/cpu.max").and_then(|line| cpu_max(&line));
    quota.map_or(whole, |quota| if quota < whole + 1.0 { quota.max(0.1) } else { whole })
}

/// `max 100000` or `150000 100000` (quota and period, microseconds) in CPUs; `None`: no limit.
fn cpu_max(line: &str) -> Option<f64> {
    let (quota, period) = line.trim().split_once(' ')?;
    let (quota, period): (f64, f64) = (quota.parse().ok()?, period.parse().ok()?);
    (period > 0.0 && quota > 0.0).then_some(quota / period)
}

/// Load average over the last minute.
pub fn load_1m() -> Option<f64> {
    read("/proc/loadavg")?.split(' ').next()?.parse().ok()
}

/// Memory that could be had without swapping, in bytes.
pub fn available_memory() -> u64 {
    memory("MemAvailable:")
}

fn memory(name: &str) -> u64 {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = info.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn online_cpus() -> u32 {
    fs::read_to_string("/proc/cpuinfo")
        .map_or(0, |info| info.lines().filter(|line| line.starts_with("processor")).count() as u32)
}

fn os_name() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .map_or_else(|| std::env::consts::OS.to_owned(), |name| name.trim_matches('"').to_owned())
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_read() {
        assert_eq!(cpu_max("max 100000"), None);
        assert_eq!(cpu_max("150000 100000"), Some(1.5));
        assert_eq!(cpu_max("0 100000"), None);
        assert_eq!(cpu_max(""), None);
    }

    #[test]
    fn busy_ticks_are_told_from_idle_ones() {
        let stat = "cpu  10 1 5 100 20 2 3 4 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assert_eq!(busy_and_all(stat), Some((25, 145)));
        assert_eq!(busy_and_all("intr 1 2"), None);
    }

    #[test]
    fn this_machine_has_the_facts() {
        let host = host();
        assert!(host.cpus >= 1 && host.memory_bytes > 1 << 20 && !host.architecture.is_empty(), "{host:?}");
        assert!(host.effective_cpus > 0.0 && host.effective_cpus <= f64::from(host.cpus));
    }
}
