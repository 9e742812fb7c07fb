//! How it was measured: the same facts for every format.

use crate::interpreter::{BuildSetting, Interpreter};
use crate::record::RunStatus;

use super::view;
use super::view::View;
use super::{format, how_host, how_more};

pub use super::how_more::{about, blas_threads, workloads};

/// Name and value of each fact about the run and its machine.
pub fn facts(results: &View<'_>) -> Vec<(&'static str, String)> {
    let host = &results.host;
    let mut facts = vec![
        ("run", results.run_id.clone()),
        ("command", line(&results.command)),
        ("seed", results.seed.to_string()),
        ("status", status(results.status).to_owned()),
        ("measured", measured(results)),
        ("processes launched", results.counts.invocations.to_string()),
        ("settled at", format!("a 95 % interval of ±{} or less", format::percent(results.precision))),
        ("baseline", format!("{} in mode single", results.baseline)),
        ("workloads", results.workloads.iter().map(workload).collect::<Vec<_>>().join("; ")),
        (
            "machine",
            format!(
                "{}, {} of {} usable, {} of memory",
                host.cpu_model,
                format::cpus(host.effective_cpus),
                format::count(host.cpus as usize, "CPU"),
                format::bytes(host.memory_bytes)
            ),
        ),
        ("system", system(results)),
    ];
    facts.extend(how_host::facts(results));
    facts.extend(how_more::facts(results));
    if let Some(load) = host.load_1m {
        facts.push(("load at the start", format!("{load:.2}")));
    }
    if let Some(busy) = host.busy_cpus {
        facts.push(("CPUs busy before it", format::cores(busy)));
    }
    for capacity in &results.capacity {
        let interval = capacity.ci95.map_or_else(String::new, |ci| format!(" ({})", format::interval(ci)));
        facts.push((
            "capacity",
            format!(
                "{} independent {} {} processes do {}{interval} the work of one",
                capacity.cell.workers,
                capacity.cell.interpreter,
                capacity.cell.workload,
                format::ratio(capacity.ratio)
            ),
        ));
    }
    facts.push(("tool", format!("gilmatrix {}", results.tool_version)));
    facts
}

/// The ceiling that every speedup has to be read against: what independent processes reach together
/// at the number of workers that the pictures show.
pub fn capacity(results: &View<'_>) -> Option<String> {
    let workers = view::focus_workers(results);
    let ratios: Vec<f64> = view::capacities(results, workers).map(|capacity| capacity.ratio).collect();
    let Some((low, high)) =
        ratios.iter().copied().reduce(f64::min).zip(ratios.iter().copied().reduce(f64::max))
    else {
        let tried = results.capacity.iter().any(|capacity| capacity.cell.workers == workers);
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

/// One line on an interpreter's build.
pub fn interpreter(interpreter: &Interpreter) -> String {
    let facts = &interpreter.facts;
    let mut parts = vec![
        format!("{} {}", facts.implementation, facts.version),
        if facts.free_threaded() { "free-threaded" } else { "GIL" }.to_owned(),
        format!("from {}", interpreter.provider),
    ];
    parts.extend(facts.optimisation.clone());
    for (name, known) in [("PGO", facts.pgo), ("LTO", facts.lto)] {
        if known == BuildSetting::Configured {
            parts.push(name.to_owned());
        }
    }
    if facts.pgo == BuildSetting::Unknown && facts.lto == BuildSetting::Unknown {
        parts.push("PGO and LTO unknown".to_owned());
    }
    if facts.jit_enabled == Some(true) {
        parts.push("JIT on".to_owned());
    }
    if facts.debug {
        parts.push("debug build".to_owned());
    }
    if facts.prerelease {
        parts.push("prerelease".to_owned());
    }
    parts.extend(facts.compiler.clone());
    parts.join(", ")
}

/// Said before the verdict where the run didn't come to its end.
pub fn unfinished(results: &View<'_>) -> Option<&'static str> {
    match results.status {
        RunStatus::Completed => None,
        RunStatus::Running => Some("this run did not end: the runner stopped without closing it"),
        RunStatus::Interrupted => Some("this run was interrupted: what follows is what it had measured"),
        RunStatus::Failed => Some("this run failed: what follows is what it had measured"),
    }
}

pub fn status(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "not ended",
        RunStatus::Completed => "completed",
        RunStatus::Interrupted => "interrupted",
        RunStatus::Failed => "failed",
    }
}

fn measured(results: &View<'_>) -> String {
    let start = format::date(results.started_unix_ns);
    match results.finished_unix_ns.and_then(|end| end.checked_sub(results.started_unix_ns)) {
        Some(took) => format!("{start}, in {}", format::ns(took)),
        None => start,
    }
}

/// `fib(n=23) × 12 tasks a pass`.
pub fn workload(workload: &crate::analysis::WorkloadInfo) -> String {
    let args: Vec<String> = workload.args.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let args = if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) };
    format!("{}{args} × {} tasks a pass", workload.name, workload.tasks)
}

fn system(results: &View<'_>) -> String {
    let host = &results.host;
    let mut parts = vec![host.os.clone(), host.architecture.clone()];
    parts.extend(host.kernel.as_ref().map(|kernel| format!("kernel {kernel}")));
    if host.virtualised == Some(true) {
        parts.push("virtual machine".to_owned());
    }
    parts.extend(host.hostname.as_ref().map(|name| format!("host {name}")));
    parts.join(", ")
}

/// The command that does the same again: as it was typed, with the seed that was drawn.
pub fn repeat(results: &View<'_>) -> String {
    let mut words = results.command.clone();
    if let Some(program) = words.first_mut() {
        *program = "gilmatrix".to_owned();
    }
    if !words.iter().any(|word| word == "--seed" || word.starts_with("--seed=")) {
        words.extend(["--seed".to_owned(), results.seed.to_string()]);
    }
    // A run is never written over: the next one gets a folder of its own.
    if let Some(place) = words.iter().position(|word| word == "--out") {
        words.drain(place..words.len().min(place + 2));
    }
    words.retain(|word| !word.starts_with("--out="));
    line(&words)
}

fn line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word of a command line, in quotes where a shell would take it apart.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// What stands where an interpreter's figures would have stood.
pub fn missing(results: &View<'_>) -> Vec<String> {
    results
        .missing
        .iter()
        .map(|missing| match &missing.hint {
            Some(hint) => format!("{}: {}; {hint}", missing.name, missing.reason),
            None => format!("{}: {}", missing.name, missing.reason),
        })
        .collect()
}

/// The verdict's first line: how much stands and what is wrong.
pub fn headline(results: &View<'_>) -> String {
    view::tally(results)
}
