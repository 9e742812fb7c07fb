//! `gilmatrix run`.

mod engine;
mod execute;
mod listen;

use std::path::PathBuf;

use clap::ValueEnum;

use super::against::{AgainstArgs, attach};
use super::prepare::{MatrixArgs, prepare};
use super::{Exit, Failure};

pub(super) use engine::{look_into, probe};
pub(super) use execute::{Done, Order, execute};

const EXAMPLES: &str = "\
Examples:
  gilmatrix run                              ./matrix.toml within its own budget
  gilmatrix run matrix.toml --install        get missing interpreters first
  gilmatrix run --quick                      a first look in at most 30 seconds
  gilmatrix run -w fib -m threads -m mp -n 2 -p 3.13 -p 3.13t
  gilmatrix run --budget 10m --precision 2% --out reports/careful
  gilmatrix run --against git:main           fail if a cell is slower than at main (docs/ci.md)
  gilmatrix run --format json | jq .event    events as JSON lines";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    matrix: MatrixArgs,
    #[command(flatten)]
    against: AgainstArgs,
    /// Where the run's directory goes [default: reports/<run id>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Decides every order that is shuffled; drawn at random, and recorded, where not given
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// What goes to standard output: a table at the end, or events as JSON lines
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

/// # Errors
/// See the exit codes of [`Exit`].
pub fn run(args: Args) -> Result<Exit, Failure> {
    let mut prepared = prepare(&args.matrix)?;
    let _base = attach(&args.against, &args.matrix, &mut prepared)?;
    let order = Order {
        matrix_path: args.matrix.matrix.display().to_string(),
        out: args.out,
        seed: args.seed,
        format: args.format,
        budget_ns: prepared.matrix.run.budget_ns,
    };
    execute(&prepared, &order)?.exit()
}
