//! `gilmatrix report`: from the record alone, without any Python.

mod record;

use std::path::{Path, PathBuf};

use super::{Exit, Failure, compare, output};
use crate::analysis::{self, Results};
use crate::matrix::meant;
use crate::record::{RunDir, RunInfo};
use crate::report::{self, Artifact};

const EXAMPLES: &str = "\
Examples:
  gilmatrix report reports/20261122-134501-5b1d
  gilmatrix report reports/monday reports/tuesday --out both
  gilmatrix report reports/*
  gilmatrix report reports/nightly --format pyperf --format junit
  gilmatrix report reports/nightly --format card   the answer as one picture for a chat: card.svg, card.png
  gilmatrix report reports/nightly --baseline 3.12
  gilmatrix report reports/nightly --redact --out public";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ReportArgs {
    /// Draw these runs; several are drawn each for itself and side by side
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,

    /// Write only this format (repeatable): of each run and, for csv, html, md, svg and png, of all together
    #[arg(long = "format", value_name = "FORMAT", value_parser = clap::builder::PossibleValuesParser::new(report::formats()))]
    formats: Vec<String>,

    /// Leave out names of hosts and users, paths, addresses and values of variables, also in a copy of the record; written
    /// to RUN/redacted unless --out is given
    #[arg(long)]
    redact: bool,

    /// Take speedups over this interpreter's `single` instead of the run's baseline; written to RUN/over-NAME unless
    /// --out is given
    #[arg(long, value_name = "INTERPRETER")]
    baseline: Option<String>,

    /// Write here instead of into the run's directory. Each of several runs gets a folder of its own below it; the
    /// report of all together is written here instead of to `side-by-side` beside the first
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl ReportArgs {
    /// Returns the runs among what was named; what is no run among several, as `reports/*` gives them, is passed over
    /// with a word.
    ///
    /// # Errors
    /// Two runs would write into one folder.
    fn runs_among(&self) -> Result<Vec<&Path>, Failure> {
        let several = self.runs.len() > 1;
        let stray = |path: &&PathBuf| several && path.exists() && !RunDir::open(path).run_json().is_file();
        let (stray, runs): (Vec<&PathBuf>, Vec<&PathBuf>) = self.runs.iter().partition(stray);
        for path in stray {
            output::note(&format!("`{}` is no run: it holds no run.json; left out", path.display()));
        }
        if runs.is_empty() {
            return Err(Exit::Usage.because("none of these is a run: expected directories with a run.json"));
        }
        let mut ids: Vec<(String, &PathBuf)> = Vec::new();
        for path in runs.iter().filter(|_| self.out.is_some() && runs.len() > 1) {
            let id = RunDir::open(path).read_run()?.run_id;
            if let Some((_, other)) = ids.iter().find(|(known, _)| *known == id) {
                let (one, two) = (other.display(), path.display());
                return Err(Exit::Usage.because(format!(
                    "`{one}` and `{two}` are both called `{id}` and would write into one folder of `--out`: leave `--out` away, or one of them"
                )));
            }
            ids.push((id, path));
        }
        Ok(runs.into_iter().map(PathBuf::as_path).collect())
    }

    /// Returns where the files of all runs together go.
    fn together(&self) -> PathBuf {
        let beside = self.runs.first().and_then(|run| run.parent()).unwrap_or_else(|| Path::new(""));
        self.out.clone().unwrap_or_else(|| beside.join("side-by-side"))
    }

    /// Returns where the files of a run go.
    fn target(&self, run: &Path, id: &str) -> PathBuf {
        match &self.out {
            Some(out) if self.runs.len() > 1 => out.join(id),
            Some(out) => out.clone(),
            None if self.baseline.is_some() => {
                let name = self.baseline.as_deref().unwrap_or_default();
                let folder = run.join(format!("over-{}", name.replace(['/', '\\'], "_")));
                if self.redact { folder.join("redacted") } else { folder }
            }
            None if self.redact => run.join("redacted"),
            None => run.to_owned(),
        }
    }
}

/// Draws the reports of runs again.
///
/// # Errors
/// A directory is no run, or can't be written.
pub(crate) fn run(args: &ReportArgs) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    let runs = args.runs_among()?;
    let mut all = Vec::with_capacity(runs.len());
    for path in runs {
        let (results, target) = analysed(args, path)?;
        let dir = RunDir::open(&target);
        if args.formats.is_empty() {
            write(&dir, &results)?;
            show(&results, &target)?;
        } else {
            for artifact in report::render_formats(&results, &args.formats) {
                save(&dir, &artifact)?;
                output::print(&format!("{}\n", target.join(&artifact.path).display()))?;
            }
        }
        exit = exit.or_worse(compare::exit_of_run(&results));
        all.push(results);
    }
    if all.len() > 1 {
        side_by_side(args, &all)?;
    }
    Ok(exit)
}

/// Writes the files of all runs together, and prints their table.
fn side_by_side(args: &ReportArgs, all: &[Results]) -> Result<(), Failure> {
    let folder = args.together();
    let dir = RunDir::open(&folder);
    let wanted = |format: &str| args.formats.is_empty() || args.formats.iter().any(|one| one == format);
    for artifact in report::side_by_side::render(all, wanted) {
        save(&dir, &artifact)?;
        if !args.formats.is_empty() {
            output::print(&format!("{}\n", folder.join(&artifact.path).display()))?;
        }
    }
    if args.formats.is_empty() {
        let width = output::width();
        let table = report::side_by_side::terminal(all, width);
        output::tell(&format!("\n{table}"))?;
        output::note(&format!("side by side: {}", folder.join("report.html").display()));
    }
    Ok(())
}

/// Returns the analysis of a run, and where its files go.
fn analysed(args: &ReportArgs, path: &Path) -> Result<(Results, PathBuf), Failure> {
    let source = RunDir::open(path);
    let mut run = source.read_run()?;
    let mut redactor = args.redact.then(|| record::redactor(&source, &run)).transpose()?;
    let unredacted = record::unredacted(&run);
    if let Some(redactor) = &mut redactor {
        run = redactor.run(&run).map_err(&unredacted)?;
    }
    let baseline = match &args.baseline {
        Some(baseline) => known_baseline(&run, baseline)?,
        None => &run.matrix.interpreters.baseline,
    };
    let target = args.target(path, &run.run_id);
    if args.out.is_none() {
        source.holds_no_link(&target)?;
    }
    let analyse = |records: &mut dyn Iterator<Item = _>| analysis::analyse_over(&run, records, baseline);
    let records = record::records(&source, &run)?;
    let results = match redactor {
        None => record::fold(records, analyse)?,
        Some(mut redactor) => {
            let records = records.map(|record| redactor.redacted(&record?).map_err(&unredacted));
            if args.formats.is_empty() {
                record::keep(&RunDir::open(&target), path, &run, records, analyse)?
            } else {
                record::fold(records, analyse)?
            }
        }
    };
    Ok((results, target))
}

/// # Errors
/// The run measured no interpreter of this name.
fn known_baseline<'a>(run: &RunInfo, name: &'a str) -> Result<&'a str, Failure> {
    let known: Vec<&str> = run.interpreters.iter().map(|known| known.name.as_str()).collect();
    if known.contains(&name) {
        return Ok(name);
    }
    let near = meant(name, &known);
    let text = format!("this run measured no interpreter `{name}`, only {}{near}", known.join(", "));
    Err(Exit::Usage.because(text))
}

/// Analyses a record and writes everything that follows from it.
///
/// # Errors
/// The record can't be read, or the directory can't be written.
pub(super) fn draw(dir: &RunDir) -> Result<Results, Failure> {
    let results = read(dir)?;
    write(dir, &results)?;
    Ok(results)
}

/// Analyses a run's record.
///
/// # Errors
/// The record can't be read.
pub(super) fn read(dir: &RunDir) -> Result<Results, Failure> {
    analysed_as(&dir.read_run()?, dir)
}

/// Analyses a run's record where `run` is read already.
///
/// # Errors
/// The record can't be read.
pub(super) fn analysed_as(run: &RunInfo, dir: &RunDir) -> Result<Results, Failure> {
    record::fold(record::records(dir, run)?, |records| analysis::analyse(run, records))
}

fn write(dir: &RunDir, results: &Results) -> Result<(), Failure> {
    report::render(results).iter().try_for_each(|artifact| save(dir, artifact))
}

/// # Errors
/// A picture can't be drawn, or the file can't be written.
pub(super) fn save(dir: &RunDir, artifact: &Artifact) -> Result<(), Failure> {
    let file = artifact.path.display();
    let failed = |why: &String| Exit::Refused.because(format!("can't draw `{file}`: {why}"));
    Ok(dir.write(&artifact.path, artifact.bytes.as_ref().map_err(failed)?)?)
}

/// Prints the table on standard output, and where the rest is on standard error.
///
/// # Errors
/// Standard output can't be written.
pub(super) fn show(results: &Results, path: &Path) -> Result<(), Failure> {
    let width = output::width();
    output::print(&output::in_locale(&report::terminal::table(results, width, output::color())))?;
    output::note(&format!("report: {}", path.join("report.html").display()));
    Ok(())
}
