//! What can be read of the machine, in about a second.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::measure::host::host_during;
use crate::platform::{self, MachineMemory, ProcessTimes, TurboSwitch, process_times};
use crate::record::Host;

/// How long busy processes and stolen time are watched.
const WATCHED: Duration = Duration::from_secs(1);
/// Sleeps of this length show how late the machine wakes a process.
const NAP: Duration = Duration::from_millis(2);
const NAPS: usize = 50;

/// What is judged of the machine; `None`: the system doesn't tell.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct HostFacts {
    pub host: Host,
    pub turbo_switch: Option<TurboSwitch>,
    /// Other processes that took at least a twentieth of a CPU: pid, name, CPUs; busiest first.
    pub busy: Vec<(u32, String, f64)>,
    /// CPUs that processes of low priority took together.
    pub busy_nice: f64,
    /// How late a short sleep ended, median and worst, microseconds.
    pub late_us: (f64, f64),
    pub memory: Option<MachineMemory>,
    /// Why processes can't share memory; `None`: they can.
    pub no_shared_memory: Option<String>,
}

/// Reads the facts; takes about a second.
pub(crate) fn probe() -> HostFacts {
    let (before, since) = (process_times(), Instant::now());
    let mut late_us = (0.0, 0.0);
    let host = host_during(None, || {
        late_us = lateness();
        std::thread::sleep(WATCHED.saturating_sub(since.elapsed()));
    });
    let (busy, busy_nice) = busiest(&before, &process_times(), since.elapsed());
    HostFacts {
        host,
        turbo_switch: platform::turbo_switch(),
        busy,
        busy_nice,
        late_us,
        memory: platform::allowed_memory(),
        no_shared_memory: platform::no_shared_memory(),
    }
}

/// Returns the busiest processes, and the CPUs that low-priority ones took together.
fn busiest(
    before: &HashMap<u32, ProcessTimes>,
    after: &HashMap<u32, ProcessTimes>,
    passed: Duration,
) -> (Vec<(u32, String, f64)>, f64) {
    let (mut busy, mut nice) = (Vec::new(), 0.0);
    for (pid, process) in after {
        let earlier = before.get(pid).map_or(0, |earlier| earlier.cpu_ns);
        let cpus = process.cpu_ns.saturating_sub(earlier) as f64 / passed.as_nanos().max(1) as f64;
        if process.nice > 0 {
            nice += cpus;
        } else if cpus >= 0.05 {
            busy.push((*pid, process.name.clone(), cpus));
        }
    }
    busy.sort_by(|a, b| b.2.total_cmp(&a.2));
    (busy, nice)
}

/// Measures how much later than asked short sleeps end: median and worst, in microseconds.
fn lateness() -> (f64, f64) {
    let mut late: Vec<f64> = (0..NAPS)
        .map(|_| {
            let since = Instant::now();
            std::thread::sleep(NAP);
            since.elapsed().saturating_sub(NAP).as_secs_f64() * 1e6
        })
        .collect();
    late.sort_by(f64::total_cmp);
    (crate::stats::median(&late).unwrap_or(0.0), late.last().copied().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_are_named() {
        let used = |name: &str, cpu_ms: u64, nice: i64| ProcessTimes {
            name: name.to_owned(),
            nice,
            cpu_ns: cpu_ms * 1_000_000,
        };
        let before = HashMap::from([(7, used("make", 1000, 0)), (8, used("idle", 0, 19))]);
        let after = HashMap::from([
            (7, used("make", 1500, 0)),
            (8, used("idle", 1000, 19)),
            (9, used("cron", 10, 0)),
        ]);
        let (busy, nice) = busiest(&before, &after, Duration::from_secs(1));
        assert_eq!((busy, nice), (vec![(7, "make".to_owned(), 0.5)], 1.0));
    }

    #[test]
    fn this_machine_can_be_probed() {
        let facts = probe();
        assert!(
            facts.host.effective_cpus > 0.0 && facts.memory.is_some() && facts.late_us.1 >= facts.late_us.0,
            "{facts:?}"
        );
    }
}
