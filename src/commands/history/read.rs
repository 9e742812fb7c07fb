//! All runs of a folder, as far as a trend needs them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::iter::Either;
use rayon::prelude::*;

use super::dates;
use crate::analysis::RESULTS_SCHEMA;
use crate::analysis::history::Night;
use crate::commands::{Exit, Failure, output};
use crate::record::{RunDir, RunStatus, readable};

/// Returns the subfolders that hold a run, in the order of their names, numbers in them counted.
///
/// # Errors
/// The folder can't be read.
pub(super) fn run_dirs(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let refused = |error: std::io::Error| {
        let (exit, hint) = match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => {
                (Exit::Usage, "; name the folder that holds the runs")
            }
            _ => (Exit::Refused, ""),
        };
        exit.because(format!("can't read `{}`: {error}{hint}", dir.display()))
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
    dirs.sort_by_cached_key(|path| dates::counted(&path.to_string_lossy()));
    Ok(dirs)
}

/// Reads every run of the folder that ended. One that can't be read is passed over with a warning: a single broken night
/// must not hide a year. So is one whose date is wrong. Also returns when the newest of those began; 0: there is none.
///
/// # Errors
/// The folder can't be read.
pub(super) fn nights(dir: &Path) -> Result<(Vec<Night>, u64), Failure> {
    let dirs = run_dirs(dir)?;
    let now = u64::try_from(Timestamp::now().as_nanosecond()).unwrap_or(u64::MAX);
    // What doesn't say when it began is the newest if it is the last by its name.
    let last = |path: &PathBuf| if dirs.last() == Some(path) { now } else { 0 };
    let read = dirs.par_iter().map(|path| match night(path) {
        Ok(night) => Ok(night.map(|night| (path, night))),
        // Another job pruned it meanwhile.
        Err(_) if !path.exists() => Ok(None),
        Err(reason) => {
            output::warn(&format!("`{}` is left out: {reason}", path.display()));
            Err(began(path).filter(|at| *at <= now).unwrap_or_else(|| last(path)))
        }
    });
    let (read, broken): (Vec<_>, Vec<u64>) = read.partition_map(|one| match one {
        Ok(night) => Either::Left(night),
        Err(at) => Either::Right(at),
    });
    let read: Vec<(&PathBuf, Night)> = read.into_iter().flatten().collect();
    let names = |(path, night): &(&PathBuf, Night)| (path.display().to_string(), night.started_unix_ns);
    let doubts = dates::doubts(&read.iter().map(names).collect::<Vec<_>>(), now);
    let mut broken = broken.into_iter().max().unwrap_or(0);
    let mut nights = Vec::with_capacity(read.len());
    for ((path, night), doubt) in read.into_iter().zip(doubts) {
        let Some(doubt) = doubt else {
            nights.push(night);
            continue;
        };
        let remedy = "set that machine's clock, and remove this run";
        output::warn(&format!("`{}` is left out: {doubt}; {remedy}", path.display()));
        broken = broken.max(last(path));
    }
    Ok((nights, broken))
}

/// Returns when a run began that can't be read as a whole.
fn began(path: &Path) -> Option<u64> {
    let text = |name: &&str| std::fs::read_to_string(path.join(name)).ok();
    let texts = ["run.json", "results.json"].iter().filter_map(text);
    texts.into_iter().find_map(|text| {
        let digits = text.split_once("\"started_unix_ns\":")?.1.trim_start();
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    })
}

/// Reads one run; `None` where it is still going on.
fn night(path: &Path) -> Result<Option<Night>, String> {
    let dir = RunDir::open(path);
    let text = match std::fs::read_to_string(path.join("results.json")) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return from_record(&dir),
        Err(error) => return Err(error.to_string()),
    };
    let night: Night = match serde_json::from_str(&text) {
        Ok(night) => night,
        // It follows from the record, which may be whole.
        Err(_) if dir.run_json().is_file() => return from_record(&dir),
        Err(error) => return Err(format!("results.json: {error}")),
    };
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
