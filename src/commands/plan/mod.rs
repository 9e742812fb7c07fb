//! `gilmatrix plan`: what would be run; probes interpreters, runs no workload.

mod as_json;
mod human;
mod shards;

use super::prepare::{MatrixArgs, preview};
use super::{Exit, Failure, output};

const EXAMPLES: &str = "\
Examples:
  gilmatrix plan
  gilmatrix plan matrix.toml -p 3.13t -m threads
  gilmatrix plan --format json | jq '.cells[] | select(.skipped) | .skipped.reason'
  gilmatrix plan --shards 2            what each of two machines would measure
  gilmatrix plan --shards 2 --format github >> $GITHUB_OUTPUT
  gilmatrix plan --shards 2 --budget 20m --format slurm > nightly.sh && sbatch nightly.sh

With `--shards`, every option that is given here is written into what `github` and `slurm` run.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PlanArgs {
    /// Divide the matrix into so many parts; a workload is never divided, since its cells are compared
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    shards: Option<u32>,
    /// Choose what is printed; `github` and `slurm` are for shards
    #[arg(long, value_enum, default_value_t = PlanFormat::Human)]
    format: PlanFormat,
    // Last: options that come after a group with a heading of its own would stand under that heading.
    #[command(flatten)]
    matrix: MatrixArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum PlanFormat {
    Human,
    Json,
    /// A line for `$GITHUB_OUTPUT`: a job matrix
    Github,
    /// A batch script: an array job, and one that merges
    Slurm,
}

/// # Errors
/// As for `run`.
pub(crate) fn run(args: &PlanArgs) -> Result<Exit, Failure> {
    let prepared = preview(&args.matrix)?;
    for warning in prepared.warnings.iter().chain(&prepared.too_short()) {
        output::warn(warning);
    }
    if let Some(count) = args.shards {
        return shards::print(&prepared, &args.matrix, count, args.format);
    }
    match args.format {
        PlanFormat::Human => output::tell(&human::describe(&prepared))?,
        PlanFormat::Json => output::print_json(&as_json::plan(&prepared))?,
        PlanFormat::Github | PlanFormat::Slurm => {
            return Err(Exit::Usage.because("this format is for shards: say in how many with `--shards N`"));
        }
    }
    Ok(Exit::Done)
}
