//! All runs of a folder, as far as a trend needs them.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::analysis::RESULTS_SCHEMA;
use crate::analysis::history::Night;
use crate::commands::{Exit, Failure, output};
use crate::record::{RunDir, RunStatus, readable};

/// Returns the subfolders that hold a run, in the order of their names.
///
/// # Errors
/// The folder can't be read.
pub(super) fn run_dirs(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let refused = |error: std::io::Error| {
        let exit = if error.kind() == std::io::ErrorKind::NotFound { Exit::Usage } else { Exit::Refused };
        exit.because(format!("can't read `{}`: {error}", dir.display()))
    };
    let mut dirs = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let path = entry.path();
        // Hidden ones are on their way out, or somebody else's.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if path.join("run.json").is_file() || path.join("results.json").is_file() {
            dirs.push(path);
        }
    }
    dirs.sort();
    Ok(dirs)
}

/// Reads every run of the folder that ended. One that can't be read is passed over with a warning: a single broken
/// night must not hide a year.
///
/// # Errors
/// The folder can't be read.
pub(super) fn nights(dir: &Path) -> Result<Vec<Night>, Failure> {
    let dirs = run_dirs(dir)?;
    let read = |path: &PathBuf| match night(path) {
        Ok(night) => night,
        // Another job pruned it meanwhile.
        Err(_) if !path.exists() => None,
        Err(reason) => {
            output::warn(&format!("`{}` is left out: {reason}", path.display()));
            None
        }
    };
    Ok(dirs.par_iter().filter_map(read).collect())
}

/// Reads one run; `None` where it is still going on.
fn night(path: &Path) -> Result<Option<Night>, String> {
    let dir = RunDir::open(path);
    let text = match std::fs::read_to_string(path.join("results.json")) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return from_record(&dir),
        Err(error) => return Err(error.to_string()),
    };
    let night: Night = serde_json::from_str(&text).map_err(|error| format!("results.json: {error}"))?;
    if !readable(&night.schema, RESULTS_SCHEMA) {
        return Err(format!(
            "results.json has schema `{}`, this gilmatrix reads `{RESULTS_SCHEMA}`",
            night.schema
        ));
    }
    Ok(Some(night))
}

/// Analyses a run whose results were removed or never written.
fn from_record(dir: &RunDir) -> Result<Option<Night>, String> {
    let run = dir.read_run().map_err(|error| error.to_string())?;
    if run.status == RunStatus::Running && crate::record::in_use(&dir.records()) {
        return Ok(None);
    }
    let results = crate::commands::report::read(dir).map_err(|failure| failure.to_string())?;
    // As it would be read from the file that isn't there.
    let night = serde_json::to_value(&results).and_then(serde_json::from_value);
    night.map(Some).map_err(|error| error.to_string())
}
