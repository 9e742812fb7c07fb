//! What else the machine does while something is measured.

use std::time::{Duration, Instant};

use crate::platform::{CpuTimes, own_cpu_ns};
use crate::record::Disturbance;

/// The CPU time of others, in CPUs, beyond which an invocation counts as disturbed. Two busy processes at once slow each
/// other by up to a quarter on a shared machine: 0.15 of a second one costs up to 4 %, near the precision that
/// a run asks for by default (5 %).
const OTHERS: f64 = 0.15;
/// Stolen time goes straight into the times; 2 % is the precision that a gate asks for.
const STEAL: f64 = 0.02;
/// The kernel counts in ticks of 10 ms by looking now and then: below this nothing can be said.
const RESOLUTION: Duration = Duration::from_millis(30);

/// A stretch of time under watch.
#[derive(Debug)]
pub(crate) struct DisturbanceWatch {
    started: Instant,
    before: CpuTimes,
    /// CPU time of this process and all its children that had ended, in nanoseconds.
    own_ns: u64,
}

impl DisturbanceWatch {
    /// Begins to watch; `None` where the system doesn't count.
    pub(crate) fn begin() -> Option<Self> {
        Some(Self { before: CpuTimes::now()?, own_ns: own_cpu_ns()?, started: Instant::now() })
    }

    /// Returns what else happened. To be called when the processes that were measured have ended and been waited for:
    /// their CPU is then known to be theirs.
    pub(crate) fn end(self) -> Option<Disturbance> {
        let own_ns = own_cpu_ns()?.saturating_sub(self.own_ns);
        Some(disturbance(CpuTimes::now()?.since(self.before), own_ns, self.started.elapsed()))
    }
}

/// Judges what has passed in `wall`, `own_ns` of it being this process's and its children's.
fn disturbance(passed: CpuTimes, own_ns: u64, wall: Duration) -> Disturbance {
    let others_ns = passed.busy_ns.saturating_sub(own_ns);
    let mut disturbance = Disturbance {
        wall_ns: wall.as_nanos() as u64,
        cpus: passed.cpus,
        steal_ns: passed.steal_ns,
        busy_ns: passed.busy_ns,
        others_ns,
        others_nice_ns: others_ns.min(passed.nice_ns),
        reason: None,
    };
    disturbance.reason = reason(&disturbance);
    disturbance
}

/// Says why it counts as disturbed, if it does.
fn reason(seen: &Disturbance) -> Option<String> {
    let wall = seen.wall_ns.max(1) as f64;
    let beyond = |ns: u64, limit: f64| Duration::from_nanos(ns) > RESOLUTION && ns as f64 > limit * wall;
    let cpus = f64::from(seen.cpus.max(1));
    if let Some(steal) = seen.steal_ns.filter(|&steal| beyond(steal, STEAL * cpus)) {
        let percent = 100.0 * steal as f64 / wall / cpus;
        return Some(format!("{percent:.0} % of the CPUs' time was stolen by the hypervisor"));
    }
    // Work of low priority gives way.
    let others = seen.others_ns.saturating_sub(seen.others_nice_ns);
    let share = others as f64 / wall;
    beyond(others, OTHERS).then(|| format!("other processes kept {share:.1} CPUs busy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn seen(busy: f64, nice: f64, steal: f64, own: f64) -> Disturbance {
        let ns = |seconds: f64| (seconds * SECOND as f64) as u64;
        let passed = CpuTimes {
            busy_ns: ns(busy),
            nice_ns: ns(nice),
            steal_ns: Some(ns(steal)),
            cpus: 2,
            ..CpuTimes::default()
        };
        disturbance(passed, ns(own), Duration::from_secs(1))
    }

    #[test]
    fn quiet_is_quiet() {
        assert_eq!(seen(1.1, 0.0, 0.01, 1.0).reason, None);
        assert_eq!(seen(0.9, 0.0, 0.0, 1.0).others_ns, 0, "ticks and clocks may disagree");
    }

    #[test]
    fn others_disturb_unless_they_give_way() {
        assert_eq!(seen(1.5, 0.0, 0.0, 1.0).reason.as_deref(), Some("other processes kept 0.5 CPUs busy"));
        let nice = seen(1.9, 0.85, 0.0, 1.0);
        assert_eq!((nice.others_ns, nice.others_nice_ns, nice.reason), (9 * SECOND / 10, 850_000_000, None));
    }

    #[test]
    fn stolen_time_disturbs() {
        let reason = seen(1.0, 0.0, 0.2, 1.0).reason;
        assert_eq!(reason.as_deref(), Some("10 % of the CPUs' time was stolen by the hypervisor"));
    }

    #[test]
    fn too_short_to_tell_is_undisturbed() {
        let passed = CpuTimes { busy_ns: 20_000_000, cpus: 2, ..CpuTimes::default() };
        assert_eq!(disturbance(passed, 0, Duration::from_millis(25)).reason, None);
    }
}
