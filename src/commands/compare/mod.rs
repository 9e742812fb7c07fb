//! `gilmatrix compare`.

pub(crate) mod load;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::ValueEnum;

use super::against::FailOn;
use super::{Exit, Failure, output};
use crate::analysis::Results;
use crate::analysis::run_diff::{Changes, DiffLimits, Ending, compare, of_gate, unlike};
use crate::matrix::fraction;
use crate::report::run_diff;

const EXAMPLES: &str = "\
Examples:
  gilmatrix compare reports/base reports/new
  gilmatrix compare base/results.json new/results.json --max-slowdown 10% --format markdown
  gilmatrix compare reports/base reports/new --allow cpu,harness

Two stored runs can show large changes only, because the machine itself differs by 4 % from day to day: a change of \
11 % at best in one cell, of 17 % among a hundred cells. The output says what these two runs could have shown. Use \
`gilmatrix run --against` as a gate wherever you can: it measures both sides at once.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompareArgs {
    /// Compare with this earlier run: a run's directory, its run.json or records.jsonl, or a results.json
    base: PathBuf,
    /// Judge this run
    new: PathBuf,
    /// Let a cell become this much slower, beyond what two stored runs can't tell anyway; a `[[budget]]` of the new
    /// run's matrix goes before it
    #[arg(long, value_name = "SHARE", default_value = "3%", value_parser = fraction)]
    max_slowdown: f64,
    /// Let a cell take this much more memory; a `[[budget]]` goes before it
    #[arg(long, value_name = "SHARE", default_value = "10%", value_parser = fraction)]
    max_memory: f64,
    /// Also exit with 4 when a cell is `undecided`: it has too few measurements on one side, or is heavier but not
    /// beyond chance
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',')]
    fail_on: Vec<FailOn>,
    /// Compare although these differ; with `answers` a cell may return another answer than it did
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = ["cpu", "cpus", "flags", "harness", "answers"])]
    allow: Vec<String>,
    /// Choose what is printed
    #[arg(long, value_enum, default_value_t = CompareFormat::Human)]
    format: CompareFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    Human,
    Json,
    Markdown,
    /// For a comment on a pull request, behind the line `<!-- gilmatrix -->` by which a bot finds its last one
    PrComment,
    /// A picture (SVG)
    Badge,
    /// JSON for shields.io's endpoint
    Shields,
    /// Annotations on standard output; the summary goes to $GITHUB_STEP_SUMMARY where that is set
    Github,
}

/// # Errors
/// Exit 2 or 5: a run can't be read; 6: the two can't be compared.
pub(crate) fn run(args: &CompareArgs) -> Result<Exit, Failure> {
    let (base, new) = (load::read(&args.base)?, load::read(&args.new)?);
    let differences = unlike(&base.results, &new.results);
    let allowed = |what: &str| args.allow.iter().any(|it| it == what);
    let forbidden: Vec<_> = differences.iter().filter(|(aspect, _)| !allowed(aspect)).collect();
    if !forbidden.is_empty() {
        let texts: Vec<&str> = forbidden.iter().map(|(_, text)| text.as_str()).collect();
        let names: BTreeSet<&str> = forbidden.iter().map(|(aspect, _)| *aspect).collect();
        return Err(Exit::NotComparable.because(format!(
            "refused as not comparable:\n  {}\nif that is what you want to see, add `--allow {}`",
            texts.join("\n  "),
            Vec::from_iter(names).join(",")
        )));
    }
    let limits = DiffLimits {
        max_slowdown: args.max_slowdown,
        max_memory: args.max_memory,
        fail_on_undecided: args.fail_on.contains(&FailOn::Undecided),
        allow_answers: allowed("answers"),
        matrix: new.run.as_ref().map(|run| &run.matrix),
    };
    let mut found = compare(&base.results, &new.results, &limits);
    found.notes.extend(differences.into_iter().map(|(_, text)| format!("not quite comparable: {text}")));
    show(&found, args.format)?;
    Ok(exit(&found))
}

/// # Errors
/// Standard output, or GitHub's summary, can't be written.
pub(crate) fn show(found: &Changes, format: CompareFormat) -> Result<(), Failure> {
    match format {
        CompareFormat::Human => output::tell(&run_diff::terminal(found)),
        CompareFormat::Json => output::print_json(found),
        CompareFormat::Markdown => output::print(&run_diff::markdown(found)),
        CompareFormat::PrComment => output::print(&run_diff::pr_comment(found)),
        CompareFormat::Badge => output::print(&run_diff::badge(found).svg()),
        CompareFormat::Shields => output::print_json(&run_diff::badge(found)),
        CompareFormat::Github => {
            // First: they don't depend on a file.
            output::print(&run_diff::github(found))?;
            append_summary(found)
        }
    }
}

/// Prints for people what the gate of a measured run found, if it has one.
///
/// # Errors
/// Standard output can't be written.
pub(crate) fn show_gate(results: &Results) -> Result<(), Failure> {
    let Some(found) = of_gate(results) else { return Ok(()) };
    output::print("\n")?;
    show(&found, CompareFormat::Human)
}

/// Returns how a measured run ends: with its gate's code, unless a cell failed.
pub(crate) fn exit_of_run(results: &Results) -> Exit {
    match of_gate(results).map_or(Exit::Done, |found| exit(&found)) {
        Exit::Missing => Exit::Missing,
        _ if results.counts.failed > 0 => Exit::CellFailed,
        gate => gate,
    }
}

/// Appends to the summary of a job of GitHub, where it has one; an empty name is none.
fn append_summary(found: &Changes) -> Result<(), Failure> {
    use std::io::Write;
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let append = || {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(&path)?;
        let there = file.metadata()?.len();
        file.write_all(run_diff::step_summary(found, there).as_bytes())
    };
    append().map_err(|error: std::io::Error| {
        Exit::Refused.because(format!("can't write `{}`: {error}", path.display()))
    })
}

/// Returns the exit code of a comparison.
pub(crate) fn exit(found: &Changes) -> Exit {
    match found.ending() {
        Ending::Missing => Exit::Missing,
        Ending::Failed => Exit::CellFailed,
        Ending::Regression => Exit::Regression,
        Ending::Clean => Exit::Done,
    }
}
