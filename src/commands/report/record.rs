//! The record behind a report, invocation by invocation: a run may be larger than memory.

use std::io::Write as _;
use std::path::Path;

use crate::atomic::write_atomic_with;
use crate::commands::{Exit, Failure};
use crate::record::{Invocation, RunDir, RunInfo};
use crate::report::Redactor;

/// Reads the record, one invocation after the other in the order in which they ended.
///
/// # Errors
/// The file can't be opened; as an item: what is wrong with a line.
pub(super) fn records(
    dir: &RunDir,
    run: &RunInfo,
) -> Result<impl Iterator<Item = Result<Invocation, Failure>> + use<>, Failure> {
    Ok(dir.read_records(run)?.map(|line| line.map_err(Failure::from)))
}

/// Returns what `analyse` makes of the records.
///
/// # Errors
/// The first bad one.
pub(super) fn fold<T>(
    records: impl Iterator<Item = Result<Invocation, Failure>>,
    analyse: impl FnOnce(&mut dyn Iterator<Item = Invocation>) -> T,
) -> Result<T, Failure> {
    let mut failed = None;
    let mut sound = records.map_while(|record| record.map_err(|error| failed = Some(error)).ok());
    let found = analyse(&mut sound);
    drop(sound);
    failed.map_or(Ok(found), Err)
}

/// Returns a redactor that takes who is logged in here for a user, too: the record may name them without a path.
///
/// # Errors
/// The record can't be read.
pub(super) fn redactor(dir: &RunDir, run: &RunInfo) -> Result<Redactor, Failure> {
    let users: Vec<String> =
        ["USER", "LOGNAME", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok()).collect();
    let users: Vec<String> = users.into_iter().filter(|user| user != "root").collect();
    Redactor::of(run, records(dir, run)?, &users)
}

/// Returns what a failed redaction ends with.
pub(super) fn unredacted(run: &RunInfo) -> impl Fn(serde_json::Error) -> Failure + use<> {
    let id = run.run_id.clone();
    move |error| {
        Exit::Refused.because(format!(
            "can't redact `{id}`: a host or a user has the name of one of its terms: {error}"
        ))
    }
}

/// Writes the records to another run's directory, so that others can draw it again, while `analyse` reads them. Never
/// over the original.
///
/// # Errors
/// As of [`fold`]; the directory is the run's own, or can't be written.
pub(super) fn keep<T>(
    target: &RunDir,
    original: &Path,
    run: &RunInfo,
    records: impl Iterator<Item = Result<Invocation, Failure>>,
    analyse: impl FnOnce(&mut dyn Iterator<Item = Invocation>) -> T,
) -> Result<T, Failure> {
    let same = |path: &Path| path.canonicalize().ok();
    if same(target.path()).is_some_and(|target| Some(target) == same(original)) {
        let text = format!("`--out {}` is the run itself: name another directory", original.display());
        return Err(Exit::Usage.because(text));
    }
    target.write_run(run)?;
    let refused = |error: std::io::Error| {
        let path = target.records();
        Exit::Refused.because(format!("can't write `{}`: {error}", path.display()))
    };
    let written = write_atomic_with(&target.records(), |file| {
        let kept = records.map(|record| {
            let record = record?;
            // Our own types have string keys and finite structure: only the disk can refuse.
            let line = serde_json::to_writer(&mut *file, &record).map_err(std::io::Error::from);
            line.and_then(|()| file.write_all(b"\n")).map_err(refused)?;
            Ok(record)
        });
        fold(kept, analyse).map_err(Stopped::Record)
    });
    written.map_err(|stopped| match stopped {
        Stopped::Record(failure) => failure,
        Stopped::Disk(error) => refused(error),
    })
}

/// Why a copy of the record wasn't written to its end.
enum Stopped {
    Record(Failure),
    Disk(std::io::Error),
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}
