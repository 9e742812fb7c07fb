//! Asks an executable what it is. Isolated, answered in a file: a `sitecustomize` that prints, a
//! shim, or a `PYTHON*` variable can't change the answer.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Facts;
use super::flags;
use crate::process::{self, Cancel, ProgramError, Scratch, Supervision};
use crate::sha256;

/// The embedded script.
pub(crate) const SCRIPT: &str = include_str!("probe.py");
/// The oldest version that the harness runs on (3.6 lacks the clocks).
pub(crate) const OLDEST: (u32, u32) = (3, 8);
/// An interpreter starts in well under a second; a busy machine or a container needs longer.
pub(crate) const LIMIT: Duration = Duration::from_secs(8);

/// What an executable said, and where it really is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probed {
    /// What it said about itself.
    pub facts: Facts,
    /// `sys.executable`, symlinks kept: behind a shim, the program itself.
    pub executable: PathBuf,
    /// The interpreter behind a virtual environment, symlinks resolved; otherwise `executable`'s.
    pub base: PathBuf,
}

/// Why an executable is no interpreter to measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub(crate) enum ProbeError {
    /// It gives no answer; why, in words.
    #[error("{0}")]
    Broken(String),
    /// The harness doesn't run on it.
    #[error("{implementation} {version} is too old: 3.8 is the oldest that gilmatrix measures")]
    TooOld {
        /// Its implementation, as `PyPy`.
        implementation: String,
        /// Its version, as `3.6.15`.
        version: String,
    },
}

/// The script's answer: facts, and what others are made from.
#[derive(Debug, Deserialize)]
struct ProbeAnswer {
    /// What a probe can't hear is empty, and `executable` is still `sys.executable`.
    #[serde(flatten)]
    facts: Facts,
    version_info: (u32, u32, u32),
    real_executable: PathBuf,
    base_executable: PathBuf,
    flags: String,
    cflags: Option<String>,
    host_type: Option<String>,
    sha256: Option<String>,
}

/// Probes a command: a program, or a wrapper with its arguments that ends in the Python to run.
///
/// # Errors
/// It is no interpreter to measure.
pub(crate) fn probe(command: &[OsString], limit: Duration) -> Result<Probed, ProbeError> {
    let answer = match ask(command, &["-I", "-S"], None, limit) {
        // Before 3.4 there is no `-I`.
        Err(Trouble::Exited(Some(2), _)) => ask(command, &["-E", "-s", "-S"], None, limit),
        other => other,
    };
    let answer = answer.map_err(|trouble| ProbeError::Broken(trouble.reason()))?;
    let facts = &answer.facts;
    if (answer.version_info.0, answer.version_info.1) < OLDEST {
        let implementation = if facts.implementation == "cpython" { "Python" } else { "PyPy" };
        let (implementation, version) = (implementation.to_owned(), facts.version.clone());
        return Err(ProbeError::TooOld { implementation, version });
    }
    if facts.executable.as_os_str().is_empty() {
        return Err(ProbeError::Broken("it doesn't know its own executable".to_owned()));
    }
    let second = second_probe(command, facts, limit);
    let hash = match &answer.sha256 {
        Some(hash) => hash.clone(),
        None => sha256::of_file(&answer.real_executable)
            .map_err(|error| ProbeError::Broken(format!("its executable can't be read: {error}")))?,
    };
    Ok(into_probed(answer, second, hash))
}

/// Asks what isolation hides: whether `PYTHON_GIL` changes the GIL (it is fatal on a GIL build, hence the
/// value that would change it), and a virtual environment.
fn second_probe(command: &[OsString], facts: &Facts, limit: Duration) -> (Option<bool>, bool) {
    let Some(free_threaded) = facts.py_gil_disabled else { return (None, false) };
    let value = if free_threaded { "1" } else { "0" };
    match ask(command, &[], Some(("PYTHON_GIL", value)), limit) {
        Ok(ProbeAnswer { facts: second, .. }) => {
            (Some(second.gil_enabled == free_threaded), second.virtual_env)
        }
        Err(Trouble::Exited(..)) if !free_threaded => (Some(false), false),
        Err(_) => (None, false),
    }
}

fn into_probed(
    answer: ProbeAnswer,
    (honours_python_gil, venv): (Option<bool>, bool),
    hash: String,
) -> Probed {
    let mut facts = answer.facts;
    let args = facts.configure_args.as_deref().unwrap_or_default();
    let musl = answer.host_type.as_deref().is_some_and(|host| host.contains("musl"));
    facts.pgo = flags::pgo(args, &answer.flags);
    facts.lto = flags::lto(args, &answer.flags);
    facts.optimisation = answer.cflags.as_deref().and_then(flags::optimisation);
    facts.compiler = flags::compiler(&facts.build);
    facts.libc = facts.libc.or_else(|| musl.then(|| "musl".to_owned()));
    facts.executable_sha256 = hash;
    facts.honours_python_gil = honours_python_gil;
    facts.virtual_env |= venv;
    let executable = std::mem::replace(&mut facts.executable, answer.real_executable);
    Probed { facts, executable, base: answer.base_executable }
}

/// Why there was no answer.
pub(crate) enum Trouble {
    Run(ProgramError),
    /// Exit code, `None` for a signal, and how it ended in words.
    Exited(Option<i32>, String),
    Garbled,
    Scratch(std::io::Error),
}

impl Trouble {
    pub(crate) fn reason(self) -> String {
        match self {
            Self::Run(ProgramError::Start(error)) if error.raw_os_error() == Some(8) => {
                "it isn't a program that this machine can start (exec format error)".to_owned()
            }
            Self::Run(error) => format!("it {error}"),
            Self::Exited(_, printed) => printed,
            Self::Garbled => "it ended without an answer: not a Python interpreter?".to_owned(),
            Self::Scratch(error) => format!("no scratch file could be made: {error}"),
        }
    }
}

fn ask(
    command: &[OsString],
    isolation: &[&str],
    variable: Option<(&str, &str)>,
    limit: Duration,
) -> Result<ProbeAnswer, Trouble> {
    // A wrapper may enter another root: only it can hash what is there.
    let hash = if command.len() > 1 && !isolation.is_empty() { "sha256" } else { "" };
    let text = ask_script(command, isolation, SCRIPT, &[hash], variable, (limit, &Cancel::default()))?;
    serde_json::from_str(&text).map_err(|_| Trouble::Garbled)
}

/// Runs a script that answers like `probe.py`: into the file `argv[1]` behind the nonce `argv[2]`.
/// Gives the text between the two nonces.
///
/// # Errors
/// There is no answer.
pub(crate) fn ask_script(
    command: &[OsString],
    isolation: &[&str],
    script: &str,
    args: &[&str],
    variable: Option<(&str, &str)>,
    (limit, cancel): (Duration, &Cancel),
) -> Result<String, Trouble> {
    let Some((program, before)) = command.split_first() else { return Err(Trouble::Garbled) };
    // An empty folder to work in: no stray `json.py` can be imported.
    let scratch = Scratch::new("probe-").map_err(Trouble::Scratch)?;
    let report = scratch.path().join("report");
    std::fs::write(&report, "").map_err(Trouble::Scratch)?;
    let output = tempfile::tempfile().map_err(Trouble::Scratch)?;
    let work = scratch.path().join("empty");
    std::fs::create_dir(&work).map_err(Trouble::Scratch)?;
    let nonce = format!("{:032x}", rand::random::<u128>());

    let mut child = Command::new(program);
    process::scrub_python(&mut child);
    child.args(before).args(isolation).arg("-c").arg(script).arg(&report).arg(&nonce);
    child.args(args.iter().filter(|arg| !arg.is_empty())).current_dir(&work);
    if let Some((name, value)) = variable {
        child.env(name, value);
    }
    let watch = Supervision { limit: Some(limit), cancel, on_output: None };
    let status = process::run(&mut child, &output, watch).map_err(Trouble::Run)?;
    let printed = process::file_tail(&output, 65536);
    let answered = std::fs::read_to_string(&report).unwrap_or_default();
    for text in [&answered, &printed] {
        let between = text.split_once(&nonce).and_then(|(_, rest)| rest.split_once(&nonce));
        if let Some((answer, _)) = between {
            return Ok(answer.to_owned());
        }
    }
    if status.success() {
        return Err(Trouble::Garbled);
    }
    // A traceback ends with its point, everything else begins with it.
    let telling = if printed.contains("Traceback") { printed.lines().last() } else { printed.lines().next() };
    let telling = telling.unwrap_or("it printed nothing").trim().chars().take(300).collect::<String>();
    Err(Trouble::Exited(
        status.code(),
        format!("it ended with {}: {telling}", process::describe_status(status)),
    ))
}

/// Returns a program alone as a command.
pub(crate) fn program(path: &Path) -> Vec<OsString> {
    vec![path.as_os_str().to_owned()]
}
