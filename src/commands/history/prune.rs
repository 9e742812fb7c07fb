//! `gilmatrix history DIR --prune`: old runs go, never the newest one, never one that is under way.

use std::path::{Path, PathBuf};

use jiff::{Span, Timestamp};

use super::{parse_when, read};
use crate::commands::prepare::folder_of;
use crate::commands::{Exit, Failure, output};
use crate::record::{Hold, RunDir, hold};

/// How the name of a run begins that is being removed.
const ASIDE: &str = ".removing-";
/// After this many seconds nobody is removing it any more.
const ABANDONED_S: i64 = 3600;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("limit").multiple(true))]
pub(super) struct Options {
    /// Remove old runs instead; needs --keep, --older-than, or both (then a run must be over both limits)
    #[arg(long, requires = "limit", conflicts_with_all = ["since", "cells", "min_change", "alarm", "format", "out"])]
    pub prune: bool,

    /// Keep the newest N runs; the newest one always stays
    #[arg(long, value_name = "N", requires = "prune", group = "limit",
        value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,

    /// Remove only runs from before then: `90d`, `3mo`, `2026-10-01`
    #[arg(long, value_name = "WHEN", requires = "prune", group = "limit", value_parser = parse_age)]
    older_than: Option<Timestamp>,

    /// Say what would be removed, and remove nothing
    #[arg(long, requires = "prune")]
    dry_run: bool,
}

/// Removes what the options say and prints each folder.
///
/// # Errors
/// The folder can't be read, or a run can't be removed.
pub(super) fn run(dir: &Path, options: &Options) -> Result<Exit, Failure> {
    let mut runs = Vec::new();
    for path in read::run_dirs(dir)? {
        // What isn't ours for certain is left alone.
        match RunDir::open(&path).read_run() {
            Ok(run) => runs.push((run.started_unix_ns, path)),
            // Another job removed it meanwhile.
            Err(_) if !path.exists() => {}
            Err(error) => output::warn(&format!("`{}` stays: {error}", path.display())),
        }
    }
    runs.sort();
    let goes = chosen(&runs, options.keep, options.older_than.map(|at| at.as_nanosecond()));
    let mut failure = None;
    for path in goes {
        // Until it is gone: who resumed it in between would measure into nothing.
        let Hold::Ours(_held) = hold(&RunDir::open(path).records()) else {
            output::warn(&format!("`{}` stays: it is being written", path.display()));
            continue;
        };
        match if options.dry_run { Ok(true) } else { remove(path) } {
            Ok(true) => output::print(&format!("{}\n", path.display()))?,
            Ok(false) => {}
            // The others go all the same.
            Err(error) => {
                let text = format!("can't remove `{}`: {error}", path.display());
                if let Some(before) = failure.replace(text) {
                    output::warn(&before);
                }
            }
        }
    }
    if !options.dry_run {
        sweep(dir);
    }
    failure.map_or(Ok(Exit::Done), |text| Err(Exit::Refused.because(text)))
}

/// Reads a time that is long enough ago: `3m` is three minutes, and whoever means months would lose everything.
fn parse_age(text: &str) -> Result<Timestamp, String> {
    let at = parse_when(text)?;
    let fine = |span: Span| {
        span.get_minutes() != 0
            || span.get_seconds() != 0
            || span.get_milliseconds() != 0
            || span.get_microseconds() != 0
            || span.get_nanoseconds() != 0
    };
    if text.parse().is_ok_and(fine) {
        return Err("expected hours or more, as `90d` or `3mo`: `m` are minutes".to_owned());
    }
    match at.checked_add(Span::new().hours(1)) {
        Ok(later) if later <= Timestamp::now() => Ok(at),
        _ => Err("that is less than an hour ago: nearly every run would be older".to_owned()),
    }
}

/// Returns the runs that are neither among the newest `keep` (one at least) nor younger than `before`; `runs` is
/// sorted by time.
fn chosen(runs: &[(u64, PathBuf)], keep: Option<u32>, before: Option<i128>) -> Vec<&PathBuf> {
    let old = &runs[..runs.len().saturating_sub(keep.unwrap_or(1).max(1) as usize)];
    old.iter()
        .filter(|(started, _)| before.is_none_or(|before| i128::from(*started) < before))
        .map(|(_, path)| path)
        .collect()
}

/// Moves a run out of the way, so that nobody finds half of it, and removes it. Returns false where another job was
/// faster.
fn remove(path: &Path) -> std::io::Result<bool> {
    // A name of its own: what an earlier job left is not in the way.
    let aside = tempfile::Builder::new().prefix(ASIDE).tempdir_in(folder_of(path))?;
    match std::fs::rename(path, aside.path().join("run")) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        moved => moved?,
    }
    aside.close()?;
    Ok(true)
}

/// Removes what a job that was killed had moved out of the way. Not at once: another job may be at it.
fn sweep(dir: &Path) {
    use std::os::unix::fs::MetadataExt;
    let old = |entry: &std::fs::DirEntry| {
        let moved = entry.metadata().map_or(i64::MAX, |facts| facts.ctime());
        moved.saturating_add(ABANDONED_S) < Timestamp::now().as_second()
    };
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let left = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(ASIDE) && old(entry));
    // What can't be removed now goes the next time; no run is among it.
    left.for_each(|entry| drop(std::fs::remove_dir_all(entry.path())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_must_be_over_every_limit_that_is_given() {
        let runs: Vec<(u64, PathBuf)> = (0..5).map(|at| (at, PathBuf::from(at.to_string()))).collect();
        let names = |keep, before| {
            chosen(&runs, keep, before).iter().map(|path| path.display().to_string()).collect::<String>()
        };
        assert_eq!(names(Some(2), None), "012");
        assert_eq!(names(None, Some(2)), "01");
        assert_eq!(names(Some(4), Some(3)), "0");
        assert_eq!(names(Some(9), None), "");
        assert_eq!((names(Some(0), None), names(None, Some(9))), ("0123".to_owned(), "0123".to_owned()));
    }

    #[test]
    fn what_is_hardly_past_is_no_age() {
        for text in ["3m", "1d 3m", "0d", "-1d", "59s", "2999-01-01", "0h"] {
            assert!(parse_age(text).is_err(), "{text}");
        }
        for text in ["1h", "90d", "3mo", "1y", "2020-01-01"] {
            assert!(parse_age(text).is_ok(), "{text}");
        }
    }
}
