//! What differs between runs: said before any figure.

use crate::analysis::Results;

use super::super::{format, methodology};
use super::{RunColumn, SideBySide};

/// A fact that isn't the same in all runs, and each run's.
pub struct Aspect {
    pub name: String,
    pub values: Vec<String>,
}

pub struct Differences {
    /// Sentences, the weightiest first.
    pub said: Vec<String>,
    pub unlike: Vec<Aspect>,
    /// Name and value of what all runs share.
    pub alike: Vec<(String, String)>,
}

/// What a run doesn't have.
const NOT_HERE: &str = "not in this run";

pub fn differences(several: &SideBySide<'_>) -> Differences {
    let runs = &several.runs;
    let mut aspects: Vec<Aspect> = Vec::new();
    for (name, value) in FACTS {
        aspects.push(Aspect {
            name: (*name).to_owned(),
            values: runs.iter().map(|run| value(&run.view)).collect(),
        });
    }
    let (interpreters, workloads) = (interpreters(runs), workloads(runs));
    let said = said(runs, &interpreters, &workloads);
    aspects.extend(interpreters);
    aspects.extend(workloads);
    let (alike, unlike): (Vec<Aspect>, Vec<Aspect>) = aspects.into_iter().partition(is_alike);
    let alike = alike.into_iter().filter_map(|mut one| Some((one.name, one.values.pop()?))).collect();
    Differences { said, unlike, alike }
}

type Fact = fn(&Results) -> String;

const FACTS: &[(&str, Fact)] = &[
    ("host", |run| run.host.hostname.clone().unwrap_or_else(|| "not told".to_owned())),
    ("CPU", |run| run.host.cpu_model.clone()),
    ("usable CPUs", |run| format!("{} of {}", format::cpus(run.host.effective_cpus), run.host.cpus)),
    ("memory", |run| format::bytes(run.host.memory_bytes)),
    ("system", |run| {
        let kernel =
            run.host.kernel.as_deref().map_or_else(String::new, |kernel| format!(", kernel {kernel}"));
        format!("{}, {}{kernel}", run.host.os, run.host.architecture)
    }),
    ("began", |run| format::date(run.started_unix_ns)),
    ("status", |run| methodology::status(run.status).to_owned()),
    ("baseline", |run| run.baseline.clone()),
    ("settled at", |run| format!("±{}", format::percent(run.precision))),
    ("harness", |run| {
        run.harness_sha256.as_deref().map_or("not told", |sum| &sum[..sum.len().min(12)]).to_owned()
    }),
    ("tool", |run| format!("gilmatrix {}", run.tool_version)),
];

fn is_alike(aspect: &Aspect) -> bool {
    aspect.values.windows(2).all(|two| two[0] == two[1])
}

/// One aspect for each name, in order of appearance.
fn named<'a>(runs: &'a [RunColumn<'_>], list: impl Fn(&'a Results) -> Vec<(&'a str, String)>) -> Vec<Aspect> {
    let lists: Vec<Vec<(&str, String)>> = runs.iter().map(|run| list(&run.view)).collect();
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in lists.iter().flatten() {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let value = |list: &Vec<(&str, String)>, name: &str| {
        let found = list.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| NOT_HERE.to_owned(), |(_, text)| text.clone())
    };
    let aspect = |name: &str| Aspect {
        name: name.to_owned(),
        values: lists.iter().map(|list| value(list, name)).collect(),
    };
    names.into_iter().map(aspect).collect()
}

fn interpreters(runs: &[RunColumn<'_>]) -> Vec<Aspect> {
    named(runs, |run| {
        run.interpreters.iter().map(|one| (one.name.as_str(), methodology::build(one))).collect()
    })
}

fn workloads(runs: &[RunColumn<'_>]) -> Vec<Aspect> {
    named(runs, |run| {
        let text = |info: &crate::analysis::WorkloadInfo| {
            let script = info.script_sha256.as_deref();
            let script =
                script.map_or_else(String::new, |sum| format!(", script {}", &sum[..sum.len().min(12)]));
            format!("{}{script}", methodology::workload(info))
        };
        run.workloads.iter().map(|info| (info.name.as_str(), text(info))).collect()
    })
}

/// `A, B`.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn said(runs: &[RunColumn<'_>], interpreters: &[Aspect], workloads: &[Aspect]) -> Vec<String> {
    let mut said = vec![machines(runs)];
    for (what, aspects, then) in [
        ("isn't the same build in all runs", interpreters, ""),
        ("isn't the same work in all runs", workloads, ": only its speedups say something side by side"),
    ] {
        let here = |aspect: &&Aspect| aspect.values.iter().all(|value| value != NOT_HERE);
        let unlike = aspects.iter().filter(here).filter(|aspect| !is_alike(aspect));
        said.extend(unlike.map(|aspect| format!("{} {what}{then}", aspect.name)));
        for aspect in aspects.iter().filter(|aspect| !here(aspect)) {
            let with = runs.iter().zip(&aspect.values).filter(|(_, value)| *value != NOT_HERE);
            said.push(format!(
                "{} is only in {}",
                aspect.name,
                list(with.map(|(run, _)| run.label.as_str()))
            ));
        }
    }
    let differs = |value: Fact| runs.windows(2).any(|two| value(&two[0].view) != value(&two[1].view));
    if differs(|run| run.harness_sha256.clone().unwrap_or_default()) {
        said.push("the harness isn't the same in all runs: what it costs itself may differ".to_owned());
    }
    if differs(|run| run.baseline.clone()) {
        let each = runs.iter().map(|run| format!("{} in {}", run.view.baseline, run.label));
        said.push(format!("the baseline differs: {}", each.collect::<Vec<_>>().join(", ")));
    }
    let unfinished = runs.iter().filter(|run| run.view.unfinished().is_some());
    let unfinished = list(unfinished.map(|run| run.label.as_str()));
    if !unfinished.is_empty() {
        said.push(format!("not ended: {unfinished}"));
    }
    said
}

/// Runs of one machine together, and what follows from their number.
fn machines(runs: &[RunColumn<'_>]) -> String {
    let mut machines: Vec<(&RunColumn<'_>, Vec<&str>)> = Vec::new();
    for run in runs {
        match machines.iter_mut().find(|(first, _)| same_machine(&first.view, &run.view)) {
            Some((_, labels)) => labels.push(&run.label),
            None => machines.push((run, vec![&run.label])),
        }
    }
    if let [(one, _)] = machines.as_slice() {
        let names = runs.iter().map(|run| run.view.host.hostname.as_deref());
        let told = if names.clone().all(|name| name.is_some()) {
            "one machine"
        } else {
            "one machine, as far as they tell"
        };
        return format!(
            "{told} ({}), but not at one time: what lies between two runs may be the hour's, so no ratio is formed between them; `gilmatrix compare` judges two runs",
            machine(&one.view)
        );
    }
    let each =
        machines.iter().map(|(run, labels)| format!("{} on {}", labels.join(", "), machine(&run.view)));
    format!(
        "{} machines: {}; no ratio is formed between machines, every speedup is over a baseline on its own",
        machines.len(),
        each.collect::<Vec<_>>().join("; ")
    )
}

/// A host's name may be left out; what one of the two doesn't tell is no difference.
fn same_machine(one: &Results, other: &Results) -> bool {
    let named = match (&one.host.hostname, &other.host.hostname) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    named
        && one.host.cpu_model == other.host.cpu_model
        && (one.host.effective_cpus - other.host.effective_cpus).abs() < 0.01
}

/// `vm1 (AMD EPYC, 2 CPUs)`.
pub fn machine(run: &Results) -> String {
    let host = &run.host;
    let what = format!("{}, {} CPUs", host.cpu_model, format::cpus(host.effective_cpus));
    host.hostname.as_ref().map_or_else(|| what.clone(), |name| format!("{name}: {what}"))
}
