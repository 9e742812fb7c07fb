//! `try -- COMMAND`: a whole command instead of a function.

use std::path::Path;

use super::TryArgs;
use crate::commands::{Exit, Failure};
use crate::matrix::{PYTHON, Project, WholeCommand, Workload};

/// Returns the workload that the command line names after `--`, to be run in the current folder.
///
/// # Errors
/// Exit 2: it begins with one interpreter of several.
pub(super) fn workload(args: &TryArgs, project: Option<Project>) -> Result<Workload, Failure> {
    let mut words = args.command.clone();
    let first = words.first_mut().filter(|word| word.starts_with("python"));
    if let Some(word) = first {
        match word["python".len()..].as_ref() {
            "" | "3" => PYTHON.clone_into(word),
            version if version.starts_with(|c: char| c.is_ascii_digit()) => {
                return Err(Exit::Usage.because(format!(
                    "`{word}` is one interpreter, and `try` compares several: write `python`, and name them with `-p {version}`"
                )));
            }
            _ => {}
        }
    }
    let shell = |text: &Option<String>| match text {
        Some(text) => ["sh", "-c", text].map(str::to_owned).into(),
        None => Vec::new(),
    };
    let parts = [words, shell(&args.prepare), shell(&args.cleanup)];
    let command = WholeCommand::in_folder(Path::new("."), parts);
    let name = command.name();
    Ok(Workload { packages: args.packages.clone(), project, ..command.workload(name) })
}
