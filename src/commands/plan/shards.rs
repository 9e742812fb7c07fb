//! `gilmatrix plan --shards N`: the parts of a matrix, for people, for GitHub, for Slurm.

use std::fmt::Write as _;

use serde_json::json;

use super::Format;
use crate::commands::prepare::{MatrixArgs, Prepared};
use crate::commands::{Exit, Failure, output};
use crate::plan::{Shard, divide};

/// The batch script, with `@NAME@` where something of this matrix goes.
const SLURM: &str = include_str!("slurm.sh");

/// Prints the shards in the format that was asked for.
///
/// # Errors
/// There are fewer workloads than shards.
pub fn print(prepared: &Prepared, args: &MatrixArgs, count: u32, format: Format) -> Result<Exit, Failure> {
    let shards = divide(&prepared.plan, count).map_err(|message| Failure::new(Exit::Usage, message))?;
    let parts: Vec<Part> = (1..)
        .zip(shards)
        .map(|(index, workloads)| Part {
            shard: Shard { index, of: count },
            cells: prepared.plan.runnable().filter(|cell| workloads.contains(&cell.workload)).count(),
            workloads,
        })
        .collect();
    match format {
        Format::Human => output::print(&human(&parts))?,
        Format::Json => output::print_json(&json!({"schema": "gilmatrix.shards/1", "shards": all(&parts)}))?,
        // One line, as `$GITHUB_OUTPUT` takes it.
        Format::Github => output::print(&format!("matrix={}\n", json!({"include": all(&parts)})))?,
        Format::Slurm => output::print(&slurm(args, count))?,
    }
    Ok(Exit::Done)
}

struct Part {
    shard: Shard,
    cells: usize,
    workloads: Vec<String>,
}

fn all(parts: &[Part]) -> Vec<serde_json::Value> {
    let one = |part: &Part| {
        json!({
            "shard": part.shard.to_string(), "index": part.shard.index, "cells": part.cells,
            "workloads": part.workloads.join(" "),
        })
    };
    parts.iter().map(one).collect()
}

fn human(parts: &[Part]) -> String {
    let mut text = String::new();
    for Part { shard, cells, workloads } in parts {
        let _ = writeln!(text, "{shard}  {cells} cells: {}", workloads.join(", "));
    }
    text
}

fn slurm(args: &MatrixArgs, count: u32) -> String {
    let minutes = args.budget_minutes().unwrap_or(3) + 30;
    SLURM
        .replace("@MATRIX@", &quoted(&args.matrix.display().to_string()))
        .replace("@SHARDS@", &count.to_string())
        .replace("@MINUTES@", &minutes.to_string())
}

/// For a shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_every_path_as_one_word() {
        assert_eq!(quoted("a b/m.toml"), "'a b/m.toml'");
        assert_eq!(quoted("it's; rm -rf"), r"'it'\''s; rm -rf'");
    }
}
