//! `gilmatrix run`.

mod resume;

use std::path::PathBuf;

use super::against::{AgainstArgs, attach};
use super::engine::{RunOptions, execute};
use super::output::Format;
use super::prepare::{MatrixArgs, prepare};
use super::{Exit, Failure};
use crate::plan::Shard;

const EXAMPLES: &str = "\
Examples:
  gilmatrix run                              ./matrix.toml within its own budget
  gilmatrix run matrix.toml --install        get missing interpreters first
  gilmatrix run --quick                      measure a part of it in at most 30 seconds
  gilmatrix run -w fib -m threads -m mp -n 2 -p 3.13 -p 3.13t
  gilmatrix run --budget 10m --precision 2% --out reports/careful
  gilmatrix run --resume reports/<run id>    go on after an interruption, a crash or kill -9
  gilmatrix run --against git:main           fail if a cell is slower than at main (docs/ci.md)
  gilmatrix run --format json | jq .event    events as JSON lines";

/// The options that a run that goes on has in its directory already.
const RESTART: [&str; 15] = [
    "matrix",
    "quick",
    "interpreters",
    "workloads",
    "modes",
    "not_interpreters",
    "not_workloads",
    "not_modes",
    "workers",
    "precision",
    "install",
    "out",
    "seed",
    "shard",
    "against",
];

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunArgs {
    /// Go on with a run that was broken off, whatever ended it, with the options it was started with; `--budget`
    /// gives it more time
    #[arg(long, value_name = "RUN", conflicts_with_all = RESTART)]
    resume: Option<PathBuf>,
    /// Write the run's directory here [default: reports/<run id>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Shuffle every order by this seed [default: drawn at random and recorded]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Measure one part of the matrix, as `1/2`: see `gilmatrix plan --shards` and `gilmatrix merge`
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Print a table at the end, or events as JSON lines
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    // Last: options that come after a group with a heading of its own would stand under that heading.
    #[command(flatten)]
    matrix: MatrixArgs,
    #[command(flatten)]
    against: AgainstArgs,
}

/// Measures a matrix.
///
/// # Errors
/// See the exit codes of [`Exit`].
pub(crate) fn run(args: RunArgs) -> Result<Exit, Failure> {
    if let Some(path) = &args.resume {
        return resume::resume(
            path,
            args.matrix.options.overrides.budget,
            args.matrix.options.offline,
            args.format,
        );
    }
    let mut prepared = prepare(&args.matrix)?;
    if let Some(shard) = args.shard {
        prepared.keep_shard(shard)?;
    }
    let _base = attach(&args.against, &args.matrix, &mut prepared)?;
    let too_short = prepared.too_short();
    prepared.warnings.extend(too_short);
    let run_options = RunOptions {
        matrix_path: args.matrix.matrix.display().to_string(),
        out: args.out,
        seed: args.seed,
        format: args.format,
        budget_ns: prepared.matrix.run.budget_ns,
        ..RunOptions::default()
    };
    execute(&prepared, &run_options)?.exit()
}
