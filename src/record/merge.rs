//! Several runs, each a shard of one matrix, become one. Pure: from `run.json`s to a `run.json`, and how
//! the lines of each part are numbered in it.

use std::collections::BTreeSet;

use super::{Against, Host, Invocation, Part, RunInfo, RunStatus, Unmatched};
use crate::interpreter::Interpreter;
use crate::interpreter::packages::recorded;
use crate::matrix::Workload;
use crate::plan::{Shard, SkipKind};

/// Why parts don't make a whole; each one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MergeError {
    #[error("`{0}` is no shard: it was measured without `--shard`")]
    Whole(String),
    #[error("`{first}` and `{second}` are both shard {shard}")]
    Twice { first: String, second: String, shard: Shard },
    #[error("shard {0} is missing")]
    Hole(Shard),
    #[error("`{first}` and `{second}` differ in {what}")]
    Unlike { first: String, second: String, what: String },
    #[error("`{0}` is still being measured, or its runner died: finish it with `gilmatrix run --resume`")]
    Unfinished(String),
}

/// Returns the whole of which `parts` are the shards, named `run_id`.
///
/// # Errors
/// They overlap, one is missing or unfinished, or they are shards of different things.
pub(crate) fn merge(mut parts: Vec<RunInfo>, run_id: &str) -> Result<RunInfo, MergeError> {
    if let Some(part) = parts.iter().find(|part| part.shard.is_none()) {
        return Err(MergeError::Whole(part.run_id.clone()));
    }
    if let Some(part) = parts.iter().find(|part| part.status == RunStatus::Running) {
        return Err(MergeError::Unfinished(part.run_id.clone()));
    }
    parts.sort_by_key(|part| part.shard);
    // Each with each: what lies between two may lack the very interpreter in which they differ.
    for (index, one) in parts.iter().enumerate() {
        for other in &parts[index + 1..] {
            let (first, second) = (one.run_id.clone(), other.run_id.clone());
            if let Some(what) = difference(one, other) {
                return Err(MergeError::Unlike { first, second, what });
            }
            if let Some(shard) = one.shard.filter(|_| one.shard == other.shard) {
                return Err(MergeError::Twice { first, second, shard });
            }
        }
    }
    let shards: Vec<Shard> = parts.iter().filter_map(|part| part.shard).collect();
    let of = shards.first().map_or(0, |shard| shard.of);
    let all = (1..=of).map(|index| Shard { index, of });
    match all.into_iter().find(|shard| !shards.contains(shard)) {
        Some(hole) => Err(MergeError::Hole(hole)),
        None => Ok(whole(&parts, run_id)),
    }
}

fn whole(parts: &[RunInfo], run_id: &str) -> RunInfo {
    let mut whole = parts[0].clone();
    run_id.clone_into(&mut whole.run_id);
    whole.shard = None;
    whole.parts = parts.iter().map(described).collect();
    for part in &parts[1..] {
        for (mine, theirs) in whole.plan.cells.iter_mut().zip(&part.plan.cells) {
            let elsewhere = mine.skipped.as_ref().is_some_and(|skipped| skipped.kind == SkipKind::OtherShard);
            // What was measured was measured, whatever another machine lacks.
            if elsewhere || theirs.skipped.is_none() {
                mine.clone_from(theirs);
            }
        }
        add(&mut whole.interpreters, &part.interpreters);
        if let (Some(mine), Some(theirs)) = (&mut whole.against, &part.against) {
            join(mine, theirs);
        }
        whole.missing.extend(part.missing.iter().cloned());
        whole.warnings.extend(part.warnings.iter().cloned());
        whole.changed.extend(part.changed.iter().cloned());
        whole.started_unix_ns = whole.started_unix_ns.min(part.started_unix_ns);
        whole.finished_unix_ns = whole.finished_unix_ns.max(part.finished_unix_ns);
        if part.status != RunStatus::Completed {
            whole.status = part.status;
        }
    }
    whole.packages = recorded(&whole.interpreters);
    // In the matrix's order, not that of the machines.
    let names: Vec<&str> =
        whole.matrix.interpreters.entries.iter().map(|entry| entry.name.as_str()).collect();
    whole.interpreters.sort_by_key(|it| names.iter().position(|name| *name == it.name));
    whole.missing.retain(|missing| whole.interpreters.iter().all(|found| found.name != missing.name));
    whole.missing.dedup_by(|a, b| a.name == b.name);
    whole.warnings.extend(unlike_hosts(&whole.parts));
    whole.warnings.sort();
    whole.warnings.dedup();
    whole
}

fn add(interpreters: &mut Vec<Interpreter>, others: &[Interpreter]) {
    for other in others {
        match interpreters.iter_mut().find(|known| known.name == other.name) {
            Some(known) => known.environments.extend(other.environments.clone()),
            None => interpreters.push(other.clone()),
        }
    }
}

/// Joins the gates: each part holds its own workloads' cells against the base.
fn join(whole: &mut Against, part: &Against) {
    whole.cells.extend(part.cells.iter().cloned());
    add(&mut whole.interpreters, &part.interpreters);
    for one in &part.unmatched {
        if whole.unmatched.iter().all(|known| known.cell != one.cell) {
            whole.unmatched.push(one.clone());
        }
    }
    // An interpreter that one machine lacks may be on the one that measures the workload.
    let compared = |one: &Unmatched| whole.cells.iter().any(|cell| cell.cell == one.cell);
    whole.unmatched.retain(|one| !compared(one));
}

fn described(part: &RunInfo) -> Part {
    let workloads: BTreeSet<&String> = part.plan.runnable().map(|cell| &cell.workload).collect();
    Part {
        run_id: part.run_id.clone(),
        shard: part.shard,
        host: part.host.clone(),
        workloads: workloads.into_iter().cloned().collect(),
    }
}

/// Says which machines differ: ratios are formed inside a workload, so on one machine, but times of two workloads may
/// be from two.
fn unlike_hosts(parts: &[Part]) -> Option<String> {
    let same = |a: &Host, b: &Host| a.cpu_model == b.cpu_model && a.effective_cpus == b.effective_cpus;
    if parts.windows(2).all(|pair| same(&pair[0].host, &pair[1].host)) {
        return None;
    }
    let on = |part: &Part| {
        let (cpus, workloads) = (part.host.effective_cpus, part.workloads.join(", "));
        let plural = if cpus == 1.0 { "" } else { "s" };
        format!("{workloads} on {} with {cpus} CPU{plural}", part.host.cpu_model)
    };
    let machines: Vec<String> = parts.iter().map(on).collect();
    Some(format!(
        "measured on unlike machines, so times and memory of different workloads don't compare: {}",
        machines.join("; ")
    ))
}

/// Returns the first thing in which two shards differ and must not.
fn difference(a: &RunInfo, b: &RunInfo) -> Option<String> {
    let cells = |run: &RunInfo| run.plan.cells.iter().map(|planned| planned.cell.clone()).collect::<Vec<_>>();
    let version = |run: &RunInfo| (run.harness_sha256.clone(), run.tool_version.clone());
    let plain = [
        (a.shard.map(|shard| shard.of) != b.shard.map(|shard| shard.of), "the number of shards"),
        (a.matrix != b.matrix, "their matrix"),
        (version(a) != version(b), "gilmatrix's version"),
        (cells(a) != cells(b), "their cells"),
        (a.against.is_some() != b.against.is_some(), "whether they are held against a base (`--against`)"),
    ];
    if let Some((_, what)) = plain.iter().find(|(differ, _)| *differ) {
        return Some((*what).to_owned());
    }
    if let Some(name) = other_build(&a.interpreters, &b.interpreters) {
        return Some(format!("the build of `{name}`"));
    }
    base_difference(a.against.as_ref()?, b.against.as_ref()?)
}

fn other_build<'a>(mine: &'a [Interpreter], theirs: &[Interpreter]) -> Option<&'a str> {
    let differs = |one: &&Interpreter| {
        theirs.iter().any(|other| {
            other.name == one.name
                && (other.facts.version != one.facts.version || other.facts.build != one.facts.build)
        })
    };
    mine.iter().find(differs).map(|one| one.name.as_str())
}

/// Returns the first thing in which two bases differ. A commit's checkout lies in another folder on each machine: its contents count.
fn base_difference(a: &Against, b: &Against) -> Option<String> {
    if (&a.request, &a.commit) != (&b.request, &b.commit) {
        return Some("what they are held against".to_owned());
    }
    if (a.fail_on_undecided, a.allow_answers) != (b.fail_on_undecided, b.allow_answers) {
        return Some("what fails their gate".to_owned());
    }
    if let Some(name) = other_build(&a.interpreters, &b.interpreters) {
        return Some(format!("the build of the base's `{name}`"));
    }
    let contents = |workload: &Workload| {
        let script = workload.script.as_ref().map(|script| script.sha256.clone());
        (script, workload.project.as_ref().map(|project| project.sha256.clone()))
    };
    let other = a.workloads.iter().find(|one| {
        b.workloads.iter().any(|other| other.name == one.name && contents(other) != contents(one))
    });
    other.map(|one| format!("the base's `{}`", one.name))
}

/// Numbers the lines of one part after another.
#[derive(Debug, Default)]
pub(crate) struct Renumber {
    /// The ids and blocks that the parts before have used up.
    ids: u64,
    blocks: u64,
    last_id: u64,
    last_block: u64,
}

impl Renumber {
    /// Begins the next part.
    pub(crate) fn next_part(&mut self) {
        (self.ids, self.blocks) = (self.last_id, self.last_block);
    }

    /// Returns the number of the last invocation so far.
    pub(crate) fn last_id(&self) -> u64 {
        self.last_id
    }

    /// Returns a line as it stands in the whole.
    pub(crate) fn apply(&mut self, mut invocation: Invocation) -> Invocation {
        invocation.id += self.ids;
        let shift = self.blocks;
        for block in invocation.values.iter_mut().map(|value| &mut value.block).chain([&mut invocation.block])
        {
            *block = block.map(|block| block + shift);
        }
        self.last_id = self.last_id.max(invocation.id);
        self.last_block = self.last_block.max(invocation.block.unwrap_or(0));
        invocation
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::synthetic::World;
    use crate::plan::Skipped;
    use crate::record::{Budgeted, UnmatchedKind};

    /// Three shards of one matrix, one workload each, each with a gate over its own cells.
    fn shards() -> Vec<RunInfo> {
        let names = ["fib", "json", "sort"];
        let whole = World::new(1, &["3.13", "3.13t"], &names, &["single"], &[1]).run;
        let part = |index: usize| {
            let mut run = whole.clone();
            run.run_id = format!("shard-{}", index + 1);
            run.shard = Some(Shard { index: index as u32 + 1, of: 3 });
            run.status = RunStatus::Completed;
            for planned in run.plan.cells.iter_mut().filter(|it| it.cell.workload != names[index]) {
                let reason = "another measures it".to_owned();
                planned.skipped = Some(Skipped { kind: SkipKind::OtherShard, reason });
            }
            let budget = |cell: &crate::cell::Cell| Budgeted {
                cell: cell.clone(),
                max_slowdown: 0.03,
                max_memory: 0.1,
            };
            run.against = Some(Against {
                request: "git:main".to_owned(),
                commit: Some("abc".to_owned()),
                interpreters: run.interpreters.clone(),
                workloads: run.matrix.workloads.clone(),
                cells: run.plan.runnable().map(budget).collect(),
                unmatched: Vec::new(),
                fail_on_undecided: false,
                allow_answers: false,
            });
            run
        };
        (0..3).map(part).collect()
    }

    #[test]
    fn every_shards_gate_stays() {
        let mut parts = shards();
        let gone = |cell: &crate::cell::Cell, kind| Unmatched {
            cell: cell.clone(),
            kind,
            reason: "gone".to_owned(),
        };
        // A cell that no matrix has any more is vanished to all of them; the first machine lacks 3.13t.
        let vanished =
            crate::cell::Cell { workload: "old".to_owned(), ..parts[0].plan.cells[0].cell.clone() };
        let json = parts[1].against.as_ref().unwrap().cells[1].cell.clone();
        for part in &mut parts {
            part.against.as_mut().unwrap().unmatched.push(gone(&vanished, UnmatchedKind::Vanished));
        }
        let first = parts[0].against.as_mut().unwrap();
        first.unmatched.push(gone(&json, UnmatchedKind::InterpreterMissing));
        let lacks = parts[0].plan.cells.iter_mut().find(|planned| planned.cell == json).unwrap();
        lacks.skipped = Some(Skipped { kind: SkipKind::InterpreterMissing, reason: "not found".to_owned() });
        let whole = merge(parts, "whole").unwrap();
        let against = whole.against.as_ref().unwrap();
        assert_eq!(against.cells.len(), 6);
        let unmatched: Vec<&str> = against.unmatched.iter().map(|one| one.cell.workload.as_str()).collect();
        assert_eq!(unmatched, ["old"]);
        assert_eq!(whole.plan.runnable().count(), 6, "what was measured was measured");
    }

    #[test]
    fn shards_of_different_gates_are_refused() {
        type Change = fn(&mut RunInfo);
        let table: [(Change, &str); 4] = [
            (|run| run.against = None, "whether they are held"),
            (
                |run| run.against.as_mut().unwrap().commit = Some("def".to_owned()),
                "what they are held against",
            ),
            (|run| run.against.as_mut().unwrap().allow_answers = true, "what fails their gate"),
            (
                |run| run.against.as_mut().unwrap().interpreters[0].facts.build = "other".to_owned(),
                "the build of the base's `3.13`",
            ),
        ];
        for (change, expected) in table {
            let mut parts = shards();
            change(&mut parts[2]);
            let message = merge(parts, "whole").unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn builds_are_compared_between_all_shards_not_neighbours_alone() {
        let mut parts = shards();
        parts[1].interpreters.retain(|one| one.name != "3.13t");
        parts[2].interpreters[1].facts.build = "other".to_owned();
        let message = merge(parts, "whole").unwrap_err().to_string();
        assert!(message.contains("`shard-1` and `shard-3` differ in the build of `3.13t`"), "{message}");
    }
}
