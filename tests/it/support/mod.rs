//! The binary run in a folder, what it said, and the places that tests are run in.

mod machine;
mod place;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) use machine::Machine;
pub(crate) use machine::{finding_only, real};
pub(crate) use place::{Place, alive, eventually, with_fake};

/// The program that is tested.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_gilmatrix");

/// Returns the command, ready to run in a folder, without colours and without anybody to ask.
pub(crate) fn gilmatrix(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).env("NO_COLOR", "1");
    command
}

/// Returns a path in the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns the exit code, −1 where a signal ended the process.
pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Returns both outputs, standard output first.
pub(crate) fn told(output: &Output) -> String {
    stdout(output) + &stderr(output)
}

/// Puts text that was wrapped to the terminal's width on one line.
pub(crate) fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs the body of a test in a process of its own, in which this program runs the one test again. A test that measures
/// through the library needs that: the runner waits for every child that its process has, those of other tests included.
pub(crate) fn alone(module: &str, test: &str, body: fn()) {
    const APART: &str = "GILMATRIX_TEST_APART";
    if std::env::var_os(APART).is_some() {
        return body();
    }
    let (_, module) = module.split_once("::").expect("a crate and a path");
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", &format!("{module}::{test}")]).env(APART, "1");
    let output = command.output().expect("it starts");
    assert!(output.status.success() && stdout(&output).contains("1 passed"), "{}", told(&output));
}
