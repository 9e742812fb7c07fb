//! `gilmatrix check …`: does a package run without the GIL, and what turns it on? By evidence: each of its modules is
//! imported in a process of its own.

mod evidence;
mod examine;
mod findings;
mod tell;

use std::path::{Path, PathBuf};

use super::install::{cache, cancel_on_signals, interrupted};
use super::output;
use super::prepare::project;
use super::{Exit, Failure};
use crate::interpreter::packages::{PackageOptions, Requirements};
use crate::interpreter::{Discovery, Interpreter, ResolveOptions, resolve};
use crate::matrix::InterpreterEntry;
use evidence::Evidence;
use examine::{CheckSubject, Examiner};
use findings::{CheckedInterpreter, StressFinding};

const EXAMPLES: &str = "\
Examples:
  gilmatrix check numpy lxml 'pandas>=2'   each, on every free-threaded Python here
  gilmatrix check --project . -p 3.13t     the project in this folder
  gilmatrix check --script job.py          whatever the script imports
  gilmatrix check --stress job.py:crunch   the same answer from 4 threads at once?
  gilmatrix check lxml --format markdown   a table for an issue

Exit codes: 1 the GIL comes on, something crashes, or threads get other \
answers, 3 a package can't be had";

/// The formats of the findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum CheckFormat {
    #[default]
    Human,
    Json,
    Markdown,
}

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group = clap::ArgGroup::new("subject").args(["requirements", "project", "script", "stress"]).required(true).multiple(true))]
pub(crate) struct CheckArgs {
    /// Check these packages, as pip takes them: `numpy`, `lxml==6.*`, `./mine.whl`
    #[arg(value_name = "REQUIREMENT")]
    requirements: Vec<String>,
    /// Check a Python project: a folder with a pyproject.toml
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Check every package that this script imports
    #[arg(long, value_name = "FILE.py")]
    script: Option<PathBuf>,
    /// Use this interpreter instead of every free-threaded one that is here, as `3.13t` or a path (repeatable)
    #[arg(short = 'p', long = "interpreter", value_name = "REQUEST")]
    interpreters: Vec<String>,
    /// Call this function again and again in threads that are switched as often as can be, and compare the answers
    #[arg(long, value_name = "FILE.py:FUNC")]
    stress: Option<String>,
    /// Import and stress in this many threads at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(2..=256))]
    threads: u32,
    /// Build nothing from source: what has no wheel can't be had
    #[arg(long)]
    wheels_only: bool,
    /// Ask no network: take packages only from what is here
    #[arg(long)]
    offline: bool,
    /// Print a table, JSON, or a table in Markdown
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    format: CheckFormat,
}

/// Checks packages on each free-threaded interpreter.
///
/// # Errors
/// Exit 2: nothing to check, or an interpreter with the GIL; 3: no free-threaded interpreter; 5: no cache to install
/// into, or standard output can't be written; 130: interrupted.
pub(crate) fn run(args: &CheckArgs) -> Result<Exit, Failure> {
    let interpreters = interpreters(&args.interpreters)?;
    let stress = args.stress.as_deref().map(function_of).transpose()?;
    let packages = PackageOptions { cache: cache()?, offline: args.offline, cancel: cancel_on_signals() };
    let examiner = Examiner { packages, threads: args.threads, builds: !args.wheels_only && !args.offline };
    let mut reports = Vec::new();
    for interpreter in &interpreters {
        let subjects = subjects(args, &examiner, interpreter)?;
        let mut found = Vec::new();
        for subject in &subjects {
            found.push(examiner.package(interpreter, subject)?);
        }
        let stressed = match &stress {
            Some((file, function)) => {
                let together = Requirements::new(&texts(&subjects), Path::new("."))
                    .map_err(|error| Exit::Usage.because(error))?;
                let together = together.with_project(subjects.iter().find_map(|it| it.project.as_ref()));
                Some(examiner.stress(interpreter, &together, file, function)?)
            }
            None => None,
        };
        reports.push(report(interpreter, found, stressed));
    }
    match args.format {
        CheckFormat::Json => output::print_json(&findings::as_json(&reports))?,
        CheckFormat::Human => output::tell(&tell::human(&reports, args.threads, output::width()))?,
        CheckFormat::Markdown => output::print(&tell::markdown(&reports, args.threads))?,
    }
    Ok(findings::exit(&reports))
}

fn report(
    interpreter: &Interpreter,
    packages: Vec<findings::PackageFinding>,
    stress: Option<StressFinding>,
) -> CheckedInterpreter {
    let version = interpreter.facts.version.clone();
    CheckedInterpreter { name: interpreter.name.clone(), version, packages, stress }
}

/// Returns the free-threaded interpreters to ask: those that were named, else the newest of each version here.
fn interpreters(requests: &[String]) -> Result<Vec<Interpreter>, Failure> {
    let discovery = Discovery::of_this_machine();
    let mut requests = requests.to_vec();
    if requests.is_empty() {
        let free = discovery.facts().into_iter().filter(|it| it.free_threaded() && it.is_cpython_release());
        let minors: std::collections::BTreeSet<(u32, u32)> = free.map(|facts| facts.minor()).collect();
        requests = minors.iter().map(|(major, minor)| format!("{major}.{minor}t")).collect();
    }
    if requests.is_empty() {
        return Err(Exit::Missing.because(format!(
            "no free-threaded Python is here; `gilmatrix install 3.14t` gets one; searched: {}",
            discovery.searched.join(", ")
        )));
    }
    for request in &requests {
        request.parse::<crate::matrix::request::Request>().map_err(|error| Exit::Usage.because(error))?;
    }
    let entries: Vec<_> = requests.iter().map(|request| InterpreterEntry::of_request(request)).collect();
    let resolution = resolve(&entries, &discovery, &ResolveOptions::in_folder(Path::new(".")));
    if let Some(missing) = resolution.missing.first() {
        return Err(Exit::Missing.because(format!("`{}`: {}", missing.name, missing.told("; "))));
    }
    if let Some(with_gil) = resolution.found.iter().find(|one| !one.facts.free_threaded()) {
        return Err(Exit::Usage.because(format!(
            "`{}` is a build with the GIL, where nothing can turn it on: name a free-threaded one, as `3.13t`",
            with_gil.name
        )));
    }
    Ok(resolution.found)
}

/// Returns the file and the function of `FILE.py:FUNC`.
fn function_of(target: &str) -> Result<(PathBuf, String), Failure> {
    let (file, function) = target
        .rsplit_once(':')
        .filter(|(file, function)| file.ends_with(".py") && !function.is_empty())
        .ok_or_else(|| Exit::Usage.because(format!("`{target}` is not FILE.py:FUNC, as `mine.py:work`")))?;
    Ok((existing(Path::new(file))?, function.to_owned()))
}

fn existing(file: &Path) -> Result<PathBuf, Failure> {
    let missing = || Exit::Usage.because(format!("there is no file `{}`", file.display()));
    if file.is_file() { std::path::absolute(file).map_err(|_| missing()) } else { Err(missing()) }
}

fn texts(subjects: &[CheckSubject]) -> Vec<String> {
    subjects.iter().filter(|one| one.project.is_none()).map(|one| one.text.clone()).collect()
}

/// Returns what is checked on an interpreter: a script is read by the interpreter itself, by its own syntax.
fn subjects(
    args: &CheckArgs,
    examiner: &Examiner,
    interpreter: &Interpreter,
) -> Result<Vec<CheckSubject>, Failure> {
    let mut texts = args.requirements.clone();
    if let Some(script) = &args.script {
        let path = existing(script)?;
        let evidence = Evidence::new(&interpreter.command, &examiner.packages.cancel);
        let found: Vec<String> = evidence.ask(&["imports", &path.to_string_lossy()]).map_err(|trouble| {
            Exit::Usage.because(format!("`{}` can't be read: {}", script.display(), trouble.text))
        })?;
        if found.is_empty() {
            output::note(&format!("`{}` imports the standard library alone", script.display()));
        }
        texts.extend(found);
    }
    let mut subjects: Vec<CheckSubject> = Vec::new();
    for text in texts {
        if subjects.iter().all(|one| one.text != text) {
            subjects.push(CheckSubject { text, project: None });
        }
    }
    if let Some(folder) = &args.project {
        let project = project(folder)?;
        subjects.push(CheckSubject { text: project.name.clone(), project: Some(project) });
    }
    if examiner.packages.cancel.is_cancelled() { Err(interrupted()) } else { Ok(subjects) }
}
