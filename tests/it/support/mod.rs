//! The binary run in a folder, what it said, and the places that tests are run in.

mod machine;
mod place;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub use machine::{Machine, finding_only, real};
pub use place::{Place, alive, eventually, with_fake};

/// The program that is tested.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_gilmatrix");

/// Returns the command, ready to run in a folder, without colours and without anybody to ask.
pub fn gilmatrix(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).env("NO_COLOR", "1");
    command
}

/// Returns a path in the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns the exit code, −1 where a signal ended the process.
pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Returns both outputs, standard output first.
pub fn told(output: &Output) -> String {
    stdout(output) + &stderr(output)
}

/// Puts text that was wrapped to the terminal's width on one line.
pub fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
