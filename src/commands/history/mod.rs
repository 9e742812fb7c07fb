//! `gilmatrix history`: the trend over all runs of a folder.

mod dates;
mod prune;
mod read;

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::output::{self, Format};
use super::report::save;
use super::{Exit, Failure};
use crate::analysis::history::{Gone, History, Night, Sensitivity, fresh_alarms, gone, history, in_order};
use crate::matrix::fraction;
use crate::record::RunDir;
use crate::report;

const EXAMPLES: &str = "\
Examples:
  gilmatrix history reports                    trends, changes, history.html in that folder
  gilmatrix history reports --since 30d --cell '3.13t fib'
  gilmatrix history nightly --alarm 3          exit 1 if the last 3 runs became slower
  gilmatrix history nightly --format json | jq '.trends[].changes'
  gilmatrix history nightly --prune --keep 60 --older-than 90d";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct HistoryArgs {
    /// Read the runs in the subfolders of this one
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Take only runs from then on: `30d`, `12w`, `2026-10-01`
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    since: Option<Timestamp>,

    /// Take only cells whose name has all these words (repeatable)
    #[arg(long = "cell", value_name = "WORDS")]
    cells: Vec<String>,

    /// Report a changed speedup from this size on
    #[arg(long, value_name = "SHARE", default_value = "2%", value_parser = fraction)]
    min_change: f64,

    /// Exit with 1 when an unexplained regression was found in the last N runs; with 3 or 4 when the newest lacks an
    /// interpreter or a cell that one of the N runs before it measured
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    alarm: Option<u32>,

    /// Choose what is printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Write history.html, history.json and history/*.svg here instead of into DIR
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    prune: prune::Options,
}

/// # Errors
/// The folder can't be read or written, or holds no run.
pub(crate) fn run(args: &HistoryArgs) -> Result<Exit, Failure> {
    if args.prune.prune {
        return prune::run(&args.dir, &args.prune);
    }
    let (read, broken) = read::nights(&args.dir)?;
    let count = read.len();
    let mut nights = in_order(read);
    if nights.len() < count {
        let copies = report::format::count(count - nights.len(), "run");
        output::warn(&format!(
            "{copies} left out: copies of others that are there, or shards of a merged run"
        ));
    }
    if let Some(since) = args.since {
        let since = u64::try_from(since.as_nanosecond()).unwrap_or(0);
        nights.retain(|night| night.started_unix_ns >= since);
    }
    if nights.is_empty() {
        return Err(Exit::Usage.because(format!(
            "no finished run in `{}`: `gilmatrix run --out {}/$(date +%F)` makes one",
            args.dir.display(),
            args.dir.display()
        )));
    }
    let sensitivity = Sensitivity { speedup: args.min_change, ..Sensitivity::default() };
    let mut found = history(&nights, &sensitivity);
    for words in &args.cells {
        if !found.trends.iter().any(|trend| has_all(&trend.cell.to_string(), words)) {
            return Err(Exit::Usage.because(format!(
                "`--cell '{words}'`: no cell that was ever measured here has all these words"
            )));
        }
    }
    found.trends.retain(|trend| args.wants(&trend.cell.to_string()));
    write(args, &found)?;
    match args.format {
        Format::Human => output::tell(&report::history::text(&found))?,
        Format::Json => output::print_json(&found)?,
    }
    let newest = nights.last().map_or(0, |night| night.started_unix_ns);
    if args.alarm.is_some() && broken > newest {
        output::warn("the newest run can't be judged: whether it became slower isn't known");
        return Ok(Exit::CellFailed);
    }
    Ok(args.alarm.map_or(Exit::Done, |recent| alarm(args, &nights, &found, recent as usize, &sensitivity)))
}

impl HistoryArgs {
    fn wants(&self, cell: &str) -> bool {
        self.cells.is_empty() || self.cells.iter().any(|words| has_all(cell, words))
    }
}

fn has_all(cell: &str, words: &str) -> bool {
    words.split_whitespace().all(|word| cell.contains(word))
}

/// Warns of what is new in the last runs, and returns the exit code: what wasn't measured goes before what became
/// slower.
fn alarm(
    args: &HistoryArgs,
    nights: &[Night],
    now: &History,
    recent: usize,
    sensitivity: &Sensitivity,
) -> Exit {
    let before = history(&nights[..nights.len().saturating_sub(recent)], sensitivity);
    let mut exit = Exit::Done;
    for (trend, change) in fresh_alarms(now, &before) {
        let line = report::history::line(now, trend, change);
        output::warn(&format!("found in the last {}: {line}", report::format::count(recent, "run")));
        exit = Exit::Regression;
    }
    let gone = gone(nights, recent, |cell| args.wants(cell));
    report::history::gone(&gone).iter().for_each(|line| output::warn(line));
    match gone.first() {
        Some(Gone::Interpreter { .. }) => Exit::Missing,
        Some(Gone::Cell { .. }) => Exit::CellFailed,
        None => exit,
    }
}

fn write(args: &HistoryArgs, history: &History) -> Result<(), Failure> {
    let target = args.out.as_ref().unwrap_or(&args.dir);
    let dir = RunDir::open(target);
    report::history::render(history).iter().try_for_each(|artifact| save(&dir, artifact))?;
    output::note(&format!("report: {}", target.join("history.html").display()));
    Ok(())
}

/// Reads a span before now, or a day.
fn parse_when(text: &str) -> Result<Timestamp, String> {
    let expected = || "expected a span as `30d` or `12w`, or a day as `2026-10-01`".to_owned();
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        return Ok(day.to_zoned(TimeZone::UTC).map_err(|_| expected())?.timestamp());
    }
    let span: jiff::Span = text.parse().map_err(|_| expected())?;
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    Ok(now.checked_sub(span).map_err(|_| expected())?.timestamp())
}
