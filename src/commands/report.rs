//! `gilmatrix report`: from the record alone, without any Python.

use std::path::{Path, PathBuf};

use super::{Exit, Failure, output};
use crate::analysis::{self, Results};
use crate::record::{RecordError, RunDir, read_records, to_json};
use crate::report;

const EXAMPLES: &str = "\
Examples:
  gilmatrix report reports/20261122-134501-5b1d
  gilmatrix report reports/*";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Directories of runs
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,
}

/// # Errors
/// A directory is no run, or can't be written.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    for path in &args.runs {
        let results = draw(&RunDir::open(path))?;
        show(&results, path)?;
        if results.counts.failed > 0 {
            exit = Exit::CellFailed;
        }
    }
    Ok(exit)
}

/// Reads the record, analyses it, and writes everything that follows from it.
pub(super) fn draw(dir: &RunDir) -> Result<Results, Failure> {
    let run = dir.read_run()?;
    let records: Vec<_> = match read_records(&dir.records()) {
        Ok(records) => records.collect::<Result<_, RecordError>>()?,
        // Interrupted before the first invocation ended.
        Err(RecordError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let results = analysis::analyse(&run, records);
    dir.write("results.json", &to_json(&results))?;
    for artifact in report::render(&results) {
        dir.write(&artifact.path, &artifact.bytes)?;
    }
    Ok(results)
}

/// The table on standard output, and where the rest is on standard error.
pub(super) fn show(results: &Results, path: &Path) -> Result<(), Failure> {
    output::print(&report::terminal::table(results, output::width(), output::color()))?;
    output::note(&format!("report: {}", path.join("report.html").display()));
    Ok(())
}
