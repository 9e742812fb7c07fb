//! gilmatrix drives real Python interpreters and refuses to print a number it cannot stand behind.
//!
//! Data flows one way; each part reads what stands left of it and nothing to its right:
//!
//! ```text
//! matrix -> interpreter -> plan -> measure -> record -> pairing -> doubts -> analysis -> report
//! ```
//!
//! Everything right of `record` works from files alone and never starts Python. The ground floor serves all: `cell` is
//! the noun, `stats` takes numbers and gives numbers, `platform` is the only part that knows one system from another,
//! `process` starts and ends programs, `harness` is the embedded Python, `parallel` does independent work on all CPUs.
//! `pairing` and `doubts` are pure, so `measure` reads them, too. `commands` wires the parts together, one file or folder per command.

mod analysis;
mod atomic;
mod cell;
mod cli;
mod commands;
mod doubts;
mod harness;
pub mod internals;
mod interpreter;
mod matrix;
mod measure;
mod pairing;
mod parallel;
mod plan;
mod platform;
mod plural;
mod process;
mod record;
mod report;
mod sha256;
mod stats;

use std::process::ExitCode;

/// What this build calls itself: the version, and for a release build the commit.
const VERSION: &str = env!("GILMATRIX_VERSION");

/// Runs the program: parses the command line, does what it asks for, and returns the exit code.
pub fn run() -> ExitCode {
    if let Some(exit) = measure::guard_if_asked() {
        return exit;
    }
    platform::ignore_file_size();
    match <cli::Cli as clap::Parser>::parse().dispatch() {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print();
            failure.exit.into()
        }
    }
}
