//! The machine that the numbers belong to.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::matrix::is_of_loader;
use crate::platform::{self, CpuSet, CpuTimes};
use crate::record::Host;

/// How long the machine is watched before a run. The load average can't serve: it remembers a minute.
const WATCHED: Duration = Duration::from_millis(300);

/// Reads everything that is asked once, at the start of a run whose invocations are held to `pinned`. Takes a
/// third of a second, to see whether the machine is idle.
pub(crate) fn host(pinned: Option<&CpuSet>) -> Host {
    host_during(pinned, || std::thread::sleep(WATCHED))
}

/// Reads the same while `watched` goes on.
pub(crate) fn host_during(pinned: Option<&CpuSet>, watched: impl FnOnce()) -> Host {
    let (names, throttled, before) = (platform::system_names(), platform::throttle_count(), CpuTimes::now());
    watched();
    let seen = before.zip(CpuTimes::now()).map(|(before, after)| after.since(before));
    let cpus = platform::cpu_count();
    let throttled_now = platform::throttle_count();
    Host {
        hostname: names.hostname,
        os: platform::os_name(),
        kernel: Some(names.kernel),
        architecture: names.architecture,
        cpu_model: platform::cpu_model().unwrap_or_else(|| "unknown".to_owned()),
        cpus,
        effective_cpus: effective_cpus(pinned),
        affinity: pinned.cloned().or_else(platform::affinity).map(|cpus| cpus.to_string()),
        cpu_quota: platform::cpu_quota(),
        threads_per_core: platform::threads_per_core(),
        smt: platform::smt(),
        turbo: platform::turbo_switch().and_then(|switch| switch.is_on()),
        governor: platform::governor(),
        memory_bytes: platform::memory().map_or(0, |memory| memory.total),
        memory_limit_bytes: platform::memory_limit(),
        load_1m: platform::load_1m(),
        busy_cpus: seen.and_then(|seen| Some(seen.busy_share()? * f64::from(cpus))),
        steal: seen.and_then(CpuTimes::steal_share),
        throttled: throttled_now.zip(throttled).map(|(after, before)| after.saturating_sub(before)),
        temperature_celsius: platform::temperature(),
        on_battery: platform::on_battery(),
        aslr: platform::aslr(),
        clock_source: platform::clock_source(),
        libc: platform::libc(),
        loader_env: loader_env(),
        container: platform::container(),
        virtualised: platform::virtualised(),
    }
}

/// Returns the CPUs that may really be used: affinity, the cgroup's quota, and the CPUs that invocations are held to.
pub(crate) fn effective_cpus(pinned: Option<&CpuSet>) -> f64 {
    // Already the smaller of affinity and quota, but rounded down to whole CPUs.
    let whole = std::thread::available_parallelism().map_or(1.0, |cpus| cpus.get() as f64);
    let quota = platform::cpu_quota();
    let cpus = quota.map_or(whole, |quota| if quota < whole + 1.0 { quota.max(0.1) } else { whole });
    pinned.map_or(cpus, |pinned| cpus.min(f64::from(pinned.count())))
}

/// Returns what is set of the variables that every process inherits and that change what it is.
fn loader_env() -> BTreeMap<String, String> {
    let variables = std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()));
    // Of Python's own variables none is handed on.
    variables.filter(|(name, _)| is_of_loader(name) && !name.starts_with("PYTHON")).collect()
}

/// Returns the memory that could be had without swapping, in bytes; 0 where the system doesn't tell: what has to fit
/// in it is then as small as can be.
pub(crate) fn available_memory() -> u64 {
    platform::allowed_memory().map_or(0, |memory| memory.available)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_the_facts() {
        let all = host(None);
        assert!(all.cpus >= 1 && all.memory_bytes > 1 << 20 && !all.architecture.is_empty(), "{all:?}");
        assert!(all.effective_cpus > 0.0 && all.effective_cpus <= f64::from(all.cpus));
        let one = platform::affinity().and_then(|cpus| CpuSet::new(cpus.cpus().first().copied()));
        if let Some(one) = one {
            let pinned = host(Some(&one));
            assert_eq!(pinned.affinity, Some(one.to_string()));
            assert!(pinned.effective_cpus <= 1.0);
        }
    }

    #[test]
    fn what_is_pinned_is_all_that_counts() {
        let cpus = platform::affinity().unwrap();
        assert!(cpus.count() >= 1 && cpus.count() <= platform::cpu_count());
        let one = CpuSet::new([cpus.cpus()[0]]);
        assert!(effective_cpus(one.as_ref()) <= 1.0 && effective_cpus(one.as_ref()) > 0.0);
        assert!(effective_cpus(None) <= f64::from(platform::cpu_count()));
    }
}
