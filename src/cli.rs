//! The command line: what can be typed.

use clap::{Parser, Subcommand};

use crate::commands::{self, Exit, Failure, MatrixArgs};

const EXAMPLES: &str = "\
Examples:
  gilmatrix init                       write ./matrix.toml from the interpreters that are here
  gilmatrix run                        measure ./matrix.toml, write reports/<run id>/
  gilmatrix run matrix.toml --quick    the same in at most 30 seconds
  gilmatrix run -p 3.13 -p 3.13t -w fib -m threads -m mp
  gilmatrix try mine.py:work --arg 35  your own function, a verdict within a minute
  gilmatrix plan                       what would be run, what is skipped and why
  gilmatrix pythons                    the interpreters on this machine
  gilmatrix install 3.13t --with-twin  a free-threaded build, and its GIL twin with the same flags
  gilmatrix profile -p 3.13 -m threads -w fib -n 2   a flame graph of one cell
  gilmatrix report reports/<run id>    draw the reports again from the record

Exit codes: 0 done, 1 a regression, 2 the command line or the matrix is wrong,
3 a required interpreter is missing, 4 a cell failed, 5 the machine refused,
6 not comparable, 130 interrupted";

/// Which Python, which way of running it concurrently, and how many workers: measured, with proof of what ran
#[derive(Debug, Parser)]
#[command(name = "gilmatrix", version, about, after_help = EXAMPLES, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure the matrix and write the run's directory
    Run(commands::run::Args),
    /// Your own function across interpreters, modes and workers, no matrix needed
    Try(commands::trial::Args),
    /// Print cells, skipped cells with reasons, and the time it may take; runs no workload
    Plan(commands::plan::Args),
    /// What is on this machine, each with its facts; whether two are comparable
    Pythons(commands::pythons::PythonsArgs),
    /// Get an interpreter through uv, mise, pyenv, or by building its source
    Install(commands::install::InstallArgs),
    /// What would make numbers from this machine untrustworthy, and what to do about it
    Doctor(commands::doctor::Args),
    /// What the tool keeps: interpreters, environments, logs; and removing it
    Cache(commands::cache::Args),
    /// A flame graph of one cell, outside the timed passes; who holds the GIL
    Profile(commands::profile::Args),
    /// Write a commented matrix.toml from the interpreters that are here
    Init(commands::init::Args),
    /// Draw the reports again from the record; starts no Python
    Report(commands::report::Args),
    /// Shards of one matrix become one run
    Merge(commands::merge::Args),
    /// What became slower, faster, heavier between two stored runs; the exit code is a gate's
    Compare(commands::compare::Args),
    /// The trend over many runs, and since when what changed
    History(commands::history::Args),
    /// Print a completion script for a shell
    Completions(commands::completions::Args),
}

impl Cli {
    /// The options of a recorded `run`, where the words are one's.
    pub fn matrix_of_run(words: &[String]) -> Option<MatrixArgs> {
        match Self::try_parse_from(words).ok()?.command {
            Command::Run(args) => Some(args.matrix),
            _ => None,
        }
    }

    /// Runs what was asked for.
    ///
    /// # Errors
    /// What went wrong, with the exit code that it means.
    pub fn dispatch(self) -> Result<Exit, Failure> {
        match self.command {
            Command::Run(args) => commands::run::run(args),
            Command::Try(args) => commands::trial::run(&args),
            Command::Plan(args) => commands::plan::run(&args),
            Command::Pythons(args) => commands::pythons::run(&args),
            Command::Install(args) => commands::install::run(&args),
            Command::Doctor(args) => commands::doctor::run(&args),
            Command::Cache(args) => commands::cache::run(&args),
            Command::Profile(args) => commands::profile::run(&args),
            Command::Init(args) => commands::init::run(&args),
            Command::Report(args) => commands::report::run(&args),
            Command::Merge(args) => commands::merge::run(&args),
            Command::Compare(args) => commands::compare::run(&args),
            Command::History(args) => commands::history::run(&args),
            Command::Completions(args) => commands::completions::run(&args),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    /// Two arguments of one name, a default that isn't allowed: clap finds them only when it is asked.
    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
