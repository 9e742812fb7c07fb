//! What differs between runs: said before any figure.

use indexmap::IndexMap;

use crate::analysis::{Results, WorkloadResult};

use super::super::{format, methodology};
use super::{RunColumn, SideBySide};

/// What a fact is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Subject {
    Run,
    Build,
    Work,
}

/// A fact, and what each run says of it; `None`: the run doesn't have what it is about.
pub(super) struct FactByRun {
    subject: Subject,
    pub name: String,
    pub values: Vec<Option<String>>,
}

impl FactByRun {
    fn is_alike(&self) -> bool {
        self.values.windows(2).all(|two| two[0] == two[1])
    }

    fn is_everywhere(&self) -> bool {
        self.values.iter().all(Option::is_some)
    }
}

pub(super) struct Differences {
    /// Sentences, the weightiest first.
    pub said: Vec<String>,
    pub unlike: Vec<FactByRun>,
    /// What all runs share.
    pub alike: Vec<FactByRun>,
}

impl Differences {
    pub(super) fn of(several: &SideBySide<'_>) -> Self {
        let runs = &several.runs;
        let mut told: IndexMap<(Subject, &str), Vec<Option<String>>> = IndexMap::new();
        for (place, run) in runs.iter().enumerate() {
            for (subject, name, value) in facts(&run.view) {
                told.entry((subject, name)).or_insert_with(|| vec![None; runs.len()])[place] = Some(value);
            }
        }
        let fact = |((subject, name), values): ((Subject, &str), _)| FactByRun {
            subject,
            name: name.to_owned(),
            values,
        };
        let mut facts_by_run: Vec<FactByRun> = told.into_iter().map(fact).collect();
        facts_by_run.sort_by_key(|one| one.subject);
        let said = said(runs, &facts_by_run);
        let (alike, unlike) = facts_by_run.into_iter().partition(FactByRun::is_alike);
        Self { said, unlike, alike }
    }
}

fn facts(run: &Results) -> Vec<(Subject, &str, String)> {
    let host = &run.host;
    let told = |text: Option<&str>| text.unwrap_or("not told").to_owned();
    let kernel = host.kernel.as_deref().map_or_else(String::new, |kernel| format!(", kernel {kernel}"));
    let of_run = [
        ("host", told(host.hostname.as_deref())),
        ("CPU", host.cpu_model.clone()),
        ("usable CPUs", format!("{} of {}", format::cpus(host.effective_cpus), host.cpus)),
        ("memory", format::bytes(host.memory_bytes)),
        ("system", format!("{}, {}{kernel}", host.os, host.architecture)),
        ("began", format::date(run.started_unix_ns)),
        ("status", methodology::status(run.status).to_owned()),
        ("baseline", run.baseline.clone()),
        ("settled at", format!("±{}", format::percent(run.precision))),
        ("harness", told(run.harness_sha256.as_deref().map(short))),
        ("tool", format!("gilmatrix {}", run.tool_version)),
    ];
    let builds = run.interpreters.iter().map(|one| (Subject::Build, &*one.name, methodology::build(one)));
    let work = |info: &WorkloadResult| {
        let script = info.script_sha256.as_deref().map(|sum| format!(", script {}", short(sum)));
        format!("{}{}", methodology::workload(info), script.unwrap_or_default())
    };
    let works = run.workloads.iter().map(|info| (Subject::Work, &*info.name, work(info)));
    let of_run = of_run.into_iter().map(|(name, value)| (Subject::Run, name, value));
    of_run.chain(builds).chain(works).collect()
}

fn short(sum: &str) -> &str {
    // A file may hold anything in its place.
    sum.get(..12).unwrap_or(sum)
}

/// `A, B`: the runs that are meant.
fn labels<'a>(runs: &'a [RunColumn<'_>], meant: impl Fn(usize, &'a RunColumn<'_>) -> bool) -> String {
    let meant = runs.iter().enumerate().filter(|(place, run)| meant(*place, run));
    meant.map(|(_, run)| run.label.as_str()).collect::<Vec<_>>().join(", ")
}

fn said(runs: &[RunColumn<'_>], facts_by_run: &[FactByRun]) -> Vec<String> {
    let mut said = vec![machines(runs)];
    for (subject, unlike) in [
        (Subject::Build, "isn't the same build in all runs"),
        (Subject::Work, "isn't the same work in all runs: only its speedups say something side by side"),
    ] {
        let unequal = || facts_by_run.iter().filter(|one| one.subject == subject && !one.is_alike());
        let everywhere = unequal().filter(|one| one.is_everywhere());
        said.extend(everywhere.map(|one| format!("{} {unlike}", one.name)));
        let only = |one: &FactByRun| labels(runs, |place, _| one.values[place].is_some());
        let somewhere = unequal().filter(|one| !one.is_everywhere());
        said.extend(somewhere.map(|one| format!("{} is only in {}", one.name, only(one))));
    }
    let differs = |name: &str| {
        facts_by_run.iter().any(|one| one.subject == Subject::Run && one.name == name && !one.is_alike())
    };
    if differs("harness") {
        said.push("the harness isn't the same in all runs: what it costs itself may differ".to_owned());
    }
    if differs("baseline") {
        let each = runs.iter().map(|run| format!("{} in {}", run.view.baseline, run.label));
        said.push(format!("the baseline differs: {}", each.collect::<Vec<_>>().join(", ")));
    }
    let unfinished = labels(runs, |_, run| run.view.unfinished().is_some());
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
        let named = runs.iter().all(|run| run.view.host.hostname.is_some());
        let told = if named { "one machine" } else { "one machine, as far as they tell" };
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
    let (one, other) = (&one.host, &other.host);
    one.hostname.as_ref().zip(other.hostname.as_ref()).is_none_or(|(one, other)| one == other)
        && one.cpu_model == other.cpu_model
        && (one.effective_cpus - other.effective_cpus).abs() < 0.01
}

/// `vm1: AMD EPYC, 2 CPUs`.
pub(super) fn machine(run: &Results) -> String {
    let host = &run.host;
    let name = host.hostname.as_ref().map_or_else(String::new, |name| format!("{name}: "));
    format!("{name}{}, {}", host.cpu_model, format::cpu_count(host.effective_cpus))
}
