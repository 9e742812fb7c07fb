//! Which profiler can look into an interpreter: py-spy, Python's own from 3.15 on, or none.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::commands::install::{cancel_on_signals, interrupted};
use crate::commands::{Exit, Failure, output};
use crate::interpreter::packages::{self, PackageOptions, Requirements};
use crate::interpreter::unavailable::Unavailable;
use crate::interpreter::{Interpreter, cache_dir};
use crate::measure::ProfilerEnd;
use crate::platform::ptrace_scope;
use crate::process::scrub_python;

/// The first version that has `profiling.sampling`.
const OWN_SINCE: (u32, u32) = (3, 15);
const PY_SPY: &str = "py-spy";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum Wanted {
    /// Take py-spy where it can read the interpreter, else Python's own sampling profiler
    #[default]
    Auto,
    /// Take py-spy, from PATH or else put into the cache
    PySpy,
    /// Take `python -m profiling.sampling`, in Python from 3.15
    Sampling,
}

/// A profiler that can read this interpreter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tool {
    PySpy(PathBuf),
    /// The interpreter's own command.
    Sampling(Vec<String>),
}

/// How a profiler samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProfileOptions {
    pub duration: Duration,
    /// Samples a second.
    pub rate: u32,
    /// It shows waiting threads, too.
    pub idle: bool,
    /// It looks at child processes, too.
    pub children: bool,
    /// It shows only what holds the GIL.
    pub gil: bool,
}

impl Tool {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::PySpy(_) => PY_SPY,
            Self::Sampling(_) => "profiling.sampling",
        }
    }

    /// Returns how its files end.
    pub(super) fn extension(&self) -> &'static str {
        match self {
            Self::PySpy(_) => "svg",
            Self::Sampling(_) => "html",
        }
    }

    /// Returns the command that writes the flame graph of a process to `file`.
    pub(super) fn command(&self, pid: u32, options: &ProfileOptions, file: &Path) -> Command {
        let (seconds, rate, pid) = (
            options.duration.as_secs_f64().ceil().max(1.0).to_string(),
            options.rate.to_string(),
            pid.to_string(),
        );
        let mut command = match self {
            Self::PySpy(program) => {
                let mut command = Command::new(program);
                command.args(["record", "--pid", &pid, "--format", "flamegraph", "--threads"]);
                command.args(options.gil.then_some("--gil")).args(options.idle.then_some("--idle"));
                command
            }
            Self::Sampling(python) => {
                let mut command = Command::new(&python[0]);
                command.args(&python[1..]).args(["-m", "profiling.sampling", "attach", "--all-threads"]);
                let mode = match (options.gil, options.idle) {
                    (true, _) => "gil",
                    (false, true) => "wall",
                    (false, false) => "cpu",
                };
                command.args(["--flamegraph", "--mode", mode]);
                command
            }
        };
        let rate_option = if matches!(self, Self::PySpy(_)) { "--rate" } else { "--sampling-rate" };
        command.args(["--duration", &seconds, rate_option, &rate, "--output"]).arg(file);
        command.args(options.children.then_some("--subprocesses"));
        if matches!(self, Self::Sampling(_)) {
            command.arg(&pid);
        }
        scrub_python(&mut command);
        // The reason alone, without py-spy's own stack.
        command.env("RUST_BACKTRACE", "0").env("NO_COLOR", "1");
        command
    }

    /// Returns why it failed, with what to do about it.
    pub(super) fn trouble(&self, end: &ProfilerEnd, interpreter: &Interpreter) -> Failure {
        let told = |sign: &&str| end.output.to_lowercase().contains(sign);
        let name = self.name();
        let version = &interpreter.facts.version;
        if ["permission denied", "operation not permitted", "os error 1)"].iter().any(told) {
            return Exit::Refused.because(refused(name, ptrace_scope(), self));
        }
        let unread = [
            "failed to find python version",
            "failed to find a python interpreter",
            "not supported",
            "unsupported version",
        ];
        if unread.iter().any(told) {
            return Exit::Missing.because(format!(
                "this {name} can't read Python {version}: a newer one may (`pip install --upgrade py-spy`){}",
                if own(interpreter) { "; `--profiler sampling` takes Python's own" } else { "" }
            ));
        }
        Exit::Refused.because(format!("{name} failed: {}", reason(&end.output)))
    }
}

/// Names the kernel's rule, and the three ways around it.
fn refused(name: &str, scope: Option<u8>, tool: &Tool) -> String {
    let rule = match scope {
        None | Some(0) => String::new(),
        Some(scope) => format!(" (kernel.yama.ptrace_scope is {scope})"),
    };
    let mut lines = vec![format!("{name} may not look into another process{rule}; one of these lets it:")];
    if !matches!(scope, None | Some(0 | 3)) {
        lines.push("  sudo sysctl kernel.yama.ptrace_scope=0     until the next start".to_owned());
    }
    if let Tool::PySpy(program) = tool {
        lines.push(format!("  sudo setcap cap_sys_ptrace+ep {}", program.display()));
    }
    lines.push("  in a container: start it with `--cap-add SYS_PTRACE`".to_owned());
    lines.join("\n")
}

/// Returns the line that says what went wrong.
fn reason(printed: &str) -> String {
    let lines = || printed.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling = lines().find(|line| line.starts_with("Error")).or_else(|| lines().next_back());
    telling.unwrap_or("it printed nothing").chars().take(300).collect()
}

fn own(interpreter: &Interpreter) -> bool {
    interpreter.facts.implementation == "cpython" && interpreter.facts.minor() >= OWN_SINCE
}

/// Returns the profiler for this interpreter; py-spy is put into the cache where it is nowhere.
///
/// # Errors
/// Exit 3: no profiler can read it, or py-spy can't be had; 130: interrupted while installing.
pub(super) fn tool(interpreter: &Interpreter, wanted: Wanted, offline: bool) -> Result<Tool, Failure> {
    let facts = &interpreter.facts;
    let sampling = || Ok(Tool::Sampling(interpreter.command.clone()));
    if wanted == Wanted::Sampling {
        return match own(interpreter) {
            true => sampling(),
            false => Err(Exit::Missing.because(format!(
                "`{}` has no `profiling.sampling`: it came with Python 3.15",
                interpreter.name
            ))),
        };
    }
    if facts.implementation != "cpython" || facts.free_threaded() {
        return match own(interpreter) && wanted == Wanted::Auto {
            true => sampling(),
            false => Err(Exit::Missing.because(nobody(interpreter))),
        };
    }
    if let Some(program) = here() {
        return Ok(Tool::PySpy(program));
    }
    // It is there, and needs no download.
    if own(interpreter) && wanted == Wanted::Auto {
        return sampling();
    }
    installed(interpreter, offline).map(Tool::PySpy)
}

/// Says that no profiler can read it, and what to do instead.
fn nobody(interpreter: &Interpreter) -> String {
    let name = &interpreter.name;
    if interpreter.facts.implementation != "cpython" {
        return format!(
            "no profiler can look into `{name}` from outside: py-spy reads CPython only; profile the same cell on a CPython, whose shape is often alike, or use PyPy's own vmprof"
        );
    }
    let (major, minor) = interpreter.facts.minor();
    format!(
        "no profiler can look into `{name}` from outside: py-spy reads builds with the GIL only, and Python's own sampling profiler came with 3.15; profile the same cell on `{major}.{minor}`, which runs the same code, or on `3.15t`"
    )
}

/// Returns the py-spy that is on PATH or in an environment of the cache.
fn here() -> Option<PathBuf> {
    which::which(PY_SPY).ok().or_else(|| packages::program(&cache_dir()?, PY_SPY))
}

fn installed(interpreter: &Interpreter, offline: bool) -> Result<PathBuf, Failure> {
    let missing = |reason: String| {
        Exit::Missing.because(format!(
            "py-spy isn't on PATH, and can't be had: {reason}; `pip install py-spy` gets it"
        ))
    };
    let cache = cache_dir().ok_or_else(|| missing("there is no cache to put it into".to_owned()))?;
    if offline {
        return Err(missing("it isn't in the cache, and `--offline` asks nobody".to_owned()));
    }
    let requirements = Requirements::new(&[PY_SPY.to_owned()], Path::new(".")).map_err(missing)?;
    let options = PackageOptions { cache: cache.clone(), offline, cancel: cancel_on_signals() };
    match packages::environment(interpreter, &requirements, &options, &mut output::note) {
        Ok(_) => packages::program(&cache, PY_SPY)
            .ok_or_else(|| missing("its package has no program for this machine".to_owned())),
        Err(Unavailable::Refused { reason, .. }) => Err(missing(reason)),
        Err(Unavailable::Cancelled) => Err(interrupted()),
    }
}
