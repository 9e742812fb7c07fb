//! The plan for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use indexmap::IndexMap;

use crate::commands::prepare::Prepared;
use crate::matrix::{SweepPoint, Until, Workload};
use crate::record::Host;
use crate::report::{format, one_line};

/// Describes interpreters, workloads, the cells by interpreter and workload, what is skipped by reason, and the time.
pub(super) fn describe(prepared: &Prepared) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{line}");
    };
    line("interpreters".to_owned());
    for found in &prepared.interpreters {
        let baseline = if found.name == prepared.matrix.interpreters.baseline { ", baseline" } else { "" };
        let build = if found.facts.free_threaded() { "free-threaded" } else { "GIL" };
        line(format!(
            "  {:<8} {} {build}{baseline}: {}",
            found.name,
            found.facts.version,
            one_line(&found.command.join(" "))
        ));
    }
    for missing in &prepared.missing {
        line(format!("  {:<8} missing: {}", missing.name, one_line(&missing.told("; "))));
    }
    line("\nworkloads".to_owned());
    for workload in &prepared.matrix.workloads {
        // Sizes of one workload say the same: the first speaks for all.
        if workload.sweep.as_ref().is_none_or(|sweep| first_size(prepared, sweep, &workload.name)) {
            line(format!("  {}", about(workload)));
        }
    }
    line(format!("\ncells: {}", prepared.plan.runnable().count()));
    for (name, modes) in groups(prepared) {
        line(format!("  {name}: {}", modes.join(", ")));
    }
    if prepared.plan.cells.iter().any(|planned| planned.oversubscribed && planned.skipped.is_none()) {
        line(format!(
            "  ! more workers, or BLAS threads of theirs, than {}",
            usable(prepared.effective_cpus)
        ));
    }
    let mut skipped: BTreeMap<&str, u32> = BTreeMap::new();
    for reason in prepared.plan.cells.iter().filter_map(|planned| planned.skipped.as_ref()) {
        *skipped.entry(&reason.reason).or_default() += 1;
    }
    if !skipped.is_empty() {
        line(format!("\nskipped: {}", skipped.values().sum::<u32>()));
        for (reason, count) in skipped {
            line(format!("  {count:>4}  {}", one_line(reason)));
        }
    }
    let budget = format::ns(prepared.matrix.run.budget_ns);
    let ends = match prepared.matrix.run.until {
        Until::Answered => "every question is answered",
        Until::Settled => "every cell is settled",
    };
    line(format!("\ntime: at most {budget}, less once {ends}"));
    text
}

/// So many CPUs, and what limits them.
fn usable(count: f64) -> String {
    let host = Host { cpu_quota: crate::platform::cpu_quota(), ..Host::default() };
    match host.is_quota(count) {
        true => format!("{} CPUs serves", host.usable_cpus(count)),
        false => format!("the {} that can be used", format::cpu_count(count)),
    }
}

/// Returns the modes that run, for each interpreter and workload in the plan's order.
fn groups(prepared: &Prepared) -> IndexMap<String, Vec<String>> {
    let mut groups: IndexMap<String, Vec<String>> = IndexMap::new();
    for planned in prepared.plan.cells.iter().filter(|planned| planned.skipped.is_none()) {
        let cell = &planned.cell;
        let mark = if planned.oversubscribed { "!" } else { "" };
        let group = groups.entry(format!("{} {}", cell.interpreter, cell.workload)).or_default();
        group.push(format!("{}{mark}", cell.short(true)));
    }
    groups
}

fn first_size(prepared: &Prepared, sweep: &SweepPoint, name: &str) -> bool {
    let same = |other: &&Workload| other.sweep.as_ref().is_some_and(|it| it.family == sweep.family);
    prepared.matrix.workloads.iter().find(same).is_some_and(|first| first.name == name)
}

/// Returns what a workload does (`fib: function calls; expected: …`), or where its code is.
fn about(workload: &Workload) -> String {
    let mut text = format!("{:<8} ", format!("{}:", workload.code()));
    match (&workload.script, &workload.command) {
        (Some(script), _) => text.push_str(&one_line(&script.path.display().to_string())),
        (None, Some(command)) => text.push_str(&one_line(&command.command.join(" "))),
        (None, None) => text.push_str(&workload.stress),
    }
    if !workload.expect.is_empty() {
        let _ = write!(text, "; expected: {}", workload.expect);
    }
    text
}
