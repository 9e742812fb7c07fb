//! What else the machine does while something is measured.

use std::time::{Duration, Instant};

use crate::record::Disturbance;

/// Others' CPU, in CPUs, beyond which an invocation counts as disturbed. Two busy processes at once slow each
/// other by up to a quarter on a shared machine: 0.15 of a second one costs up to 4 %, near the precision that
/// a run asks for by default (5 %).
const OTHERS: f64 = 0.15;
/// Stolen time goes straight into the times; 2 % is the precision that a gate asks for.
const STEAL: f64 = 0.02;
/// The kernel counts in ticks of 10 ms by looking now and then: below this nothing can be said.
const RESOLUTION: Duration = Duration::from_millis(30);

/// Readings of the kernel's counters at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counters {
    /// All CPUs together: user, system and interrupts.
    busy_ns: u64,
    /// Of it, work of low priority.
    nice_ns: u64,
    steal_ns: Option<u64>,
    /// This process, and all its children that have ended.
    own_ns: u64,
    cpus: u32,
}

/// A stretch of time under watch.
#[derive(Debug)]
pub struct Watch {
    started: Instant,
    before: Counters,
}

impl Watch {
    /// `None` where the kernel doesn't count.
    pub fn begin() -> Option<Self> {
        Some(Self { before: counters()?, started: Instant::now() })
    }

    /// To be called when the processes that were measured have ended and been waited for: their CPU is then
    /// known to be theirs.
    pub fn end(self) -> Option<Disturbance> {
        Some(between(self.before, counters()?, self.started.elapsed()))
    }
}

fn between(before: Counters, after: Counters, wall: Duration) -> Disturbance {
    let busy_ns = after.busy_ns.saturating_sub(before.busy_ns);
    let others_ns = busy_ns.saturating_sub(after.own_ns.saturating_sub(before.own_ns));
    let mut disturbance = Disturbance {
        wall_ns: wall.as_nanos() as u64,
        cpus: after.cpus,
        steal_ns: after.steal_ns.zip(before.steal_ns).map(|(after, before)| after.saturating_sub(before)),
        busy_ns,
        others_ns,
        others_nice_ns: others_ns.min(after.nice_ns.saturating_sub(before.nice_ns)),
        reason: None,
    };
    disturbance.reason = reason(&disturbance);
    disturbance
}

/// Why it counts as disturbed, if it does.
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

fn counters() -> Option<Counters> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let own_ns = cpu_ns(libc::RUSAGE_SELF) + cpu_ns(libc::RUSAGE_CHILDREN);
    let tick_ns = 1_000_000_000 / rustix::param::clock_ticks_per_second().max(1);
    parse(&stat, tick_ns, own_ns)
}

/// The first line of /proc/stat is user, nice, system, idle, iowait, irq, softirq, steal in ticks (guest time is
/// part of user); a line for each CPU follows.
fn parse(stat: &str, tick_ns: u64, own_ns: u64) -> Option<Counters> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks: Vec<u64> = line.split_ascii_whitespace().map_while(|tick| tick.parse().ok()).collect();
    let at = |index: usize| ticks.get(index).copied();
    let busy = at(0)? + at(1)? + at(2)? + at(5).unwrap_or(0) + at(6).unwrap_or(0);
    let is_cpu = |line: &&str| line.strip_prefix("cpu").is_some_and(|rest| !rest.starts_with(' '));
    Some(Counters {
        busy_ns: busy * tick_ns,
        nice_ns: at(1)? * tick_ns,
        steal_ns: at(7).map(|steal| steal * tick_ns),
        own_ns,
        cpus: stat.lines().filter(is_cpu).count() as u32,
    })
}

fn cpu_ns(who: libc::c_int) -> u64 {
    // SAFETY: all zeros is a valid rusage.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a live structure of the kernel's layout.
    if unsafe { libc::getrusage(who, &raw mut usage) } != 0 {
        return 0;
    }
    let ns =
        |time: libc::timeval| time.tv_sec.max(0) as u64 * 1_000_000_000 + time.tv_usec.max(0) as u64 * 1_000;
    ns(usage.ru_utime) + ns(usage.ru_stime)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn seen(busy: f64, nice: f64, steal: f64, own: f64) -> Disturbance {
        let ns = |seconds: f64| (seconds * SECOND as f64) as u64;
        let after = Counters {
            busy_ns: ns(busy),
            nice_ns: ns(nice),
            steal_ns: Some(ns(steal)),
            own_ns: ns(own),
            cpus: 2,
        };
        between(Counters { steal_ns: Some(0), ..Counters::default() }, after, Duration::from_secs(1))
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
        let after = Counters { busy_ns: 20_000_000, cpus: 2, ..Counters::default() };
        assert_eq!(between(Counters::default(), after, Duration::from_millis(25)).reason, None);
    }

    #[test]
    fn the_kernels_line_is_read() {
        let stat = "cpu  10 1 5 100 20 2 3 4 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\ncpu1 1 1\nintr 1\n";
        let read = parse(stat, 10, 7).unwrap();
        let expected = Counters { busy_ns: 210, nice_ns: 10, steal_ns: Some(40), own_ns: 7, cpus: 2 };
        assert_eq!(read, expected);
        assert_eq!(parse("intr 1 2", 10, 0), None);
    }
}
