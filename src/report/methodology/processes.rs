//! What each workload is for, and what processes and the sampler did.

use indexmap::{IndexMap, IndexSet};

use crate::analysis::{CellResult, Sampling, WorkloadResult};
use crate::interpreter::packages::of_environment_key;
use crate::record::{Blas, Gc};
use crate::report::format;
use crate::report::view::View;

use super::Fact;

impl View<'_> {
    /// Garbage collector, math libraries, passes and sampling; those that a run has nothing of are left out.
    pub(super) fn process_facts(&self) -> impl Iterator<Item = Fact> {
        let gc = shared(self, |cell| &cell.interpreter, |cell| cell.gc.as_ref().map(gc));
        let facts = [
            ("garbage collection", gc),
            ("BLAS threads", shared(self, |cell| &cell.environment, |cell| cell.blas.as_ref().map(blas))),
            ("repeated tasks", repeats(self)),
            ("warm-ups", warm_ups(self)),
            ("packages of variants", packages(self)),
            ("sampling", self.sampling.as_ref().map(sampling)),
        ];
        facts.into_iter().filter_map(|(name, text)| Some((name, text?)))
    }
}

/// Which packages each environment has, where a variant has some of its own.
fn packages(view: &View<'_>) -> Option<String> {
    let all = || view.interpreters.iter().flat_map(|one| one.environments.iter().map(move |it| (one, it)));
    all().find(|(_, (key, _))| of_environment_key(key).1)?;
    let told = all().map(|(one, (key, it))| format!("{key} on {}: {}", one.name, it.packages.join(" ")));
    Some(told.collect::<Vec<_>>().join("; "))
}

/// `fib(n=23) × 12 tasks a pass`.
pub(crate) fn workload(workload: &WorkloadResult) -> String {
    let args: Vec<String> = workload.args.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let args = if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) };
    format!("{}{args} × {} a pass", workload.name, format::count(workload.tasks as usize, "task"))
}

/// What it stresses and what was expected: one line without a period.
pub(crate) fn about(info: &WorkloadResult) -> Option<String> {
    if info.stress.is_empty() {
        return None;
    }
    let expect = if info.expect.is_empty() { String::new() } else { format!("; expected: {}", info.expect) };
    Some(format!("stresses {}{expect}", info.stress))
}

/// Each text that cells have, once; where there are several, with the groups of cells that have it.
fn shared(
    view: &View<'_>,
    group: impl Fn(&CellResult) -> &String,
    text: impl Fn(&CellResult) -> Option<String>,
) -> Option<String> {
    let mut texts: IndexMap<String, IndexSet<&String>> = IndexMap::new();
    for cell in &view.cells {
        if let Some(text) = text(cell) {
            texts.entry(text).or_default().insert(group(cell));
        }
    }
    if texts.len() < 2 {
        return texts.into_keys().next();
    }
    let with_groups = texts.iter().map(|(text, groups)| {
        let groups: Vec<&str> = groups.iter().map(|group| group.as_str()).collect();
        format!("{}: {text}", groups.join(", "))
    });
    Some(with_groups.collect::<Vec<_>>().join("; "))
}

fn gc(gc: &Gc) -> String {
    let on = if gc.enabled { "on during passes" } else { "off during passes" };
    let between = match gc.between_passes.as_str() {
        "collect" => ", collected between them outside the clock".to_owned(),
        other => format!(", between them: {other}"),
    };
    let threshold = gc.threshold.as_ref().map(|numbers| {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        format!(" (thresholds {})", numbers.join(", "))
    });
    format!("{on}{between}{}", threshold.unwrap_or_default())
}

/// The most that a library of the process may have: what threadpoolctl shows, else what the variables
/// say.
pub(crate) fn blas_threads(blas: &Blas) -> Option<u32> {
    let shown = blas.pools.iter().flatten().filter_map(|pool| pool.num_threads).max();
    shown.or_else(|| blas.env.values().filter_map(|value| value.parse().ok()).max())
}

fn blas(blas: &Blas) -> String {
    let threads = blas_threads(blas).map_or("not set".to_owned(), |threads| threads.to_string());
    let mut libraries: Vec<String> = Vec::new();
    for pool in blas.pools.iter().flatten() {
        let parts = [pool.internal_api.as_deref(), pool.version.as_deref()];
        let library = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if !library.is_empty() && !libraries.contains(&library) {
            libraries.push(library);
        }
    }
    match libraries.as_slice() {
        [] if blas.source == "environment" => format!("{threads}, by environment variables"),
        [] => format!("{threads}, seen by {}", blas.source),
        _ => format!("{threads}, seen by {} ({})", blas.source, libraries.join(", ")),
    }
}

fn repeats(view: &View<'_>) -> Option<String> {
    let repeated = view.cells.iter().filter(|cell| cell.repeats > 1);
    let (cells, most) = repeated.fold((0, 0), |(count, most), cell| (count + 1, cell.repeats.max(most)));
    (cells > 0).then(|| {
        format!(
            "up to {most} times in a pass, in {} whose tasks are short for the clock; times are of one",
            format::count(cells, "cell")
        )
    })
}

fn warm_ups(view: &View<'_>) -> Option<String> {
    let rounds = || view.measured().filter_map(|cell| cell.warm_ups);
    let (low, high) = (rounds().min()?, rounds().max()?);
    let range = if low == high { low.to_string() } else { format!("{low} to {high}") };
    Some(format!("{range} in each process before its passes, until every worker was warm"))
}

fn sampling(sampling: &Sampling) -> String {
    let rate = |interval_ns: u64| 1e9 / interval_ns.max(1) as f64;
    let mut text = format!(
        "{} of CPU and memory, {} of them with PSS",
        format::count(sampling.samples as usize, "sample"),
        sampling.pss_samples
    );
    if sampling.asked_interval_ns > 0 {
        text.push_str(&format!(", at {:.0} Hz", rate(sampling.asked_interval_ns)));
    }
    if sampling.wall_ns > 0 {
        let share = |cpu_ns: u64| format!("{:.2} %", cpu_ns as f64 / sampling.wall_ns as f64 * 100.0);
        let (all, pss) = (share(sampling.cpu_ns), share(sampling.pss_cpu_ns));
        text.push_str(&format!("; the sampler itself took {all} of one CPU, {pss} for PSS"));
    }
    if sampling.slowed > 0 {
        text.push_str(&format!(
            "; lowered, to {:.1} Hz at the lowest, in {} of {} invocations to keep within its budget",
            rate(sampling.longest_interval_ns),
            sampling.slowed,
            sampling.invocations
        ));
    }
    text
}
