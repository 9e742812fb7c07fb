//! `gilmatrix merge`: shards of one matrix become one run.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::{Exit, Failure, report};
use crate::record::{Journal, RecordError, Renumber, RunDir, merge, read_records};

const EXAMPLES: &str = "\
Examples:
  gilmatrix merge shard-1 shard-2 --out reports/nightly
  gilmatrix merge shards/* --out reports/nightly";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Directories of runs that were measured with `--shard`, all of one matrix
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,

    /// The merged run's directory
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// # Errors
/// Exit 6: the runs overlap, leave a hole, or are shards of different things.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let dirs: Vec<RunDir> = args.runs.iter().map(|path| RunDir::open(path)).collect();
    let mut parts = Vec::with_capacity(dirs.len());
    for dir in &dirs {
        parts.push((dir.read_run()?, dir));
    }
    parts.sort_by_key(|(part, _)| part.shard);
    let name = args.out.file_name().map_or("merged".to_owned(), |name| name.to_string_lossy().into_owned());
    let whole = merge(parts.iter().map(|(part, _)| part.clone()).collect(), &name)
        .map_err(|error| Failure::new(Exit::NotComparable, error.to_string()))?;

    let out = RunDir::create(&args.out)?;
    // The lines first: a directory without `run.json` is no run, whatever happens meanwhile.
    let written = records(parts.iter().map(|(_, dir)| *dir), &out);
    if let Err(failure) = written {
        let _ = std::fs::remove_file(out.records());
        return Err(failure);
    }
    out.write_run(&whole)?;
    let results = report::draw(&out)?;
    report::show(&results, &args.out)?;
    Ok(if results.counts.failed > 0 { Exit::CellFailed } else { Exit::Done })
}

fn records<'a>(parts: impl Iterator<Item = &'a RunDir>, out: &RunDir) -> Result<(), Failure> {
    let refused = |path: &Path, source| RecordError::Io { action: "write", path: path.to_owned(), source };
    let path = out.records();
    // Held while it is written, as by a runner.
    let _held = Journal::open(&path)?;
    let file = std::fs::OpenOptions::new().append(true).open(&path).map_err(|error| refused(&path, error))?;
    let mut lines = std::io::BufWriter::new(file);
    let mut renumber = Renumber::default();
    for part in parts {
        for invocation in read_records(&part.records())? {
            let line = serde_json::to_string(&renumber.apply(invocation?)).unwrap_or_default();
            writeln!(lines, "{line}").map_err(|error| refused(&path, error))?;
        }
        renumber.next_part();
    }
    let file = lines.into_inner().map_err(|error| refused(&path, error.into_error()))?;
    file.sync_all().map_err(|error| refused(&path, error))?;
    Ok(())
}
