//! Each check is a small function over the facts.

use super::Check;
use super::probe::HostFacts;
use crate::platform::{CLOCK_SOURCE, SMT_CONTROL};
use crate::report::format;

/// Others' CPU that still counts as idle: what marks an invocation as disturbed, too.
const BUSY: f64 = 0.15;
const STEAL: f64 = 0.02;
/// A sleep that ends this much late means that the runner itself is kept waiting.
const LATE_US: f64 = 1_000.0;

pub(crate) fn all(facts: &HostFacts) -> Vec<Check> {
    let checks = [
        busy,
        steal,
        governor,
        turbo,
        power,
        heat,
        quota,
        cpus,
        smt,
        clock,
        timers,
        memory,
        shared_memory,
        aslr,
    ];
    checks.iter().filter_map(|check| check(facts)).collect()
}

fn ok(name: &'static str, found: impl Into<String>) -> Option<Check> {
    Some(Check { name, ok: true, found: found.into(), why: None, mend: None })
}

/// Returns a check with what was found; where it isn't `fine`, why that matters and what mends it.
fn judged(
    name: &'static str,
    fine: bool,
    found: impl Into<String>,
    why: &'static str,
    mend: impl Into<String>,
) -> Option<Check> {
    let (why, mend) = ((!fine).then_some(why), (!fine).then(|| mend.into()));
    Some(Check { name, ok: fine, found: found.into(), why, mend })
}

fn on_or_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

fn busy(facts: &HostFacts) -> Option<Check> {
    let sum: f64 = facts.busy.iter().map(|(_, _, cpus)| cpus).sum();
    let nice = match facts.busy_nice {
        nice if nice >= 0.05 => format!("; work of low priority, which gives way, takes {nice:.1} CPUs"),
        _ => String::new(),
    };
    if sum <= BUSY {
        return ok("other processes", format!("{} CPUs busy{nice}", format::cores(sum)));
    }
    let named = facts.busy.iter().take(5).map(|(pid, name, cpus)| format!("{name} (pid {pid}) {cpus:.2}"));
    let found = format!("{sum:.2} CPUs busy: {}{nice}", named.collect::<Vec<_>>().join(", "));
    let why =
        "they take CPU, cache and turbo from what is measured: cold times and worker counts suffer most";
    let pids: Vec<String> = facts.busy.iter().take(5).map(|(pid, _, _)| pid.to_string()).collect();
    judged(
        "other processes",
        false,
        found,
        why,
        format!("closing them, or `renice 19 -p {}`", pids.join(" ")),
    )
}

fn steal(facts: &HostFacts) -> Option<Check> {
    let steal = facts.host.steal?;
    let found = format!("{:.1} % of the CPUs' time", 100.0 * steal);
    let why = "another machine on the same host takes CPU time; it goes straight into every wall time";
    judged(
        "stolen by the hypervisor",
        steal <= STEAL,
        found,
        why,
        "a dedicated instance, or a larger `--budget`: ratios inside a block stand it",
    )
}

fn governor(facts: &HostFacts) -> Option<Check> {
    let governor = facts.host.governor.as_deref()?;
    let why =
        "the frequency follows the load, so that the first milliseconds of a pass are slower than the rest";
    judged(
        "CPU governor",
        governor == "performance",
        governor,
        why,
        "`cpupower frequency-set -g performance`",
    )
}

fn turbo(facts: &HostFacts) -> Option<Check> {
    let switch = facts.turbo_switch?;
    let on = facts.host.turbo?;
    let why = "one busy core runs faster than several: it makes workers look less than they are";
    judged("turbo", !on, on_or_off(on), why, format!("`echo {} > {}`", switch.off, switch.path))
}

fn power(facts: &HostFacts) -> Option<Check> {
    let battery = facts.host.on_battery?;
    let found = if battery { "battery" } else { "mains" };
    judged("power", !battery, found, "on battery the CPU is held below its frequency", "plugging it in")
}

fn heat(facts: &HostFacts) -> Option<Check> {
    let times = facts.host.throttled?;
    let found = match times {
        0 => "not while watched".to_owned(),
        times => format!("{times} times in a second"),
    };
    let why = "a CPU that is too hot slows down, and the longer a run the more";
    judged("throttled for heat", times == 0, found, why, "letting it cool, and a shorter run")
}

fn quota(facts: &HostFacts) -> Option<Check> {
    let (cpus, whole) = (facts.host.effective_cpus, facts.host.effective_cpus.floor());
    let is_whole = (cpus - whole).abs() < 0.01;
    let why = "a quota that is no whole number of CPUs stops the process within each period: times jump";
    judged(
        "usable CPUs",
        is_whole,
        facts.host.usable_cpus((cpus * 100.0).round() / 100.0),
        why,
        format!("a quota of {} (`cpu.max`, `--cpus`)", format::cpu_count(whole.max(1.0))),
    )
}

fn cpus(facts: &HostFacts) -> Option<Check> {
    if facts.host.effective_cpus >= 2.0 {
        return None;
    }
    let why = "no mode can use a second core here: nothing about scaling can be learned";
    judged("cores", false, "fewer than two CPUs", why, "a machine or a quota with at least two")
}

fn smt(facts: &HostFacts) -> Option<Check> {
    let on = facts.host.smt?;
    let why = "two workers on one core share it: speedups stop near the number of cores, not of CPUs";
    let mend = format!("`echo off > {SMT_CONTROL}`, or reading the capacity line of the report");
    judged("SMT", !on, on_or_off(on), why, mend)
}

fn clock(facts: &HostFacts) -> Option<Check> {
    let source = facts.host.clock_source.as_deref()?;
    let slow = matches!(source, "hpet" | "acpi_pm" | "jiffies" | "refined-jiffies" | "pit");
    let why = "reading this clock takes a microsecond or more and steps coarsely";
    judged("clock", !slow, source, why, format!("`echo tsc > {CLOCK_SOURCE}`"))
}

fn timers(facts: &HostFacts) -> Option<Check> {
    let (median, worst) = facts.late_us;
    let found = format!("sleeps end {median:.0} µs late, at worst {worst:.0} µs");
    let why = "processes wait for a CPU before they run: the machine is overloaded";
    judged("timers", median <= LATE_US, found, why, "stopping what keeps it busy")
}

fn memory(facts: &HostFacts) -> Option<Check> {
    let memory = facts.memory?;
    let gib = |bytes: u64| bytes as f64 / (1u64 << 30) as f64;
    let found = format!("{:.1} of {:.1} GiB available", gib(memory.available), gib(memory.total));
    if memory.available >= memory.total / 10 {
        return ok("memory", found);
    }
    let found = format!("{found}, {:.1} GiB swapped out", gib(memory.swap_used));
    judged(
        "memory",
        false,
        found,
        "what is swapped out comes back in the middle of a pass",
        "closing what needs the most of it",
    )
}

fn shared_memory(facts: &HostFacts) -> Option<Check> {
    let found = facts.no_shared_memory.clone();
    judged(
        "shared memory",
        found.is_none(),
        found.unwrap_or_else(|| "can be made".to_owned()),
        "worker processes meet at semaphores in it: no mode with processes runs without",
        "mounting it for writing, as `docker run --shm-size` does",
    )
}

fn aslr(facts: &HostFacts) -> Option<Check> {
    let state = on_or_off(facts.host.aslr? != 0);
    ok("address randomisation", format!("{state}; every round has fresh processes, so it averages out"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{MachineMemory, TurboSwitch};
    use crate::record::Host;

    #[test]
    fn a_machine_without_shared_memory_is_told() {
        assert!(shared_memory(&quiet()).is_some_and(|check| check.ok));
        let without = HostFacts { no_shared_memory: Some("nothing can be made".to_owned()), ..quiet() };
        assert!(shared_memory(&without).is_some_and(|check| !check.ok && check.why.is_some()));
    }

    fn quiet() -> HostFacts {
        HostFacts {
            host: Host {
                effective_cpus: 4.0,
                governor: Some("performance".to_owned()),
                turbo: Some(false),
                smt: Some(false),
                aslr: Some(2),
                steal: Some(0.0),
                on_battery: Some(false),
                throttled: Some(0),
                clock_source: Some("tsc".to_owned()),
                ..Host::default()
            },
            turbo_switch: Some(TurboSwitch { path: "/sys/no_turbo", off: 1 }),
            late_us: (60.0, 300.0),
            memory: Some(MachineMemory { total: 8 << 30, available: 6 << 30, swap_used: 0 }),
            ..HostFacts::default()
        }
    }

    #[test]
    fn a_quota_is_called_one() {
        let found = |cpu_quota| {
            let host = Host { effective_cpus: 2.0, cpu_quota, ..quiet().host };
            all(&on(host)).iter().find(|check| check.name == "usable CPUs").map(|check| check.found.clone())
        };
        assert_eq!(found(Some(2.0)).as_deref(), Some("a quota of 2"));
        assert_eq!((found(None), found(Some(8.0))), (Some("2".to_owned()), Some("2".to_owned())));
    }

    fn on(host: Host) -> HostFacts {
        HostFacts { host, ..quiet() }
    }

    /// The names of what is wrong.
    fn wrong(facts: &HostFacts) -> Vec<&'static str> {
        let all = all(facts);
        assert!(all.iter().all(|check| check.ok || (check.why.is_some() && check.mend.is_some())));
        all.iter().filter(|check| !check.ok).map(|check| check.name).collect()
    }

    #[test]
    fn a_quiet_machine_has_nothing_to_mend() {
        assert_eq!(wrong(&quiet()), [""; 0]);
        let host = Host { effective_cpus: 2.0, ..Host::default() };
        let silent = HostFacts { host, ..HostFacts::default() };
        assert_eq!(wrong(&silent), [""; 0], "what the system doesn't tell is no fault");
    }

    #[test]
    fn each_fault_is_found_alone() {
        let text = |text: &str| Some(text.to_owned());
        let faults = [
            (HostFacts { busy: vec![(7, "make".to_owned(), 0.9)], ..quiet() }, "other processes"),
            (on(Host { steal: Some(0.05), ..quiet().host }), "stolen by the hypervisor"),
            (on(Host { governor: text("powersave"), ..quiet().host }), "CPU governor"),
            (on(Host { turbo: Some(true), ..quiet().host }), "turbo"),
            (on(Host { on_battery: Some(true), ..quiet().host }), "power"),
            (on(Host { throttled: Some(3), ..quiet().host }), "throttled for heat"),
            (on(Host { effective_cpus: 2.5, ..quiet().host }), "usable CPUs"),
            (on(Host { effective_cpus: 1.0, ..quiet().host }), "cores"),
            (on(Host { smt: Some(true), ..quiet().host }), "SMT"),
            (on(Host { clock_source: text("hpet"), ..quiet().host }), "clock"),
            (HostFacts { late_us: (4_000.0, 9_000.0), ..quiet() }, "timers"),
            (
                HostFacts {
                    memory: Some(MachineMemory { total: 8 << 30, available: 1 << 28, swap_used: 0 }),
                    ..quiet()
                },
                "memory",
            ),
        ];
        for (facts, name) in faults {
            assert_eq!(wrong(&facts), [name]);
        }
    }

    #[test]
    fn busy_processes_are_named_with_what_ends_them() {
        let check = busy(&HostFacts { busy: vec![(7, "make".to_owned(), 0.9)], ..quiet() }).unwrap();
        assert_eq!(check.found, "0.90 CPUs busy: make (pid 7) 0.90");
        assert_eq!(check.mend.as_deref(), Some("closing them, or `renice 19 -p 7`"));
    }
}
