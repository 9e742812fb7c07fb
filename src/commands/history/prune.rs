//! `gilmatrix history DIR --prune`: old runs go, never the newest ones, never one that is under way.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{parse_when, read};
use crate::commands::{Exit, Failure, output};
use crate::record::{RunDir, in_use};

/// Begin of the name of a run that is being removed.
const ASIDE: &str = ".removing-";
/// After so many seconds nobody is removing it any more.
const ABANDONED_S: i64 = 3600;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("limit").multiple(true))]
pub struct Options {
    /// Remove old runs instead; needs --keep, --older-than or both (then a run must be over both)
    #[arg(long, requires = "limit")]
    pub prune: bool,

    /// The newest N runs stay
    #[arg(long, value_name = "N", requires = "prune", group = "limit")]
    keep: Option<usize>,

    /// Only runs from before then go: `90d`, `2026-10-01`
    #[arg(long, value_name = "WHEN", requires = "prune", group = "limit", value_parser = parse_when)]
    older_than: Option<Timestamp>,

    /// Only say what would go
    #[arg(long, requires = "prune")]
    dry_run: bool,
}

/// Removes what the options say and prints each folder.
///
/// # Errors
/// The folder can't be read, or a run can't be removed.
pub fn run(dir: &Path, options: &Options) -> Result<Exit, Failure> {
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
    for path in goes {
        if in_use(&RunDir::open(path).records()) {
            output::warn(&format!("`{}` stays: it is being written", path.display()));
            continue;
        }
        let refused = |error: std::io::Error| {
            Failure::new(Exit::Refused, format!("can't remove `{}`: {error}", path.display()))
        };
        if options.dry_run || remove(path).map_err(refused)? {
            output::print(&format!("{}\n", path.display()))?;
        }
    }
    if !options.dry_run {
        sweep(dir);
    }
    Ok(Exit::Done)
}

/// Of runs sorted by time those that are neither among the newest `keep` nor younger than `before`.
fn chosen(runs: &[(u64, PathBuf)], keep: Option<usize>, before: Option<i128>) -> Vec<&PathBuf> {
    let old = &runs[..runs.len().saturating_sub(keep.unwrap_or(0))];
    old.iter()
        .filter(|(started, _)| before.is_none_or(|before| i128::from(*started) < before))
        .map(|(_, path)| path)
        .collect()
}

/// Out of the way first, so that nobody finds half a run. False: another job was faster.
fn remove(path: &Path) -> std::io::Result<bool> {
    let mut name = std::ffi::OsString::from(ASIDE);
    name.push(path.file_name().unwrap_or_default());
    let aside = path.with_file_name(name);
    match std::fs::rename(path, &aside) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        moved => moved?,
    }
    std::fs::remove_dir_all(&aside)?;
    Ok(true)
}

/// What a job that was killed had moved out of the way. Not at once: another job may be at it.
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
        assert_eq!(names(Some(0), None), "01234");
    }
}
