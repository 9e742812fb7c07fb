//! `gilmatrix doctor`: what would make numbers from this machine untrustworthy, and what to do.

mod host;
mod interpreters;

use clap::ValueEnum;
use serde_json::json;

use super::{Exit, Failure, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  gilmatrix doctor\n  gilmatrix doctor --format json")]
pub struct Args {
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// # Errors
/// Standard output can't be written.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let host = host::of_this_machine();
    let interpreters = interpreters::Interpreters::of_this_machine();
    match args.format {
        Format::Json => output::print_json(&json!({
            "schema": "gilmatrix.doctor/1",
            "host": host,
            "comparisons": interpreters.as_json(),
        }))?,
        Format::Human => output::print(&format!("{}\n{}", host::describe(&host), interpreters.describe()))?,
    }
    Ok(if interpreters.none() { Exit::Missing } else { Exit::Done })
}
