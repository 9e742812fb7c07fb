//! The machine, what it allowed, and what it stood in. Brief: all of it is in `run.json`.

use crate::record::Host;
use crate::report::format;
use crate::report::view::View;

use super::Fact;

impl View<'_> {
    /// The machine and its system; what the system didn't tell is left out, as a record of an older version does.
    pub(super) fn machine_facts(&self) -> Vec<Fact> {
        let host = &self.host;
        let machine = format!(
            "{}, {} of {} usable, {} of memory",
            host.cpu_model,
            format::cpus(host.effective_cpus),
            format::count(host.cpus as usize, "CPU"),
            format::bytes(host.memory_bytes)
        );
        let ceiling = |bytes| format!("{} for each process tree", format::bytes(bytes));
        let facts = [
            ("machine", Some(machine)),
            ("system", join(system(host))),
            ("CPUs", join(cpus(host))),
            ("surroundings", join(surroundings(host))),
            ("memory ceiling", self.max_memory_bytes.map(ceiling)),
        ];
        facts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
    }

    /// What else kept it busy.
    pub(super) fn load_facts(&self) -> impl Iterator<Item = Fact> {
        let load = self.host.load_1m.map(|load| ("load at the start", format!("{load:.2}")));
        let busy = self.host.busy_cpus.map(|busy| ("CPUs busy before it", format::cores(busy)));
        load.into_iter().chain(busy)
    }

    pub(super) fn capacity_facts(&self) -> impl Iterator<Item = Fact> {
        self.capacity.iter().map(|capacity| {
            let interval =
                capacity.ci95.map_or_else(String::new, |ci| format!(" ({})", format::interval(ci)));
            let text = format!(
                "{} independent {} {} processes do {}{interval} the work of one",
                capacity.cell.workers,
                capacity.cell.interpreter,
                capacity.cell.workload,
                format::ratio(capacity.ratio)
            );
            ("capacity", text)
        })
    }

    /// The ceiling that every speedup has to be read against: what independent processes reach together
    /// at the number of workers that the pictures show.
    pub(crate) fn capacity_text(&self) -> Option<String> {
        let workers = self.focus_workers;
        let ratios: Vec<f64> = self.capacities(workers).map(|capacity| capacity.ratio).collect();
        let Some((low, high)) =
            ratios.iter().copied().reduce(f64::min).zip(ratios.iter().copied().reduce(f64::max))
        else {
            let tried = self.capacity.iter().any(|capacity| capacity.cell.workers == workers);
            return tried.then(|| {
                "this machine's capacity couldn't be measured: what independent processes did together varied too much"
                    .to_owned()
            });
        };
        let range = if ratios.len() == 1 {
            format::ratio(low)
        } else {
            format!("{}× (by workload and interpreter)", format::interval([low, high]))
        };
        Some(format!(
            "this machine's capacity: {workers} independent processes together did {range} the work of one, the ceiling for {workers} workers"
        ))
    }
}

fn join(parts: Vec<String>) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn system(host: &Host) -> Vec<String> {
    let mut parts = vec![host.os.clone(), host.architecture.clone()];
    parts.extend(host.kernel.as_ref().map(|kernel| format!("kernel {kernel}")));
    if host.virtualised == Some(true) {
        parts.push("virtual machine".to_owned());
    }
    parts.extend(host.hostname.as_ref().map(|name| format!("host {name}")));
    parts
}

fn cpus(host: &Host) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(host.affinity.as_ref().map(|cpus| format!("held to CPUs {cpus}")));
    parts.extend(host.cpu_quota.map(|quota| format!("a quota of {}", format::cpus(quota))));
    parts.extend(match (host.smt, host.threads_per_core) {
        (Some(false), _) | (None, Some(1)) => Some("SMT off".to_owned()),
        (_, Some(threads)) => Some(format!("{threads} to a core (SMT)")),
        (Some(true), None) => Some("SMT on".to_owned()),
        (None, None) => None,
    });
    parts.extend(host.turbo.map(|on| format!("turbo {}", if on { "on" } else { "off" })));
    parts.extend(host.governor.as_ref().map(|governor| format!("governor {governor}")));
    parts
}

fn surroundings(host: &Host) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(host.container.as_ref().map(|kind| format!("{kind} container")));
    parts.extend(host.memory_limit_bytes.map(|limit| format!("held to {} of memory", format::bytes(limit))));
    let steal = host.steal.filter(|steal| *steal >= 0.0005);
    parts.extend(steal.map(|steal| format!("{} of the CPUs' time stolen before it", format::percent(steal))));
    let throttled = host.throttled.filter(|times| *times > 0);
    parts.extend(
        throttled
            .map(|times| format!("throttled for heat {} before it", format::count(times as usize, "time"))),
    );
    parts.extend(host.temperature_celsius.map(|degrees| format!("{degrees:.0} °C")));
    parts.extend(host.on_battery.map(|battery| if battery { "on battery" } else { "on mains" }.to_owned()));
    let aslr = |level| if level == 0 { "off" } else { "on" };
    parts.extend(host.aslr.map(|level| format!("address randomisation {}", aslr(level))));
    parts.extend(host.clock_source.as_ref().map(|clock| format!("clock {clock}")));
    parts.extend(host.libc.clone());
    parts.extend(host.loader_env.iter().map(|(name, value)| format!("{name}={value}")));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_said_and_nothing_else() {
        assert_eq!((join(cpus(&Host::default())), join(surroundings(&Host::default()))), (None, None));
        let host = Host {
            affinity: Some("0-1".to_owned()),
            cpu_quota: Some(1.5),
            threads_per_core: Some(2),
            smt: Some(true),
            turbo: Some(false),
            container: Some("docker".to_owned()),
            memory_limit_bytes: Some(1 << 30),
            steal: Some(0.03),
            throttled: Some(0),
            temperature_celsius: Some(61.4),
            on_battery: Some(false),
            aslr: Some(2),
            ..Host::default()
        };
        assert_eq!(cpus(&host), ["held to CPUs 0-1", "a quota of 1.5", "2 to a core (SMT)", "turbo off"]);
        let said = surroundings(&host).join(", ");
        assert!(said.starts_with("docker container, held to 1.00 GiB of memory, 3 % of"), "{said}");
        assert!(said.ends_with("61 °C, on mains, address randomisation on"), "{said}");
    }
}
