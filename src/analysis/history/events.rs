//! What is known to have changed from one run to the next.

use std::collections::BTreeMap;

use super::night::{Night, PythonFacts};
use super::types::{EventKind, HistoryEvent, HistoryRun};
use crate::plural::count;
use crate::record::Host;

/// What makes two machines alike enough to compare their runs: the model and number of their CPUs.
pub(super) fn host(host: &Host) -> String {
    let cpus = host.effective_cpus;
    format!("{}, {cpus} CPU{}", host.cpu_model, if (cpus - 1.0).abs() < f64::EPSILON { "" } else { "s" })
}

/// Returns the machines of those workloads of a merged run that another machine measured.
pub(super) fn other_hosts(night: &Night) -> BTreeMap<String, String> {
    let main = host(&night.host);
    let parts = night.parts.iter().map(|part| (&part.workloads, host(&part.host)));
    let others = parts.filter(|(_, host)| *host != main);
    others.flat_map(|(names, host)| names.iter().map(move |name| (name.clone(), host.clone()))).collect()
}

/// Compared with the run before it on a machine of the same kind; what wasn't there then, with the last
/// time that it was.
pub(super) fn events(nights: &[Night], runs: &[HistoryRun]) -> Vec<HistoryEvent> {
    let mut events = Vec::new();
    let mut pythons: BTreeMap<(&str, &str), &PythonFacts> = BTreeMap::new();
    let mut workloads: BTreeMap<(&str, &str), String> = BTreeMap::new();
    let mut last: BTreeMap<&str, &Night> = BTreeMap::new();
    for (run, (night, HistoryRun { host, .. })) in nights.iter().zip(runs).enumerate() {
        let mut add = |kind, what: Option<&str>, text: String| {
            events.push(HistoryEvent { run, kind, what: what.map(str::to_owned), text });
        };
        if run > 0 && (&runs[run - 1].host, &runs[run - 1].other_hosts) != (host, &runs[run].other_hosts) {
            let others =
                runs[run].other_hosts.iter().map(|(workload, host)| format!("; {workload} on {host}"));
            add(EventKind::Host, None, format!("host: {host}{}", others.collect::<String>()));
        }
        if let Some(before) = last.insert(host, night) {
            if before.tool_version != night.tool_version {
                let text = format!("gilmatrix: {} became {}", before.tool_version, night.tool_version);
                add(EventKind::Tool, None, text);
            }
            if before.baseline != night.baseline {
                let text = format!("baseline: {} became {}", before.baseline, night.baseline);
                add(EventKind::Baseline, None, text);
            }
        }
        for python in &night.interpreters {
            if let Some(before) = pythons.insert((host, &python.name), &python.facts)
                && before != &python.facts
            {
                let text = if before.version == python.facts.version {
                    format!("{}: another build of {}", python.name, before.version)
                } else {
                    format!("{}: {} became {}", python.name, before.version, python.facts.version)
                };
                add(EventKind::Interpreter, Some(&python.name), text);
            }
        }
        for workload in &night.workloads {
            let args = serde_json::Value::Object(workload.args.clone());
            let now = format!("{}, {args}", count(workload.tasks as usize, "task"));
            if let Some(before) = workloads.insert((host, &workload.name), now.clone())
                && before != now
            {
                let text = format!("{}: {before} became {now}", workload.name);
                add(EventKind::Workload, Some(&workload.name), text);
            }
        }
    }
    events
}

impl HistoryEvent {
    /// Whether it touches the figures of a cell of this interpreter and workload, which may be ratios over
    /// a `baseline`.
    pub(crate) fn concerns(&self, interpreter: &str, workload: &str, baseline: Option<&str>) -> bool {
        let what = self.what.as_deref();
        match self.kind {
            EventKind::Host => false,
            EventKind::Tool => true,
            EventKind::Baseline => baseline.is_some(),
            EventKind::Interpreter => what == Some(interpreter) || (what.is_some() && what == baseline),
            EventKind::Workload => what == Some(workload),
        }
    }
}
