//! `gilmatrix profile`: a flame graph of one cell, in a pass of its own that is never timed.

mod graphs;
mod one_cell;
mod shares;
mod tool;

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::engine::profile_cell;
use super::output::{self, Format};
use super::prepare::{PrepareOptions, Prepared, complete, folder_of, load};
use super::{Exit, Failure};
use crate::cell::{Cell, ModeKind, StartMethod};
use crate::interpreter::Interpreter;
use crate::matrix::{Matrix, duration_ns, matrix_file};
use crate::measure::{Profiled, Profiler};
use crate::plan::Filters;
use crate::record::{Outcome, RunDir};
use crate::report::format;
use graphs::{Graph, Staging, keep, place};
use one_cell::one_cell;
use tool::{ProfileOptions, Tool, Wanted, tool};

const EXAMPLES: &str = "\
Examples:
  gilmatrix profile -p 3.13 -w fib -m threads -n 2      two graphs: at work, and holding the GIL
  gilmatrix profile -p 3.13 -w json -m single --duration 20s --out json.svg
  gilmatrix profile -p 3.13 -w fib -m mp -n 4           worker processes, too
  gilmatrix profile --run reports/nightly -p 3.12 -w fib -m executor -n 2
                                                        a cell of that run; the graphs lie beside its charts
  gilmatrix profile -p 3.13 -w fib -m threads -n 2 --gil --format json

py-spy reads CPython with the GIL; it is taken from PATH, else put into the cache. Python from 3.15 on has a sampling \
profiler of its own. No profiler reads free-threaded Python before 3.15, nor PyPy (exit code 3). Exit code 5: this \
machine forbids looking into processes; 2: more than one cell is left.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ProfileArgs {
    /// Take the cell from this matrix [default: matrix.toml, else pyproject.toml]
    #[arg(value_name = "MATRIX", conflicts_with = "run")]
    matrix: Option<PathBuf>,
    /// Only the cell whose processes start by this method
    #[arg(long, value_name = "METHOD")]
    start_method: Option<StartMethod>,
    /// Only the cell of this variant; `plain` is the one without a name
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Take the cell from this run's matrix, and write the graphs beside its charts
    #[arg(long, value_name = "RUN")]
    run: Option<PathBuf>,
    /// Write the graph here; the one of who holds the GIL gets `-gil` into its name [default: ./flame-<cell>.svg,
    /// with --run RUN/charts/flame-<cell>.svg]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Sample the cell for this long, for each graph
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration_ns)]
    duration: u64,
    /// Take so many samples a second
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: u32,
    /// Draw only the graph of who holds the GIL
    #[arg(long, conflicts_with = "idle")]
    gil: bool,
    /// Also show waiting threads
    #[arg(long)]
    idle: bool,
    /// Choose the profiler
    #[arg(long, value_enum, default_value_t)]
    profiler: Wanted,
    /// Ask no network: take interpreters, packages and py-spy only from what is here
    #[arg(long)]
    offline: bool,
    /// Choose what is printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    // Last: options that come after a group with a heading of its own would stand under that heading.
    #[command(flatten)]
    filters: Filters,
}

/// # Errors
/// Exit 2: no cell is left, or more than one; 3: no profiler can read its interpreter; 4: the cell fails; 5: the
/// machine forbids it.
pub(crate) fn run(args: &ProfileArgs) -> Result<Exit, Failure> {
    let prepared = prepared(args)?;
    let cell = one_cell(&prepared, args)?;
    let interpreter = prepared
        .interpreters
        .iter()
        .find(|one| one.name == cell.interpreter)
        .ok_or_else(|| Exit::Missing.because(format!("`{}` is missing", cell.interpreter)))?;
    let tool = tool(interpreter, args.profiler, args.offline)?;
    let kinds = kinds(args, interpreter)?;
    let staging = Staging::new(&tool)?;
    let profile_options = ProfileOptions {
        duration: Duration::from_nanos(args.duration),
        rate: args.rate,
        idle: args.idle,
        children: prepared
            .catalogue
            .mode(&cell.mode)
            .is_some_and(|mode| matches!(mode.kind, ModeKind::Processes | ModeKind::Command)),
        gil: false,
    };
    let commands: Vec<_> = kinds
        .iter()
        .map(|&gil| {
            let (tool, options, file) = (&tool, ProfileOptions { gil, ..profile_options }, staging.file(gil));
            move |pid| tool.command(pid, &options, &file)
        })
        .collect();
    let profilers: Vec<Profiler<'_>> = commands.iter().map(|command| command as Profiler<'_>).collect();
    output::note(&format!("looking into {cell} with {}, {} a graph", tool.name(), format::ns(args.duration)));
    let Some(profiled) = profile_cell(&prepared, cell, &profilers, profile_options.duration)? else {
        return Ok(Exit::Interrupted);
    };
    let completed = profiled.invocation.outcome == Outcome::Completed;
    let mut graphs = Vec::new();
    for (end, &gil) in profiled.profilers.iter().zip(&kinds) {
        let drawn = staging.read(gil);
        // Nothing to draw is an answer where the GIL's holders were asked for.
        let nobody = gil && (end.success || end.output.contains("No stack counts"));
        match drawn.is_empty() {
            true if nobody => output::note("nobody held the GIL in any sample: there is no graph of that"),
            true if completed => return Err(tool.trouble(end, interpreter)),
            true => {}
            false => graphs.extend(keep(args, &place(args, &tool, cell, gil), gil, &drawn)?),
        }
    }
    show(args, &tool, cell, &profiled, &graphs)?;
    if completed {
        return Ok(Exit::Done);
    }
    let reason = profiled.invocation.reason.as_deref().unwrap_or("no reason given");
    Err(Exit::CellFailed.because(format!("{cell} failed: {reason}")))
}

/// Finds the interpreters and plans the cells that the filters name.
fn prepared(args: &ProfileArgs) -> Result<Prepared, Failure> {
    let (mut matrix, folder) = matrix(args)?;
    // The baseline is for ratios, of which there are none here: it need not be there.
    let named = |name: &str| args.filters.names_interpreter(name);
    if let Some(first) = matrix.interpreters.entries.iter().find(|entry| named(&entry.name)) {
        matrix.interpreters.baseline.clone_from(&first.name);
    }
    let filters = args.filters.clone();
    let options = PrepareOptions { filters, ..PrepareOptions::new(&folder, args.offline) };
    complete(matrix, &options)
}

/// Returns the graphs to draw: true is the one of who holds the GIL, which a free-threaded build doesn't have.
fn kinds(args: &ProfileArgs, interpreter: &Interpreter) -> Result<Vec<bool>, Failure> {
    match (args.gil, interpreter.facts.free_threaded()) {
        (true, true) => {
            Err(Exit::Usage.because(format!("`{}` runs without a GIL: nobody holds it", interpreter.name)))
        }
        (true, false) => Ok(vec![true]),
        (false, false) => Ok(vec![false, true]),
        (false, true) => Ok(vec![false]),
    }
}

/// Returns the matrix, and the folder that its relative paths start from.
fn matrix(args: &ProfileArgs) -> Result<(Matrix, PathBuf), Failure> {
    match &args.run {
        Some(run) => {
            let info = RunDir::open(run).read_run()?;
            Ok((info.matrix, folder_of(Path::new(&info.matrix_path)).to_owned()))
        }
        None => {
            let path = args.matrix.clone().unwrap_or_else(|| matrix_file(PathBuf::from("matrix.toml")));
            Ok((load(&path)?, folder_of(&path).to_owned()))
        }
    }
}

fn show(
    args: &ProfileArgs,
    tool: &Tool,
    cell: &Cell,
    profiled: &Profiled,
    graphs: &[Graph],
) -> Result<(), Failure> {
    if args.format == Format::Json {
        return output::print_json(&serde_json::json!({
            "cell": cell,
            "profiler": tool.name(),
            "passes": profiled.invocation.values.len(),
            "outcome": profiled.invocation.outcome,
            "graphs": graphs,
        }));
    }
    let mut lines = Vec::new();
    for graph in graphs {
        let what = match (graph.gil, args.idle) {
            (true, _) => "holding the GIL",
            (false, true) => "at work or waiting",
            (false, false) => "at work",
        };
        lines.push(format!("{}: {what}", graph.file.display()));
        let total: f64 = graph.threads.iter().map(|row| row.share).sum();
        if graph.gil && !graph.several_processes && !graph.threads.is_empty() {
            lines.push(format!("  {:>5}  the GIL is held", format::percent(total.min(1.0))));
        }
        for row in graph.threads.iter().take(10) {
            lines.push(format!("  {:>5}  {}", format::percent(row.share), row.thread));
        }
    }
    output::tell(&format!("{}\n", lines.join("\n")))
}
