//! The command line: what can be typed.

use clap::{CommandFactory, Parser, Subcommand};

use crate::commands::{self, Exit, Failure};

const EXAMPLES: &str = "\
Examples:
  gilmatrix try mine.py:work --arg 35  measure your own function; an answer within a minute
  gilmatrix init                       write ./matrix.toml from the interpreters that are here
  gilmatrix run                        measure ./matrix.toml, write reports/<run id>/
  gilmatrix run matrix.toml --quick    measure a part of it in at most 30 seconds
  gilmatrix run -p 3.13 -p 3.13t -w fib -m threads -m mp
  gilmatrix plan                       print what would be run, what is skipped and why
  gilmatrix pythons                    list the interpreters on this machine
  gilmatrix check numpy lxml           does it run without the GIL, and what turns it on?
  gilmatrix install 3.13t --with-twin  get a free-threaded build and its twin with the GIL
  gilmatrix profile -p 3.13 -m threads -w fib -n 2   draw a flame graph of one cell
  gilmatrix report reports/<run id>    draw the reports again from the record

Exit codes: 0 done, 1 a regression, 2 the command line or the matrix is wrong, \
3 a required interpreter is missing, 4 a cell failed, 5 the machine refused, \
6 not comparable, 130 interrupted";

/// What a bare `gilmatrix` prints.
const FIRST_STEPS: &str = "\
gilmatrix measures which Python, which way of running it concurrently and how many workers suit your work best.

Start with one of these:
  gilmatrix try mine.py:work   measure the function `work` of your file mine.py; an answer within a minute
  gilmatrix init               write ./matrix.toml from the interpreters that are here; `gilmatrix run` measures it
  gilmatrix pythons            list the interpreters that are here

`gilmatrix help` lists every command, `gilmatrix help COMMAND` its options.";

/// Measure which Python, which way of running it concurrently, and how many workers are best, with proof of what ran
#[derive(Debug, Parser)]
#[command(name = "gilmatrix", version = crate::VERSION, about, after_help = EXAMPLES, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<CliCommand>,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// Measure your own function across interpreters, modes and workers, without a matrix
    Try(commands::trial::TryArgs),
    /// Measure the matrix and write the run's directory
    Run(commands::run::RunArgs),
    /// Write a commented matrix.toml from the interpreters that are here
    Init(commands::init::InitArgs),
    /// Print the cells, the skipped ones with reasons, and the time it may take; run no workload
    Plan(commands::plan::PlanArgs),
    /// List the Python interpreters here and check whether two can be compared
    Pythons(commands::pythons::PythonsArgs),
    /// Check whether packages run without the GIL, and what turns it on
    Check(commands::check::CheckArgs),
    /// Get an interpreter through uv, mise or pyenv, or by building its source
    Install(commands::install::InstallArgs),
    /// Find what would make numbers from this machine untrustworthy, and say what to do about it
    Doctor(commands::doctor::DoctorArgs),
    /// Draw a flame graph of one cell, outside the timed passes, and show who holds the GIL
    Profile(commands::profile::ProfileArgs),
    /// Draw the reports again from the record; start no Python
    Report(commands::report::ReportArgs),
    /// Find what became slower, faster or heavier between two stored runs; the exit code is a gate's
    Compare(commands::compare::CompareArgs),
    /// Show the trend over many runs, and since when what changed
    History(commands::history::HistoryArgs),
    /// Merge the shards of a matrix into one run
    Merge(commands::merge::MergeArgs),
    /// List what gilmatrix keeps (interpreters, environments, logs), or remove it
    Cache(commands::cache::CacheArgs),
    /// Print a completion script for a shell
    Completions(commands::completions::CompletionsArgs),
}

impl Cli {
    /// Runs what was asked for.
    ///
    /// # Errors
    /// Returns what went wrong, with the exit code that it means.
    pub(crate) fn dispatch(self) -> Result<Exit, Failure> {
        let Some(command) = self.command else {
            return Err(Failure::rendered(Exit::Usage, FIRST_STEPS.to_owned()));
        };
        match command {
            CliCommand::Run(args) => commands::run::run(args),
            CliCommand::Try(args) => commands::trial::run(&args),
            CliCommand::Plan(args) => commands::plan::run(&args),
            CliCommand::Pythons(args) => commands::pythons::run(&args),
            CliCommand::Check(args) => commands::check::run(&args),
            CliCommand::Install(args) => commands::install::run(&args),
            CliCommand::Doctor(args) => commands::doctor::run(&args),
            CliCommand::Cache(args) => commands::cache::run(&args),
            CliCommand::Profile(args) => commands::profile::run(&args),
            CliCommand::Init(args) => commands::init::run(&args),
            CliCommand::Report(args) => commands::report::run(&args),
            CliCommand::Merge(args) => commands::merge::run(&args),
            CliCommand::Compare(args) => commands::compare::run(&args),
            CliCommand::History(args) => commands::history::run(&args),
            CliCommand::Completions(args) => commands::completions::run(&args, &mut self::command()),
        }
    }
}

/// Returns the command line as clap knows it, for man pages and completions.
pub fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    /// Two arguments of one name, a default that isn't allowed: clap finds them only when it is asked.
    #[test]
    fn no_sentence_of_help_is_broken_before_the_terminal_breaks_it() {
        let mut all = vec![super::command()];
        all.extend(super::command().get_subcommands().cloned());
        for command in all {
            // Examples are lines of their own.
            let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let sentences = text.split("\n\n").filter(|part| !part.starts_with("Examples:"));
            for sentence in sentences {
                assert!(!sentence.contains('\n'), "{}: {sentence}", command.get_name());
            }
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        super::command().debug_assert();
    }
}
