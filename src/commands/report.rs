//! `gilmatrix report`: from the record alone, without any Python.

use std::path::{Path, PathBuf};

use super::{Exit, Failure, output};
use crate::analysis::{self, Results};
use crate::record::{Invocation, RecordError, RunDir, RunInfo, read_records, to_json};
use crate::report;

const EXAMPLES: &str = "\
Examples:
  gilmatrix report reports/20261122-134501-5b1d
  gilmatrix report reports/*
  gilmatrix report reports/nightly --format pyperf --format junit
  gilmatrix report reports/nightly --redact --out public";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Directories of runs
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,

    /// Write this format alone; may be given several times
    #[arg(long = "format", value_name = "FORMAT", value_parser = clap::builder::PossibleValuesParser::new(report::formats()))]
    formats: Vec<String>,

    /// Leave out host names, user names and paths, in a copy of the record too; goes to RUN/redacted
    /// unless --out is given
    #[arg(long)]
    redact: bool,

    /// Write here instead of into the run's directory; of several runs each gets a folder of its own
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Args {
    /// Where the files of a run go.
    fn target(&self, run: &Path, id: &str) -> PathBuf {
        match &self.out {
            Some(out) if self.runs.len() > 1 => out.join(id),
            Some(out) => out.clone(),
            None if self.redact => run.join("redacted"),
            None => run.to_owned(),
        }
    }
}

/// # Errors
/// A directory is no run, or can't be written.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    let mut all = Vec::with_capacity(args.runs.len());
    for path in &args.runs {
        let (mut info, mut records) = load(&RunDir::open(path))?;
        if args.redact {
            (info, records) = redact(&info, &records)?;
        }
        let target = args.target(path, &info.run_id);
        let dir = RunDir::open(&target);
        if args.redact && args.formats.is_empty() {
            keep(&dir, path, &info, &records)?;
        }
        let results = analysis::analyse(&info, records);
        if args.formats.is_empty() {
            write(&dir, &results)?;
            show(&results, &target)?;
        } else {
            for artifact in report::render_formats(&results, &args.formats) {
                dir.write(&artifact.path, &artifact.bytes)?;
                output::print(&format!("{}\n", target.join(&artifact.path).display()))?;
            }
        }
        if results.counts.failed > 0 {
            exit = Exit::CellFailed;
        }
        all.push(results);
    }
    if all.len() > 1 && args.formats.is_empty() {
        let table = report::terminal::side_by_side(&all, output::width());
        output::print(&format!("\n{}", output::in_locale(&table)))?;
    }
    Ok(exit)
}

/// Reads the record, analyses it, and writes everything that follows from it.
pub(super) fn draw(dir: &RunDir) -> Result<Results, Failure> {
    let results = read(dir)?;
    write(dir, &results)?;
    Ok(results)
}

/// The analysis of a run's record.
pub(super) fn read(dir: &RunDir) -> Result<Results, Failure> {
    let (run, records) = load(dir)?;
    Ok(analysis::analyse(&run, records))
}

fn load(dir: &RunDir) -> Result<(RunInfo, Vec<Invocation>), Failure> {
    let run = dir.read_run()?;
    let records: Vec<_> = match read_records(&dir.records()) {
        Ok(records) => records.collect::<Result<_, RecordError>>()?,
        // Interrupted before the first invocation ended.
        Err(RecordError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    Ok((run, records))
}

/// Who is logged in here counts as a user, too: the record may name them without a path.
fn redact(run: &RunInfo, records: &[Invocation]) -> Result<(RunInfo, Vec<Invocation>), Failure> {
    let users: Vec<String> =
        ["USER", "LOGNAME", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok()).collect();
    let users: Vec<String> = users.into_iter().filter(|user| user != "root").collect();
    report::redact(run, records, &users).map_err(|error| {
        let message = format!(
            "can't redact `{}`: a host or a user has the name of one of its terms: {error}",
            run.run_id
        );
        Failure::new(Exit::Refused, message)
    })
}

/// The record itself, redacted, so that others can draw it again. Never over the original.
fn keep(target: &RunDir, run: &Path, info: &RunInfo, records: &[Invocation]) -> Result<(), Failure> {
    let same = |path: &Path| path.canonicalize().ok();
    if same(target.path()).is_some_and(|target| Some(target) == same(run)) {
        let message = format!("`--out {}` is the run itself: name another directory", run.display());
        return Err(Failure::new(Exit::Usage, message));
    }
    let mut lines = Vec::new();
    for record in records {
        // Our own types have string keys and finite structure, so this can't fail.
        lines.extend(serde_json::to_vec(record).unwrap_or_default());
        lines.push(b'\n');
    }
    target.write_run(info)?;
    target.write("records.jsonl", &lines)?;
    Ok(())
}

fn write(dir: &RunDir, results: &Results) -> Result<(), Failure> {
    dir.write("results.json", &to_json(results))?;
    for artifact in report::render(results) {
        dir.write(&artifact.path, &artifact.bytes)?;
    }
    Ok(())
}

/// The table on standard output, and where the rest is on standard error.
pub(super) fn show(results: &Results, path: &Path) -> Result<(), Failure> {
    // A sign that ASCII writes with two letters makes its line longer.
    let width = output::width() - if output::unicode() { 0 } else { 4 };
    output::print(&output::in_locale(&report::terminal::table(results, width, output::color())))?;
    output::note(&format!("report: {}", path.join("report.html").display()));
    Ok(())
}
