//! Several runs, each a shard of one matrix, become one. Pure: from `run.json`s to a `run.json`, and how
//! the lines of each part are numbered in it.

use super::{Host, Invocation, Part, RunInfo, RunStatus};
use crate::plan::SkipKind;

/// Why parts don't make a whole; each one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    #[error("`{0}` is no shard: it was measured without `--shard`")]
    Whole(String),
    #[error("`{first}` and `{second}` are both shard {shard}")]
    Twice { first: String, second: String, shard: String },
    #[error("shard {0} is missing")]
    Hole(String),
    #[error("`{first}` and `{second}` differ in {what}")]
    Unlike { first: String, second: String, what: String },
    #[error("`{0}` is still being measured, or its runner died: finish it with `gilmatrix run --resume`")]
    Unfinished(String),
}

/// The whole of which `parts` are the shards, named `run_id`.
///
/// # Errors
/// They overlap, one is missing or unfinished, or they are shards of different things.
pub fn merge(mut parts: Vec<RunInfo>, run_id: &str) -> Result<RunInfo, MergeError> {
    let mut shards = Vec::with_capacity(parts.len());
    for part in &parts {
        let shard = part.shard.ok_or_else(|| MergeError::Whole(part.run_id.clone()))?;
        if part.status == RunStatus::Running {
            return Err(MergeError::Unfinished(part.run_id.clone()));
        }
        shards.push(shard);
    }
    parts.sort_by_key(|part| part.shard);
    shards.sort_unstable();
    for pair in parts.windows(2) {
        alike(&pair[0], &pair[1])?;
        if pair[0].shard == pair[1].shard {
            return Err(MergeError::Twice {
                first: pair[0].run_id.clone(),
                second: pair[1].run_id.clone(),
                shard: pair[0].shard.map(|shard| shard.to_string()).unwrap_or_default(),
            });
        }
    }
    let of = shards.first().map_or(0, |shard| shard.of);
    if let Some(hole) = (1..=of).find(|index| shards.iter().all(|shard| shard.index != *index)) {
        return Err(MergeError::Hole(format!("{hole}/{of}")));
    }
    Ok(whole(&parts, run_id))
}

fn whole(parts: &[RunInfo], run_id: &str) -> RunInfo {
    let mut whole = parts[0].clone();
    run_id.clone_into(&mut whole.run_id);
    whole.shard = None;
    whole.parts = parts.iter().map(described).collect();
    for part in &parts[1..] {
        for (mine, theirs) in whole.plan.cells.iter_mut().zip(&part.plan.cells) {
            if mine.skipped.as_ref().is_some_and(|skipped| skipped.kind == SkipKind::OtherShard) {
                mine.clone_from(theirs);
            }
        }
        for interpreter in &part.interpreters {
            match whole.interpreters.iter_mut().find(|known| known.name == interpreter.name) {
                Some(known) => known.environments.extend(interpreter.environments.clone()),
                None => whole.interpreters.push(interpreter.clone()),
            }
        }
        for (name, packages) in &part.packages {
            let all = whole.packages.entry(name.clone()).or_default();
            all.extend(packages.iter().filter(|package| !all.contains(package)).cloned().collect::<Vec<_>>());
        }
        whole.missing.extend(part.missing.iter().cloned());
        whole.warnings.extend(part.warnings.iter().cloned());
        whole.started_unix_ns = whole.started_unix_ns.min(part.started_unix_ns);
        whole.finished_unix_ns = whole.finished_unix_ns.max(part.finished_unix_ns);
        if part.status != RunStatus::Completed {
            whole.status = part.status;
        }
    }
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

fn described(part: &RunInfo) -> Part {
    let mut workloads: Vec<String> = part.plan.runnable().map(|cell| cell.workload.clone()).collect();
    workloads.dedup();
    workloads.sort();
    workloads.dedup();
    Part { run_id: part.run_id.clone(), shard: part.shard, host: part.host.clone(), workloads }
}

/// Ratios are formed inside a workload, so on one machine; times of two workloads may be from two.
fn unlike_hosts(parts: &[Part]) -> Option<String> {
    let same = |a: &Host, b: &Host| a.cpu_model == b.cpu_model && a.effective_cpus == b.effective_cpus;
    if parts.windows(2).all(|pair| same(&pair[0].host, &pair[1].host)) {
        return None;
    }
    let on = |part: &Part| {
        format!(
            "{} on {} with {} CPUs",
            part.workloads.join(", "),
            part.host.cpu_model,
            part.host.effective_cpus
        )
    };
    let machines: Vec<String> = parts.iter().map(on).collect();
    Some(format!(
        "measured on unlike machines, so times and memory of different workloads don't compare: {}",
        machines.join("; ")
    ))
}

fn alike(a: &RunInfo, b: &RunInfo) -> Result<(), MergeError> {
    let unlike = |what: &str| {
        Err(MergeError::Unlike { first: a.run_id.clone(), second: b.run_id.clone(), what: what.to_owned() })
    };
    if a.shard.map(|shard| shard.of) != b.shard.map(|shard| shard.of) {
        return unlike("the number of shards");
    }
    if a.matrix != b.matrix {
        return unlike("their matrix");
    }
    if a.harness_sha256 != b.harness_sha256 || a.tool_version != b.tool_version {
        return unlike("gilmatrix's version");
    }
    let cells = |run: &RunInfo| run.plan.cells.iter().map(|planned| planned.cell.clone()).collect::<Vec<_>>();
    if cells(a) != cells(b) {
        return unlike("their cells");
    }
    for mine in &a.interpreters {
        let theirs = b.interpreters.iter().find(|it| it.name == mine.name);
        if theirs
            .is_some_and(|it| it.facts.version != mine.facts.version || it.facts.build != mine.facts.build)
        {
            return unlike(&format!("the build of `{}`", mine.name));
        }
    }
    Ok(())
}

/// Numbers the lines of one part after another.
#[derive(Debug, Default)]
pub struct Renumber {
    /// What the parts before have used up.
    ids: u64,
    blocks: u64,
    last_id: u64,
    last_block: u64,
}

impl Renumber {
    /// The next part begins.
    pub fn next_part(&mut self) {
        (self.ids, self.blocks) = (self.last_id, self.last_block);
    }

    /// The line as it stands in the whole.
    pub fn apply(&mut self, mut invocation: Invocation) -> Invocation {
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
