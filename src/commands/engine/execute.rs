//! From a prepared matrix to a run's directory, the same for every command that measures.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::changed::{Packages, changed};
use super::{listen, runtime};
use crate::analysis::{Results, run_diff};
use crate::commands::output::Format;
use crate::commands::prepare::Prepared;
use crate::commands::{Exit, Failure, compare, output, report};
use crate::harness;
use crate::interpreter::packages::recorded;
use crate::measure::{Ended, Event, host, unix_ns};
use crate::plan::SkipKind;
use crate::record::{Journal, RUN_SCHEMA, RecordError, RunDir, RunInfo, RunStatus};

/// How a prepared matrix is run, and where its directory goes.
#[derive(Default)]
pub(crate) struct RunOptions {
    /// The path of the matrix as it was given, or what stands for it where there is no file.
    pub matrix_path: String,
    /// The run's directory; `None`: a new one below `reports/`.
    pub out: Option<PathBuf>,
    pub seed: Option<u64>,
    pub format: Format,
    /// The time that is left of the matrix's budget.
    pub budget_ns: u64,
    /// What the caller tells by itself at the end; the record has it among its warnings.
    pub notes: Vec<String>,
    /// The caller shows the results itself.
    pub quiet: bool,
}

/// A run that has been measured, analysed and shown.
pub(crate) struct FinishedRun {
    pub results: Results,
    pub path: PathBuf,
    ended: Ended,
}

impl FinishedRun {
    /// Returns how the command ends.
    ///
    /// # Errors
    /// Nothing was measured.
    pub(crate) fn exit(&self) -> Result<Exit, Failure> {
        match self.ended {
            Ended { interrupted: true, .. } => Ok(Exit::Interrupted),
            Ended { invocations: 0, .. } => {
                Err(Exit::CellFailed.because("nothing was measured: give it a larger `--budget`"))
            }
            _ => Ok(compare::exit_of_run(&self.results)),
        }
    }
}

/// Measures the plan into its directory, draws the reports and shows the table.
///
/// # Errors
/// There is nothing to run, or the machine refused.
pub(crate) fn execute(prepared: &Prepared, options: &RunOptions) -> Result<FinishedRun, Failure> {
    let cells = prepared.plan.runnable().count();
    if cells == 0 {
        let skipped = prepared.plan.cells.iter().filter_map(|it| it.skipped.as_ref());
        let reasons: BTreeSet<&str> =
            skipped.filter(|it| it.kind != SkipKind::Filtered).map(|it| it.reason.as_str()).collect();
        let message = match reasons.first() {
            Some(only) if reasons.len() == 1 => format!("every cell of this matrix is skipped: {only}"),
            _ => "every cell of this matrix is skipped: `gilmatrix plan` says why".to_owned(),
        };
        let exit = if prepared.interpreters.is_empty() { Exit::Missing } else { Exit::Usage };
        return Err(exit.because(message));
    }
    let seed = options.seed.or(prepared.matrix.run.seed).unwrap_or_else(|| unix_ns() & 0xffff_ffff);
    let started = unix_ns();
    let (dir, mut journal) = match &options.out {
        Some(path) => RunDir::create(path)?,
        None => own_dir(&run_id(started, seed))?,
    };
    let path = dir.path().to_owned();
    let mut info = describe(&options.matrix_path, prepared, seed, started, &path);
    info.warnings.extend(options.notes.iter().cloned());
    // Before any record: a directory with records and nothing that says of what could neither be resumed
    // nor used again.
    let ended = dir
        .write_run(&info)
        .map_err(Failure::from)
        .and_then(|()| execute_in(prepared, options, &dir, info, &mut journal, false));
    if ended.is_err() {
        dir.discard(journal);
    }
    ended
}

/// Measures into a directory that exists, for a new run and for one that goes on. With `budget_anew` the budget
/// begins now; else what the run has used of it counts.
///
/// # Errors
/// The machine refused.
pub(crate) fn execute_in(
    prepared: &Prepared,
    options: &RunOptions,
    dir: &RunDir,
    mut info: RunInfo,
    journal: &mut Journal,
    budget_anew: bool,
) -> Result<FinishedRun, Failure> {
    let (path, seed, cells) = (dir.path().to_owned(), info.seed, prepared.plan.runnable().count());
    dir.write_run(&info)?;
    let records = dir.read_records(&info)?;
    let mut listener = listen::listener(options.format, prepared.against.is_none() && !options.quiet);
    listener(Event::Started {
        cells: cells as u32,
        skipped: (prepared.plan.cells.len() - cells) as u32,
        budget_ns: options.budget_ns,
        directory: path.display().to_string(),
        seed,
    });
    for text in info.warnings.iter().filter(|text| !options.notes.contains(text)) {
        listener(Event::Warning { text: text.clone() });
    }
    let packages = Packages::now(prepared);
    let ended =
        runtime::measure(prepared, seed, options.budget_ns, budget_anew, records, journal, &mut *listener);
    drop(listener);
    info.changed.extend(changed(prepared, &packages));
    info.finished_unix_ns = Some(unix_ns());
    info.status = match &ended {
        Ok(Ended { interrupted: true, .. }) => RunStatus::Interrupted,
        Ok(_) => RunStatus::Completed,
        Err(_) => RunStatus::Failed,
    };
    info.invocations = ended.as_ref().ok().map(|ended| u64::from(ended.invocations));
    // A full disk refuses this too; the reason to tell is the first one.
    let noted = dir.write_run(&info);
    let ended = ended?;
    noted?;
    let results = report::draw(dir)?;
    match tell(&results, &path, options) {
        // A closed terminal ended the run: nobody is left to be told.
        Err(_) if ended.interrupted => {}
        told => told?,
    }
    Ok(FinishedRun { results, path, ended })
}

/// Shows what was found, unless the caller does.
fn tell(results: &Results, path: &Path, options: &RunOptions) -> Result<(), Failure> {
    match options.format {
        _ if options.quiet => Ok(()),
        Format::Human => {
            let mut shown = results.clone();
            shown.warnings.retain(|warning| !options.notes.contains(&warning.text));
            report::show(&shown, path)?;
            compare::show_gate(results)
        }
        Format::Json => {
            if let Some(found) = run_diff::of_gate(results) {
                output::print(&format!("{}\n", serde_json::json!({ "event": "gate", "changes": found })))?;
            }
            output::note(&format!("report: {}", path.join("report.html").display()));
            Ok(())
        }
    }
}

/// Makes a directory below `reports/`; a second run that starts in the same second with the same seed gets a number.
fn own_dir(run_id: &str) -> Result<(RunDir, Journal), RecordError> {
    let taken = |error: &RecordError| match error {
        RecordError::Locked { .. } => true,
        RecordError::Io { source, .. } => source.kind() == std::io::ErrorKind::AlreadyExists,
        _ => false,
    };
    let mut number = 1;
    loop {
        let name = if number == 1 { run_id.to_owned() } else { format!("{run_id}-{number}") };
        match RunDir::create(&Path::new("reports").join(name)) {
            Err(error) if number < 1000 && taken(&error) => number += 1,
            other => return other,
        }
    }
}

/// Returns the time in UTC and the seed's last digits: `20261122-134501-5b1d`.
fn run_id(started_unix_ns: u64, seed: u64) -> String {
    let time = jiff::Timestamp::from_nanosecond(i128::from(started_unix_ns)).unwrap_or_default();
    format!("{}-{:04x}", time.strftime("%Y%m%d-%H%M%S"), seed & 0xffff)
}

fn describe(matrix_path: &str, prepared: &Prepared, seed: u64, started: u64, path: &Path) -> RunInfo {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        run_id: name.unwrap_or_else(|| run_id(started, seed)),
        tool_version: crate::VERSION.to_owned(),
        command: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
        matrix_path: matrix_path.to_owned(),
        matrix: prepared.matrix.clone(),
        options: prepared.options.clone(),
        seed,
        host: host::host(prepared.matrix.run.cpus.as_ref()),
        interpreters: prepared.interpreters.clone(),
        missing: prepared.missing.clone(),
        plan: prepared.plan.clone(),
        modes: prepared.catalogue.kinds(),
        packages: recorded(&prepared.interpreters),
        against: prepared.against.clone(),
        harness_sha256: harness::sha256(),
        started_unix_ns: started,
        finished_unix_ns: None,
        resumed_unix_ns: Vec::new(),
        invocations: None,
        changed: Vec::new(),
        status: RunStatus::Running,
        warnings: prepared.warnings.clone(),
        shard: prepared.shard,
        parts: Vec::new(),
    }
}
