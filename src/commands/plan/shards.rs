//! `gilmatrix plan --shards N`: the parts of a matrix, for people, for GitHub, for Slurm.

use serde_json::json;

use super::PlanFormat;
use crate::commands::prepare::{MatrixArgs, Prepared};
use crate::commands::{Exit, Failure, output};
use crate::plan::{Shard, divide};
use crate::report::format;

/// The batch script, with `@NAME@` where something of this matrix goes.
const SLURM: &str = include_str!("slurm.sh");

/// The time beyond the budget: for interpreters and packages that have to come first, reports, a slow node.
const SLACK_MINUTES: u64 = 30;

/// Prints the shards in the format that was asked for.
///
/// # Errors
/// There are fewer workloads than shards.
pub(super) fn print(
    prepared: &Prepared,
    args: &MatrixArgs,
    count: u32,
    format: PlanFormat,
) -> Result<Exit, Failure> {
    let shards = divide(&prepared.plan, count).map_err(|message| Exit::Usage.because(message))?;
    let arguments = for_a_shell(&args.to_args())?;
    let cells = |workloads: &[String]| {
        prepared.plan.runnable().filter(|cell| workloads.contains(&cell.workload)).count()
    };
    let shards: Vec<PlannedShard<'_>> = (1..)
        .zip(shards)
        .map(|(index, workloads)| PlannedShard {
            shard: Shard { index, of: count }.to_string(),
            index,
            cells: cells(&workloads),
            workloads: workloads.join(" "),
            arguments: &arguments,
        })
        .collect();
    match format {
        PlanFormat::Human => {
            let line = |it: &PlannedShard<'_>| {
                format!("{}  {}: {}\n", it.shard, format::count(it.cells, "cell"), it.workloads)
            };
            output::print(&shards.iter().map(line).collect::<String>())?;
        }
        PlanFormat::Json => {
            output::print_json(&json!({"schema": "gilmatrix.shards/2", "shards": shards}))?;
        }
        // One line, as `$GITHUB_OUTPUT` takes it.
        PlanFormat::Github => output::print(&format!("matrix={}\n", json!({"include": shards})))?,
        PlanFormat::Slurm => output::print(&slurm(&arguments, prepared.matrix.run.budget_ns, count))?,
    }
    Ok(Exit::Done)
}

/// One part of a matrix, with the keys that a job matrix has.
#[derive(Debug, serde::Serialize)]
struct PlannedShard<'a> {
    /// As `--shard` takes it: `1/2`.
    shard: String,
    index: u32,
    cells: usize,
    /// The names, separated by blanks.
    workloads: String,
    /// The arguments of `gilmatrix run`, for a shell.
    arguments: &'a str,
}

fn slurm(arguments: &str, budget_ns: u64, count: u32) -> String {
    let minutes = budget_ns.div_ceil(60_000_000_000) + SLACK_MINUTES;
    // The arguments last: nothing in them is a place to fill.
    SLURM
        .replace("@SHARDS@", &count.to_string())
        .replace("@MINUTES@", &minutes.to_string())
        .replace("@ARGUMENTS@", arguments)
}

/// Returns one string that a shell takes apart into these words again, whatever is in them.
fn for_a_shell(words: &[String]) -> Result<String, Failure> {
    shlex::try_join(words.iter().map(String::as_str))
        .map_err(|error| Exit::Usage.because(format!("can't be written for a shell: {error}")))
}
