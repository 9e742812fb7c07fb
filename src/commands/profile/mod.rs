//! `gilmatrix profile`: a flame graph of one cell, in a pass of its own that is never timed.

mod one_cell;
mod shares;
mod tool;

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::engine::profile_cell;
use super::output::{self, Format};
use super::prepare::{PrepareOptions, complete, folder_of, load};
use super::{Exit, Failure};
use crate::atomic::write_atomic;
use crate::cell::{Cell, StartMethod};
use crate::matrix::{Matrix, duration_ns};
use crate::measure::{Profiled, Profiler};
use crate::plan::Filters;
use crate::record::{Outcome, RunDir};
use crate::report::format;
use one_cell::{Asked, one_cell};
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
pub struct Args {
    /// Take the cell from this matrix [default: matrix.toml]
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

/// A graph that stands.
#[derive(Debug, serde::Serialize)]
struct Graph {
    file: PathBuf,
    /// Of who holds the GIL.
    gil: bool,
    threads: Vec<Row>,
    #[serde(skip)]
    several_processes: bool,
}

/// One thread of a graph.
#[derive(Debug, serde::Serialize)]
struct Row {
    thread: String,
    samples: u64,
    /// Of all looks.
    share: f64,
}

/// # Errors
/// Exit 2: no cell, or more than one; 3: no profiler for it; 4: the cell fails; 5: the machine forbids it.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let filters = &args.filters;
    let (mut matrix, folder) = matrix(args)?;
    // The baseline is for ratios, of which there are none here: it need not be there.
    let named = |name: &str| filters.names_interpreter(name);
    if let Some(first) = matrix.interpreters.entries.iter().find(|entry| named(&entry.name)) {
        matrix.interpreters.baseline.clone_from(&first.name);
    }
    let options = PrepareOptions {
        folder: &folder,
        filters: filters.clone(),
        quick: false,
        install_named: !args.offline,
        offline: args.offline,
    };
    let prepared = complete(matrix, &options)?;
    let asked = Asked { filters, start_method: args.start_method, variant: args.variant.as_deref() };
    let cell = one_cell(&prepared, &asked)?;
    let interpreter = prepared
        .interpreters
        .iter()
        .find(|one| one.name == cell.interpreter)
        .ok_or_else(|| Failure::new(Exit::Missing, format!("`{}` is missing", cell.interpreter)))?;
    let tool = tool(interpreter, args.profiler, args.offline)?;
    // A free-threaded build has no holder to show.
    let holders = !interpreter.facts.free_threaded();
    let kinds: Vec<bool> = match (args.gil, holders) {
        (true, false) => {
            let text = format!("`{}` runs without a GIL: nobody holds it", interpreter.name);
            return Err(Failure::new(Exit::Usage, text));
        }
        (true, true) => vec![true],
        (false, true) => vec![false, true],
        (false, false) => vec![false],
    };
    let scratch = tempfile::tempdir()
        .map_err(|error| Failure::new(Exit::Refused, format!("no temporary folder can be made: {error}")))?;
    let staged = |gil: bool| {
        let name = if gil { "gil" } else { "all" };
        scratch.path().join(name).with_extension(tool.extension())
    };
    let profile_options = ProfileOptions {
        duration: Duration::from_nanos(args.duration),
        rate: args.rate,
        idle: args.idle,
        children: prepared.catalogue.mode(&cell.mode).is_some_and(|mode| mode.processes),
        gil: false,
    };
    let commands: Vec<_> = kinds
        .iter()
        .map(|gil| {
            let (tool, options, file) =
                (&tool, ProfileOptions { gil: *gil, ..profile_options }, staged(*gil));
            move |pid| tool.command(pid, &options, &file)
        })
        .collect();
    let profilers: Vec<Profiler<'_>> = commands.iter().map(|command| command as Profiler<'_>).collect();
    output::note(&format!("looking into {cell} with {}, {} a graph", tool.name(), format::ns(args.duration)));
    let Some(profiled) = profile_cell(&prepared, cell, &profilers, profile_options.duration)? else {
        return Ok(Exit::Interrupted);
    };
    let mut graphs = Vec::new();
    for (end, gil) in profiled.profilers.iter().zip(&kinds) {
        let bytes = std::fs::read(staged(*gil)).unwrap_or_default();
        if bytes.is_empty() {
            // Nothing to draw is an answer where the GIL's holders were asked for.
            if *gil && (end.success || end.output.contains("No stack counts")) {
                output::note("in no look did anybody hold the GIL: no graph of that");
                continue;
            }
            if profiled.invocation.outcome == Outcome::Completed {
                return Err(tool.trouble(end, interpreter));
            }
            continue;
        }
        let file = place(args, &tool, cell, *gil);
        graphs.push(keep(args, file.clone(), *gil, &bytes)?);
        for (pid, bytes) in children(&staged(*gil)) {
            graphs.push(keep(args, beside(&file, &pid), *gil, &bytes)?);
        }
    }
    show(args, &tool, cell, &profiled, &graphs)?;
    match profiled.invocation.outcome {
        Outcome::Completed => Ok(Exit::Done),
        _ => {
            let reason = profiled.invocation.reason.as_deref().unwrap_or("no reason given");
            Err(Failure::new(Exit::CellFailed, format!("{cell} failed: {reason}")))
        }
    }
}

/// The matrix, and what its relative paths start from.
fn matrix(args: &Args) -> Result<(Matrix, PathBuf), Failure> {
    match &args.run {
        Some(run) => {
            let info = RunDir::open(run).read_run()?;
            Ok((info.matrix, folder_of(Path::new(&info.matrix_path)).to_owned()))
        }
        None => {
            let path = args.matrix.clone().unwrap_or_else(|| PathBuf::from("matrix.toml"));
            Ok((load(&path)?, folder_of(&path).to_owned()))
        }
    }
}

/// Puts a graph where it belongs.
fn keep(args: &Args, file: PathBuf, gil: bool, bytes: &[u8]) -> Result<Graph, Failure> {
    let refused =
        |error| Failure::new(Exit::Refused, format!("`{}` can't be written: {error}", file.display()));
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(refused)?;
    }
    write_atomic(&file, bytes).map_err(refused)?;
    let text = String::from_utf8_lossy(bytes);
    let looks = args.duration as f64 / 1e9 * f64::from(args.rate);
    let row = |it: shares::Thread| Row {
        share: (it.samples as f64 / looks.max(1.0)).min(1.0),
        thread: it.name,
        samples: it.samples,
    };
    Ok(Graph {
        gil,
        threads: shares::threads(&text).into_iter().map(row).collect(),
        several_processes: shares::several_processes(&text),
        file,
    })
}

fn place(args: &Args, tool: &Tool, cell: &Cell, gil: bool) -> PathBuf {
    let file = args.out.clone().unwrap_or_else(|| {
        let name = format!("flame-{}.{}", slug(cell), tool.extension());
        args.run.as_ref().map_or_else(|| PathBuf::from(&name), |run| run.join("charts").join(&name))
    });
    if !gil || args.gil && args.out.is_some() {
        return file;
    }
    beside(&file, "gil")
}

/// `a/flame.svg` and `gil` make `a/flame-gil.svg`.
fn beside(file: &Path, what: &str) -> PathBuf {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let extension = file.extension().map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default();
    file.with_file_name(format!("{stem}-{what}{extension}"))
}

/// Python's own profiler writes a graph for each child process: `all_1234.html` beside `all.html`.
fn children(staged: &Path) -> Vec<(String, Vec<u8>)> {
    let stem = staged.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let entries = staged.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let mut found: Vec<(String, Vec<u8>)> = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            let name = path.file_stem()?.to_string_lossy().into_owned();
            let pid = name.strip_prefix(&stem)?.strip_prefix('_')?.to_owned();
            Some((pid, std::fs::read(&path).ok()?))
        })
        .collect();
    found.sort();
    found
}

/// A cell as part of a file's name.
fn slug(cell: &Cell) -> String {
    let text =
        format!("{}-{}-{}-{}-{}", cell.interpreter, cell.workload, cell.mode, cell.workers, cell.variant());
    let text = text.strip_suffix("-plain").unwrap_or(&text);
    text.chars().map(|c| if c.is_alphanumeric() || "._-+".contains(c) { c } else { '_' }).collect()
}

fn show(args: &Args, tool: &Tool, cell: &Cell, profiled: &Profiled, graphs: &[Graph]) -> Result<(), Failure> {
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
    output::print(&output::in_locale(&format!("{}\n", lines.join("\n"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_names_its_file() {
        let mut cell = Cell {
            interpreter: "3.13".to_owned(),
            workload: "my work/load".to_owned(),
            mode: "mp".to_owned(),
            workers: 2,
            start_method: Some(StartMethod::Fork),
            environment: "plain".to_owned(),
        };
        assert_eq!(slug(&cell), "3.13-my_work_load-mp-2-fork");
        cell.start_method = None;
        assert_eq!(slug(&cell), "3.13-my_work_load-mp-2");
        assert_eq!(beside(Path::new("a/flame.svg"), "gil"), Path::new("a/flame-gil.svg"));
        assert_eq!(beside(Path::new("flame"), "12"), Path::new("flame-12"));
    }
}
