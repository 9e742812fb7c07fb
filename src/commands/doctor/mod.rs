//! `gilmatrix doctor`: what would make numbers from this machine untrustworthy, and what to do.

mod host;
mod interpreters;
mod self_test;

use serde_json::json;

use super::output::{self, Format};
use super::{Exit, Failure};
use crate::matrix::duration_ns;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  gilmatrix doctor\n  gilmatrix doctor --format json\n  gilmatrix doctor --self-test --budget 5m 3.13"
)]
pub(crate) struct DoctorArgs {
    /// Choose what is printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Find out how often this machine would give a wrong result, by comparing an interpreter with itself, some of
    /// the time slowed by 3 %. Exit 1: more often than promised
    #[arg(long)]
    self_test: bool,
    /// Limit the self-test to this time; several minutes tell more
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration_ns, requires = "self_test")]
    budget: u64,
    /// Compare this interpreter with itself
    #[arg(value_name = "REQUEST", default_value = "python3", requires = "self_test")]
    interpreter: String,
}

/// # Errors
/// Standard output can't be written.
pub(crate) fn run(args: &DoctorArgs) -> Result<Exit, Failure> {
    if args.self_test {
        return self_test::run(&args.interpreter, args.budget, args.format == Format::Json);
    }
    let host = host::of_this_machine();
    let interpreters = interpreters::InterpreterReport::of_this_machine();
    match args.format {
        Format::Json => output::print_json(&json!({
            "schema": "gilmatrix.doctor/1",
            "host": host,
            "comparisons": interpreters.as_json(),
        }))?,
        Format::Human => output::tell(&format!("{}\n{}", host::describe(&host), interpreters.describe()))?,
    }
    Ok(if interpreters.none() { Exit::Missing } else { Exit::Done })
}
