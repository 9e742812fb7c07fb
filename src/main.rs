//! The thin binary: parse, dispatch, exit code.

use std::process::ExitCode;

use clap::Parser;
use gilmatrix::cli::Cli;

fn main() -> ExitCode {
    if let Some(exit) = gilmatrix::measure::guard_if_asked() {
        return exit;
    }
    match Cli::parse().dispatch() {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print();
            failure.exit.into()
        }
    }
}
