//! What two runs are compared by: a run's directory, or one of its files.

use std::path::Path;

use crate::analysis::{RESULTS_SCHEMA, Results};
use crate::commands::prepare::folder_of;
use crate::commands::{Exit, Failure, report};
use crate::record::{RunDir, RunInfo, from_json};

/// A run as it was stored.
pub(crate) struct Stored {
    pub results: Results,
    /// `None` where only a `results.json` is there, without its `run.json` beside it.
    pub run: Option<RunInfo>,
}

/// Reads `run:DIR`, a run's directory, its `run.json`, `records.jsonl` or `results.json`. Where the record is
/// there, it is analysed anew; `results.json` alone is taken as it is.
///
/// # Errors
/// Exit 2: this is no run; 5: it can't be read; 6: a newer schema.
pub(crate) fn read(path: &Path) -> Result<Stored, Failure> {
    let path = path.to_str().and_then(|text| text.strip_prefix("run:")).map_or(path, Path::new);
    let no_run = || {
        Err(Exit::Usage.because(format!(
            "`{}` is no run: expected a run's directory, or its `run.json`, `records.jsonl` or `results.json`",
            path.display()
        )))
    };
    if !path.exists() {
        return no_run();
    }
    let (folder, file) = match path.is_dir() {
        true => (path.to_owned(), None),
        false => {
            (folder_of(path).to_owned(), path.file_name().and_then(|name| name.to_str()).map(str::to_owned))
        }
    };
    let dir = RunDir::open(&folder);
    let whole = dir.run_json().is_file() && dir.records().is_file();
    match file.as_deref() {
        None | Some("run.json" | "records.jsonl") if whole => recorded(&dir),
        None if folder.join("results.json").is_file() => results(&folder.join("results.json")),
        Some(_)
            if path.extension().is_some_and(|end| end == "json") && file.as_deref() != Some("run.json") =>
        {
            results(path)
        }
        _ => no_run(),
    }
}

fn recorded(dir: &RunDir) -> Result<Stored, Failure> {
    let run = dir.read_run()?;
    Ok(Stored { results: report::analysed_as(&run, dir)?, run: Some(run) })
}

fn results(path: &Path) -> Result<Stored, Failure> {
    let refused = |error| Exit::Refused.because(format!("can't read `{}`: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(refused)?;
    let results: Results = from_json(&text, RESULTS_SCHEMA, path)?;
    // What was asked says what may be lost. Another run's beside a file that was moved says nothing.
    let beside = RunDir::open(folder_of(path));
    let run = if beside.run_json().is_file() { Some(beside.read_run()?) } else { None };
    Ok(Stored { run: run.filter(|run| run.run_id == results.run_id), results })
}
