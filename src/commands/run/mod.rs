//! `gilmatrix run`.

mod listen;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tokio::sync::watch;

use super::prepare::{MatrixArgs, Prepared, prepare};
use super::{Exit, Failure, output, report};
use crate::harness;
use crate::interpreter::cache_dir;
use crate::interpreter::packages::recorded;
use crate::measure::{self, Context, Ended, Event, Settings, host, unix_ns};
use crate::record::{Journal, RUN_SCHEMA, RunDir, RunInfo, RunStatus};

const EXAMPLES: &str = "\
Examples:
  gilmatrix run                              ./matrix.toml within its own budget
  gilmatrix run matrix.toml --install        get missing interpreters first
  gilmatrix run --quick                      a first look in at most 30 seconds
  gilmatrix run -w fib -m threads -m mp -n 2 -p 3.13 -p 3.13t
  gilmatrix run --budget 10m --precision 2% --out reports/careful
  gilmatrix run --format json | jq .event    events as JSON lines";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    matrix: MatrixArgs,
    /// Where the run's directory goes [default: reports/<run id>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Decides every order that is shuffled; drawn at random, and recorded, where not given
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// What goes to standard output: a table at the end, or events as JSON lines
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

/// # Errors
/// See the exit codes of [`Exit`].
pub fn run(args: Args) -> Result<Exit, Failure> {
    let prepared = prepare(&args.matrix)?;
    let cells = prepared.plan.runnable().count();
    if cells == 0 {
        let message = "every cell of this matrix is skipped: `gilmatrix plan` says why";
        return Err(Failure::new(
            if prepared.interpreters.is_empty() { Exit::Missing } else { Exit::Usage },
            message,
        ));
    }
    let seed = args.seed.or(prepared.matrix.run.seed).unwrap_or_else(|| unix_ns() & 0xffff_ffff);
    let started = unix_ns();
    let run_id = run_id(started, seed);
    let path = args.out.clone().unwrap_or_else(|| Path::new("reports").join(&run_id));
    let dir = RunDir::create(&path)?;
    let mut info = describe(&args, &prepared, seed, started, &path);
    dir.write_run(&info)?;
    let mut journal = Journal::open(&dir.records())?;

    let mut listener = listen::listener(args.format);
    listener(Event::Started {
        cells: cells as u32,
        skipped: (prepared.plan.cells.len() - cells) as u32,
        budget_ns: prepared.matrix.run.budget_ns,
        directory: path.display().to_string(),
        seed,
    });
    for text in &info.warnings {
        listener(Event::Warning { text: text.clone() });
    }
    let ended = measure(&prepared, seed, &mut journal, &mut *listener);
    drop(listener);
    info.finished_unix_ns = Some(unix_ns());
    info.status = match &ended {
        Ok(Ended { interrupted: true, .. }) => RunStatus::Interrupted,
        Ok(_) => RunStatus::Completed,
        Err(_) => RunStatus::Failed,
    };
    // A full disk refuses this too; the reason to tell is the first one.
    let noted = dir.write_run(&info);
    let ended = ended?;
    noted?;
    drop(journal);

    let results = report::draw(&dir)?;
    match args.format {
        Format::Human => report::show(&results, &path)?,
        Format::Json => output::note(&format!("report: {}", path.join("report.html").display())),
    }
    Ok(match ended {
        Ended { interrupted: true, .. } => Exit::Interrupted,
        Ended { invocations: 0, .. } => {
            return Err(Failure::new(Exit::CellFailed, "nothing was measured: give it a larger `--budget`"));
        }
        _ if results.counts.failed > 0 => Exit::CellFailed,
        _ => Exit::Done,
    })
}

/// `20261122-134501-5b1d`: the time in UTC and the seed's last digits.
fn run_id(started_unix_ns: u64, seed: u64) -> String {
    let time = jiff::Timestamp::from_nanosecond(i128::from(started_unix_ns)).unwrap_or_default();
    format!("{}-{:04x}", time.strftime("%Y%m%d-%H%M%S"), seed & 0xffff)
}

fn describe(args: &Args, prepared: &Prepared, seed: u64, started: u64, path: &Path) -> RunInfo {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        run_id: name.unwrap_or_else(|| run_id(started, seed)),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        command: std::env::args().collect(),
        matrix_path: args.matrix.matrix.display().to_string(),
        matrix: prepared.matrix.clone(),
        seed,
        host: host::host(),
        interpreters: prepared.interpreters.clone(),
        missing: prepared.missing.clone(),
        plan: prepared.plan.clone(),
        packages: recorded(&prepared.interpreters),
        harness_sha256: harness::sha256(),
        started_unix_ns: started,
        finished_unix_ns: None,
        status: RunStatus::Running,
        warnings: prepared.warnings.clone(),
    }
}

/// Runs the plan on a runtime of its own, Ctrl-C and SIGTERM turned into an orderly end.
fn measure(
    prepared: &Prepared,
    seed: u64,
    journal: &mut Journal,
    listener: &mut dyn FnMut(Event),
) -> Result<Ended, Failure> {
    let refused = |what: &str, error: &dyn std::fmt::Display| {
        Failure::new(Exit::Refused, format!("can't {what}: {error}"))
    };
    let cache = cache_dir()
        .ok_or_else(|| Failure::new(Exit::Refused, "no cache folder: set `GILMATRIX_CACHE` or `HOME`"))?;
    let place = cache.join("harness").join(&harness::sha256()[..16]);
    let script =
        harness::extract(&place).map_err(|error| refused(&format!("write `{}`", place.display()), &error))?;
    let context = Context::new(&prepared.matrix, &prepared.interpreters, &script, &cache.join("pycache"))
        .map_err(|error| Failure::new(Exit::Refused, error.to_string()))?;
    let modes = &prepared.catalogue.modes;
    let settings = Settings {
        plan: &prepared.plan,
        baseline: &prepared.matrix.interpreters.baseline,
        budget_ns: prepared.matrix.run.budget_ns,
        precision: prepared.matrix.run.precision,
        max_rounds: prepared.matrix.run.max_rounds,
        seed,
        effective_cpus: prepared.effective_cpus,
        free_threaded: prepared
            .interpreters
            .iter()
            .filter(|one| one.facts.free_threaded())
            .map(|one| one.name.clone())
            .collect(),
        process_modes: modes.iter().filter(|mode| mode.processes).map(|mode| mode.name.clone()).collect(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| refused("start the runtime", &error))?;
    runtime.block_on(async {
        let (cancel, cancelled) = watch::channel(false);
        tokio::spawn(async move {
            let _ = stop_signal().await;
            let _ = cancel.send(true);
            // Kept alive: a closed channel would mean that nobody can cancel.
            std::future::pending::<()>().await;
        });
        Ok(measure::run(&context, &settings, journal, cancelled, listener).await?)
    })
}

/// The first of Ctrl-C, SIGTERM and a closed terminal.
async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}
