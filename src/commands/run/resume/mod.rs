//! `run --resume RUN`: goes on where a run was broken off, whatever it died of.

mod changes;

use std::path::Path;

use crate::commands::engine::{RunOptions, execute_in};
use crate::commands::output::{self, Format};
use crate::commands::prepare::{MatrixArgs, PrepareOptions, Prepared, complete, prepare};
use crate::commands::{Exit, Failure, compare, report};
use crate::measure::unix_ns;
use crate::record::{Journal, RUN_SCHEMA, RunDir, RunInfo, RunStatus};

/// Goes on with a run. `budget_ns` gives it more time from now on; `None`: it has what is left of its own.
///
/// # Errors
/// 5: there is no such run, or another gilmatrix is at it; 6: something has changed since; otherwise
/// as for a new run.
pub(super) fn resume(
    path: &Path,
    budget_ns: Option<u64>,
    offline: bool,
    format: Format,
) -> Result<Exit, Failure> {
    let dir = RunDir::open(path);
    dir.read_run()?;
    let mut journal = Journal::open(&dir.records())?;
    // Again: the runner that had the lock may have ended between the two.
    let mut info = dir.read_run()?;
    if info.status == RunStatus::Completed && budget_ns.is_none() {
        drop(journal);
        return nothing_to_do(&dir, format);
    }
    if info.against.is_some() {
        return Err(Exit::NotComparable.because(
            "a run with `--against` can't be resumed: what it was held against may be gone; start it again",
        ));
    }
    let mut prepared = prepare_again(&info, offline)?;
    if let Some(shard) = info.shard {
        prepared.keep_shard(shard)?;
    }
    let changes = changes::since(&info, &prepared);
    if !changes.is_empty() {
        return Err(Exit::NotComparable.because(format!(
            "`{}` can't be resumed: what it measured has changed since\n  {}\nundo that, or start a new run",
            path.display(),
            changes.join("\n  ")
        )));
    }
    // What was lost of a record can't be gone on from, and its numbers would be given again.
    dir.read_records(&info)?.try_for_each(|record| record.map(drop))?;
    info.status = RunStatus::Running;
    info.invocations = None;
    info.finished_unix_ns = None;
    info.resumed_unix_ns.push(unix_ns());
    let run_options = RunOptions {
        matrix_path: info.matrix_path.clone(),
        out: Some(path.to_owned()),
        seed: Some(info.seed),
        format,
        budget_ns: budget_ns.unwrap_or(prepared.matrix.run.budget_ns),
        ..RunOptions::default()
    };
    execute_in(&prepared, &run_options, &dir, info, &mut journal, budget_ns.is_some())?.exit()
}

fn nothing_to_do(dir: &RunDir, format: Format) -> Result<Exit, Failure> {
    output::note("this run is complete: nothing to resume; `--budget` gives it more time");
    // Drawn again all the same: the runner may have died while it drew.
    let results = report::draw(dir)?;
    if format == Format::Human {
        report::show(&results, dir.path())?;
    }
    Ok(compare::exit_of_run(&results))
}

/// Plans what the run was started with again, as it comes to today.
fn prepare_again(info: &RunInfo, offline: bool) -> Result<Prepared, Failure> {
    if let Some(mut options) = info.options.clone() {
        options.offline |= offline;
        return prepare(&MatrixArgs { matrix: info.matrix_path.clone().into(), options });
    }
    if info.schema != RUN_SCHEMA {
        return Err(Exit::NotComparable.because(format!(
            "an older gilmatrix started this run and didn't note its options (schema `{}`): start it again",
            info.schema
        )));
    }
    // No matrix file (`try`): the matrix stands in the run itself.
    complete(info.matrix.clone(), &PrepareOptions::new(Path::new("."), offline))
}
