//! `gilmatrix merge`: shards of one matrix become one run.

use std::path::PathBuf;

use super::{Exit, Failure, compare, report};
use crate::analysis::{CellResult, Results};
use crate::record::{Journal, Outcome, Part, RecordError, Renumber, RunDir, RunInfo, RunStatus, merge};

/// The number of records that are in memory together.
const AT_ONCE: usize = 256;

const EXAMPLES: &str = "\
Examples:
  gilmatrix merge shard-1 shard-2 --out reports/nightly
  gilmatrix merge shards/* --out reports/nightly";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct MergeArgs {
    /// Merge these runs, measured with `--shard`, all of one matrix
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,

    /// Write the merged run's directory here
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// # Errors
/// Exit 6: the runs overlap, leave a hole, or are shards of different things; 4: one of them measured nothing. Runs
/// with a gate end as it does over all of them.
pub(crate) fn run(args: &MergeArgs) -> Result<Exit, Failure> {
    let mut parts: Vec<(RunInfo, RunDir)> = Vec::with_capacity(args.runs.len());
    for path in &args.runs {
        let dir = RunDir::open(path);
        parts.push((dir.read_run()?, dir));
    }
    parts.sort_by_key(|(part, _)| part.shard);
    let name = args.out.file_name().map_or("merged".to_owned(), |name| name.to_string_lossy().into_owned());
    let mut whole = merge(parts.iter().map(|(part, _)| part.clone()).collect(), &name)
        .map_err(|error| Exit::NotComparable.because(error))?;

    let (out, mut journal) = RunDir::create(&args.out)?;
    // The lines first: a directory without `run.json` is no run, whatever happens meanwhile.
    let copied = copy(&parts, &mut journal).inspect_err(|_| {
        let _ = std::fs::remove_file(out.records());
    })?;
    whole.invocations = (whole.status == RunStatus::Completed).then_some(copied);
    out.write_run(&whole)?;
    let results = report::draw(&out)?;
    report::show(&results, &args.out)?;
    compare::show_gate(&results)?;
    let empty: Vec<String> =
        whole.parts.iter().filter(|part| !measured(part, &results)).map(name_of).collect();
    if !empty.is_empty() {
        let text = format!("nothing was measured in {}: see its log", empty.join(", "));
        return Err(Exit::CellFailed.because(text));
    }
    Ok(compare::exit_of_run(&results))
}

/// Returns whether a shard measured something: a machine that gave nothing is a failure of its own, and easily
/// overlooked among the others' numbers.
fn measured(part: &Part, results: &Results) -> bool {
    let gave = |cell: &CellResult| cell.outcome == Outcome::Completed || cell.outcome.is_failure();
    results.cells.iter().any(|cell| part.workloads.contains(&cell.workload) && gave(cell))
}

fn name_of(part: &Part) -> String {
    match part.shard {
        Some(shard) => format!("shard {shard} (`{}`)", part.run_id),
        None => format!("`{}`", part.run_id),
    }
}

/// Returns how many invocations there are in all.
fn copy(parts: &[(RunInfo, RunDir)], journal: &mut Journal) -> Result<u64, RecordError> {
    let mut renumber = Renumber::default();
    for (part, dir) in parts {
        let mut lines = dir.read_records(part)?.map(|line| Ok(renumber.apply(line?)));
        loop {
            let some = lines.by_ref().take(AT_ONCE).collect::<Result<Vec<_>, RecordError>>()?;
            if some.is_empty() {
                break;
            }
            journal.append(&some)?;
        }
        drop(lines);
        renumber.next_part();
    }
    Ok(renumber.last_id())
}
