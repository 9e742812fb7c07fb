//! `gilmatrix plan --shards N`: the parts of a matrix, for people, for GitHub, for Slurm.

use std::fmt::Write as _;

use serde_json::json;

use super::PlanFormat;
use crate::commands::prepare::{MatrixArgs, Prepared};
use crate::commands::{Exit, Failure, output};
use crate::plan::{Shard, divide};

/// The batch script, with `@NAME@` where something of this matrix goes.
const SLURM: &str = include_str!("slurm.sh");

/// Beyond the budget: interpreters and packages that have to come first, reports, a slow node.
const SLACK_MINUTES: u64 = 30;

/// Prints the shards in the format that was asked for.
///
/// # Errors
/// There are fewer workloads than shards.
pub fn print(
    prepared: &Prepared,
    args: &MatrixArgs,
    count: u32,
    format: PlanFormat,
) -> Result<Exit, Failure> {
    let shards = divide(&prepared.plan, count).map_err(|message| Failure::new(Exit::Usage, message))?;
    let parts: Vec<PlannedShard> = (1..)
        .zip(shards)
        .map(|(index, workloads)| PlannedShard {
            shard: Shard { index, of: count },
            cells: prepared.plan.runnable().filter(|cell| workloads.contains(&cell.workload)).count(),
            workloads,
        })
        .collect();
    let arguments = for_a_shell(&args.to_args())?;
    match format {
        PlanFormat::Human => output::print(&human(&parts))?,
        PlanFormat::Json => {
            let shards = all(&parts, &arguments);
            output::print_json(&json!({"schema": "gilmatrix.shards/2", "shards": shards}))?;
        }
        // One line, as `$GITHUB_OUTPUT` takes it.
        PlanFormat::Github => {
            output::print(&format!("matrix={}\n", json!({"include": all(&parts, &arguments)})))?;
        }
        PlanFormat::Slurm => output::print(&slurm(&arguments, prepared.matrix.run.budget_ns, count))?,
    }
    Ok(Exit::Done)
}

struct PlannedShard {
    shard: Shard,
    cells: usize,
    workloads: Vec<String>,
}

fn all(parts: &[PlannedShard], arguments: &str) -> Vec<serde_json::Value> {
    let one = |part: &PlannedShard| {
        json!({
            "shard": part.shard.to_string(), "index": part.shard.index, "cells": part.cells,
            "workloads": part.workloads.join(" "), "arguments": arguments,
        })
    };
    parts.iter().map(one).collect()
}

fn human(parts: &[PlannedShard]) -> String {
    let mut text = String::new();
    for PlannedShard { shard, cells, workloads } in parts {
        let _ = writeln!(text, "{shard}  {cells} cells: {}", workloads.join(", "));
    }
    text
}

fn slurm(arguments: &str, budget_ns: u64, count: u32) -> String {
    let minutes = budget_ns.div_ceil(60_000_000_000) + SLACK_MINUTES;
    // The arguments last: nothing in them is a place to fill.
    SLURM
        .replace("@SHARDS@", &count.to_string())
        .replace("@MINUTES@", &minutes.to_string())
        .replace("@ARGUMENTS@", arguments)
}

/// One string that a shell takes apart into these words again, whatever is in them.
fn for_a_shell(words: &[String]) -> Result<String, Failure> {
    shlex::try_join(words.iter().map(String::as_str))
        .map_err(|error| Failure::new(Exit::Usage, format!("can't be written for a shell: {error}")))
}
