//! `gilmatrix try FILE.py:FUNC`, `try -- COMMAND`: one function or command of anyone's, no matrix needed.

mod call;
mod choose;
mod preflight;
mod target;
mod whole;

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::engine::{FinishedRun, RunOptions, execute};
use super::output::{self, Format};
use super::prepare::{PrepareOptions, Prepared, complete, project, whole_cpus};
use super::{Exit, Failure};
use crate::analysis::{Finding, fit};
use crate::cell::{COMMAND, StartMethod};
use crate::doubts::{DoubtKind, PARALLEL_INSIDE};
use crate::harness::{Catalogue, DEFAULT_MODES};
use crate::interpreter::Interpreter;
use crate::matrix::{
    Inputs, Matrix, Modes, RunSettings, Script, Workload, assignment, doubling, duration_ns, fraction,
    variant_assignment,
};
use crate::report;
use call::Call;
use preflight::preflight;
use target::TryTarget;

const EXAMPLES: &str = "\
Examples:
  gilmatrix try mine.py:work                 the interpreters that are here, at most a minute
  gilmatrix try mine.py:work --arg 35        work(35)
  gilmatrix try mine.py:work --arg n=35      work(n=35)
  gilmatrix try acme.sim:Model.step          a method of a module here or in ./src, on Model() or what --setup returns
  gilmatrix try mine.py:work --args-json '[[3, 1, 2], \"name\"]'
  gilmatrix try mine.py:work --inputs make   work(input), inputs made by make(args, calls)
  gilmatrix try mine.py:work --inputs '[10, 20, 30]' --setup connect
  gilmatrix try mine.py:store --check stored  where store() returns None, stored() proves it
  gilmatrix try mine.py:rows --drain         rows() is a generator function: all that it gives, as a list
  gilmatrix try mine.py:work --env PYTHON_GIL=0   where an import turns the GIL on: without it all the same
  gilmatrix try mine.py:work --variant arenas:MALLOC_ARENA_MAX=1   beside the plain environment, another one
  gilmatrix try mine.py:work -p 3.13 -p 3.13t --packages 'numpy>=2' --budget 3m
  gilmatrix try mine.py:work --with numpy==2.2.6 --with numpy==2.3.5   two versions of a package
  gilmatrix try mine.py:work --asyncio       in an event loop, too: how long does it stall
  gilmatrix try -- python -m mytool --size 10  a whole command, its output compared; `python` is each interpreter
  gilmatrix try --prepare 'rm -rf out' -- sh -c '{python} build.py > /dev/null'";

/// Time that is kept back for the reports.
const REPORTS_NS: u64 = 6_000_000_000;
/// The part of a long budget that is kept back: there is more to draw, and others may want the CPUs meanwhile.
const REPORTS_SHARE: u64 = 20;
/// One pass or phase may take this part of the budget.
const PATIENCE: u64 = 3;
const LONGEST_NS: u64 = 60_000_000_000;

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TryArgs {
    /// Measure this function: a Python file or a module, a colon, and the name of a function, of a coroutine function
    /// or of a method, as `Class.method`
    #[arg(value_name = "FILE.py:FUNC", required_unless_present = "command")]
    target: Option<String>,
    /// Measure a whole command: `python` (or `{python}` inside a word) stands for each interpreter, and what it prints
    /// must be the same on all of them
    #[arg(
        last = true,
        value_name = "COMMAND",
        conflicts_with_all = ["target", "args", "args_json", "inputs", "setup", "teardown", "check", "drain", "asyncio"]
    )]
    command: Vec<String>,
    /// Have a shell run this before each run of the command, outside the clock
    #[arg(long, value_name = "COMMAND", conflicts_with = "target")]
    prepare: Option<String>,
    /// Have a shell run this after all runs of the command in a process of the harness
    #[arg(long, value_name = "COMMAND", conflicts_with = "target")]
    cleanup: Option<String>,
    /// Call it with this argument, JSON or plain text; NAME=VALUE for one with a name (repeatable)
    #[arg(long = "arg", value_name = "VALUE", allow_hyphen_values = true)]
    args: Vec<String>,
    /// Call it with all these arguments: a JSON list, or an object for arguments with names
    #[arg(long, value_name = "JSON", conflicts_with = "args")]
    args_json: Option<String>,
    /// Give each call an input of its own, before the arguments: a JSON list, taken again from its start when it is
    /// used up, or a function of the file that makes them, called with (arguments, calls)
    #[arg(long, value_name = "FUNC|JSON")]
    inputs: Option<String>,
    /// Draw out the generator or iterator that it returns, into a list
    #[arg(long)]
    drain: bool,
    /// Call this function of the file once in each process, before all the work; a method is called on what it returns
    #[arg(long, value_name = "FUNC")]
    setup: Option<String>,
    /// Call this function of the file once in each process, after all the work
    #[arg(long, value_name = "FUNC")]
    teardown: Option<String>,
    /// Prove the answer by what this function of the file returns: of each result, or after each pass if it takes none
    #[arg(long, value_name = "FUNC")]
    check: Option<String>,
    /// Use this interpreter instead of choosing among those that are here, as `3.13t` or a path (repeatable)
    #[arg(short = 'p', long = "interpreter", value_name = "REQUEST")]
    interpreters: Vec<String>,
    /// Install a package that the function imports, as pip takes it (repeatable)
    #[arg(long, value_name = "REQUIREMENT")]
    packages: Vec<String>,
    /// Install this and, again with another one, compare them: the first is the plain environment's, each other one's is a
    /// variant (repeatable)
    #[arg(long, value_name = "REQUIREMENT")]
    with: Vec<String>,
    /// Install a Python project for it: a folder with a pyproject.toml
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Set this variable for every interpreter, PYTHON_GIL for free-threaded ones (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    env: Vec<(String, String)>,
    /// Also measure it with this variable set, under a name; again with the same name, the variant gets another variable
    /// (repeatable)
    #[arg(long = "variant", value_name = "VARIANT:NAME=VALUE", value_parser = variant_assignment)]
    variants: Vec<(String, (String, String))>,
    /// Also measure the modes with an event loop
    #[arg(long)]
    asyncio: bool,
    /// Start worker processes by this method
    #[arg(long, value_name = "METHOD", default_value = DEFAULT_METHOD)]
    start_method: StartMethod,
    /// Limit everything to this time, as `60s`
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration_ns)]
    budget: u64,
    /// Call a cell settled when its 95 % interval is at most this wide on either side
    #[arg(long, value_name = "SHARE", default_value = "10%", value_parser = fraction)]
    precision: f64,
    /// Write the run's directory here [default: reports/<run id>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Shuffle every order by this seed [default: drawn at random and recorded]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Ask no network: take packages only from what is here
    #[arg(long)]
    offline: bool,
    /// Print a table at the end, or events as JSON lines
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// The cheapest start method that the system has, which makes the strongest case for processes.
const DEFAULT_METHOD: &str = if cfg!(unix) { "fork" } else { "spawn" };

/// Measures one function, or one command.
///
/// # Errors
/// Exit 2: there is no such file or function; 3: no interpreter; 4: the function can't be measured; otherwise as
/// `run`.
pub(crate) fn run(args: &TryArgs) -> Result<Exit, Failure> {
    let started = Instant::now();
    let target = args.target.as_deref().map(|target| TryTarget::read(target, args)).transpose()?;
    let project = args.project.as_deref().map(project).transpose()?;
    let asyncio = args.asyncio || target.as_ref().is_some_and(|target| target.asynchronous);
    let mut workload = match target {
        Some(target) => target.workload(&args.packages, project),
        None => whole::workload(args, project)?,
    };
    workload.packages.extend(args.with.first().cloned());
    let matrix = matrix(args, workload, asyncio)?;
    let mut prepared = complete(matrix, &PrepareOptions::new(Path::new("."), args.offline))?;
    // Getting a package takes what it takes.
    let installs = !prepared.matrix.workloads[0].packages.is_empty() || args.project.is_some();
    let started = if installs { Instant::now() } else { started };
    stand_in(&mut prepared);
    choose::all_can_be_had(&prepared)?;
    let Some(call) = preflight(&prepared, args.budget)? else { return Ok(Exit::Interrupted) };
    repeat(&mut prepared.matrix.workloads[0], call.tasks);
    let spent = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let run_options = RunOptions {
        matrix_path: args.target.clone().unwrap_or_else(|| args.command.join(" ")),
        out: args.out.clone(),
        seed: args.seed,
        format: args.format,
        budget_ns: args.budget.saturating_sub(spent + kept_back(args.budget)).max(1),
        notes: call.notes(),
        ..RunOptions::default()
    };
    let finished = execute(&prepared, &run_options)?;
    let exit = finished.exit();
    match verdict(args.format, &prepared, &call, &finished) {
        // Where a closed terminal ended it nobody is left to be told.
        Err(_) if matches!(exit, Ok(Exit::Interrupted)) => {}
        told => told?,
    }
    exit
}

/// Returns the part of a budget that is left for the reports: of a short one at most half.
fn kept_back(budget_ns: u64) -> u64 {
    REPORTS_NS.max(budget_ns / REPORTS_SHARE).min(budget_ns / 2)
}

/// Takes another baseline where the function can't run on the one that was chosen, as without a wheel for it: the
/// others go on.
fn stand_in(prepared: &mut Prepared) {
    let baseline = prepared.matrix.interpreters.baseline.clone();
    let single = |name: &str| prepared.matrix.workloads[0].base(name);
    let lacking = prepared.plan.cells.iter().find(|it| it.cell == single(&baseline));
    let Some(reason) = lacking.and_then(|it| it.skipped.as_ref()).map(|skipped| skipped.reason.clone())
    else {
        return;
    };
    let fit = |name: &&Interpreter| prepared.plan.runnable().any(|cell| *cell == single(&name.name));
    if let Some(other) = prepared.interpreters.iter().find(fit).map(|it| it.name.clone()) {
        let text = format!("`{other}` is the baseline, since it can't be tried on `{baseline}`: {reason}");
        prepared.matrix.interpreters.baseline = other;
        prepared.warnings.push(text);
    }
}

/// Sets the calls of a pass, a list of inputs repeated for them.
fn repeat(workload: &mut Workload, calls: u32) {
    workload.tasks = calls;
    if let Some(Script { inputs: Some(Inputs::List(list)), .. }) = &mut workload.script {
        *list = list.iter().cycle().take(calls as usize).cloned().collect();
    }
}

/// Returns the matrix that someone would write for this function.
fn matrix(args: &TryArgs, workload: Workload, asyncio: bool) -> Result<Matrix, Failure> {
    let catalogue = Catalogue::embedded();
    let has_loop = |name: &str| catalogue.mode(name).is_some_and(|mode| mode.asyncio);
    let modes = DEFAULT_MODES.iter().filter(|name| asyncio || !has_loop(name));
    let modes = if workload.command.is_some() { vec![&COMMAND] } else { modes.collect() };
    Ok(Matrix {
        run: RunSettings {
            budget_ns: args.budget,
            precision: args.precision,
            timeout_ns: (args.budget / PATIENCE).clamp(1, LONGEST_NS),
            env: args.env.iter().cloned().collect(),
            ..RunSettings::default()
        },
        interpreters: match args.interpreters.as_slice() {
            [] => choose::here()?,
            requests => choose::asked(requests)?,
        },
        modes: Modes {
            names: modes.into_iter().map(|name| (*name).to_owned()).collect(),
            workers: doubling(whole_cpus()),
            start_methods: vec![args.start_method],
            chunksize: None,
        },
        workloads: vec![workload],
        variants: choose::variants(&args.variants, &args.with)?,
        exclude: Vec::new(),
        include: Vec::new(),
        budgets: Vec::new(),
    })
}

/// Prints what the table doesn't say: whether the function is fit for it, and from when on it pays.
fn verdict(format: Format, prepared: &Prepared, call: &Call, finished: &FinishedRun) -> Result<(), Failure> {
    let workload = &prepared.matrix.workloads[0];
    let mut lines = call.notes();
    // A doubt in the table has said it already, and knows more.
    let doubts = finished.results.cells.iter().flat_map(|cell| &cell.doubts);
    if doubts.map(|doubt| doubt.kind).any(|kind| kind == DoubtKind::OwnThreads) {
        lines.retain(|line| !line.starts_with(PARALLEL_INSIDE));
    }
    let mut fit = fit(&finished.results, &workload.name);
    // The answer says all of a command: it has no calls and no workers.
    fit.best = fit.best.filter(|_| workload.command.is_none());
    // Where a call is too short, that is why threads don't help.
    fit.findings.retain(|finding| {
        !(call.is_short() && matches!(finding, Finding::Contends { .. } | Finding::NoGain { .. }))
    });
    lines.extend(report::fit::lines(&finished.results, &fit));
    if format == Format::Json {
        let line = serde_json::json!({
            "event": "verdict",
            "call_ns": call.ns,
            "calls": call.tasks,
            "notes": lines,
            "directory": finished.path.display().to_string(),
        });
        return output::print(&format!("{line}\n"));
    }
    let (took, baseline) = (report::format::ns(call.ns), &prepared.matrix.interpreters.baseline);
    let title = match workload.command {
        Some(_) => format!("\n`{}`: {took} a run on {baseline}", workload.name),
        None => {
            format!(
                "\n`{}`: {took} a call in single on {baseline}, {} a pass",
                workload.name,
                report::format::count(call.tasks as usize, "call")
            )
        }
    };
    let width = output::width();
    let wrapped = lines.iter().flat_map(|line| report::terminal::wrap(&format!("  {line}"), width, 4));
    let lines: Vec<String> = std::iter::once(title).chain(wrapped).collect();
    output::tell(&format!("{}\n", lines.join("\n")))
}
