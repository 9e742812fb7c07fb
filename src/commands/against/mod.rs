//! `run --against BASE`: what a run is held against, found and made ready.

mod checkout;
mod matched;
mod projects;
mod pythons;
mod stored;

use std::path::{Path, PathBuf};

use super::prepare::{MatrixArgs, Prepared, folder_of};
use super::{Exit, Failure};
use crate::matrix::fraction;
use crate::process::Scratch;
use crate::record::Against;

/// The options of the gate.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Gate")]
pub(super) struct AgainstArgs {
    /// Exit with 1 when a cell is confirmed to be slower or heavier than this base: `git:REF`, a folder with the base's
    /// scripts, a base interpreter (`3.13.0`, or `NAME=REQUEST` for one of the matrix; repeatable), or a run's
    /// directory. Base and new are measured here and now, taking turns
    #[arg(long, value_name = "BASE")]
    against: Vec<String>,
    /// Let a cell become this much slower before the gate fails; a `[[budget]]` of the matrix goes before it
    #[arg(long, value_name = "SHARE", default_value = "3%", value_parser = fraction, requires = "against")]
    max_slowdown: f64,
    /// Let a cell take this much more memory before the gate fails; a `[[budget]]` of the matrix goes before it
    #[arg(long, value_name = "SHARE", default_value = "10%", value_parser = fraction, requires = "against")]
    max_memory_growth: f64,
    /// Also exit with 4 when a cell is `undecided`: the budget didn't suffice for it
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',', requires = "against")]
    fail_on: Vec<FailOn>,
    /// Don't fail when base and new return different `answers`, as a new algorithm may
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',', requires = "against")]
    allow: Vec<Allow>,
}

/// What a gate passes unless it is told not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum FailOn {
    Undecided,
}

/// What fails a gate unless it is told that it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Allow {
    Answers,
}

/// A base as it was typed.
enum Base {
    Git(String),
    Folder(PathBuf),
    Run(PathBuf),
    Pythons(Vec<String>),
}

/// Finds the base and notes it in what is prepared. Returns the files of a base's commit, if it has some: dropping them
/// removes them.
///
/// # Errors
/// Exit 2: the base makes no sense; 3: its interpreter is missing; 6: it has changed since.
pub(super) fn attach(
    args: &AgainstArgs,
    matrix: &MatrixArgs,
    prepared: &mut Prepared,
) -> Result<Option<Scratch>, Failure> {
    if args.against.is_empty() {
        return Ok(None);
    }
    let mut files = None;
    let folder = folder_of(&matrix.matrix);
    let mut against = match parse(&args.against)? {
        Base::Git(name) => {
            let (against, temp) = checkout::of_commit(&name, folder, matrix, prepared)?;
            files = Some(temp);
            against
        }
        Base::Folder(path) => checkout::of_files(folder, &path, true, folder, matrix, prepared)?,
        Base::Run(path) => stored::of_run(&path, prepared)?,
        Base::Pythons(requests) => pythons::of_requests(&requests, folder, prepared)?,
    };
    against.request = args.against.join(" ");
    against.fail_on_undecided = args.fail_on.contains(&FailOn::Undecided);
    against.allow_answers = args.allow.contains(&Allow::Answers);
    matched::budgets(&mut against, (args.max_slowdown, args.max_memory_growth), &prepared.matrix);
    if against.cells.is_empty() {
        let text = format!("nothing of this matrix has a counterpart in `{}`", against.request);
        return Err(Exit::Usage.because(text));
    }
    prepared.against = Some(against);
    Ok(files)
}

fn parse(texts: &[String]) -> Result<Base, Failure> {
    if let [text] = texts {
        if let Some(name) = text.strip_prefix("git:") {
            return Ok(Base::Git(name.to_owned()));
        }
        let path = Path::new(text.strip_prefix("run:").unwrap_or(text));
        if text.starts_with("run:") || path.join("run.json").is_file() {
            return Ok(Base::Run(path.to_owned()));
        }
        if path.is_dir() {
            return Ok(Base::Folder(path.to_owned()));
        }
    }
    match texts.iter().find(|text| text.starts_with("git:") || text.starts_with("run:")) {
        Some(text) => {
            Err(Exit::Usage.because(format!("`--against {text}` can't be joined with another base")))
        }
        None => Ok(Base::Pythons(texts.to_vec())),
    }
}

/// Returns a base that has the matrix's own interpreters and workloads, and no cells yet.
fn same(prepared: &Prepared) -> Against {
    Against {
        interpreters: prepared.interpreters.clone(),
        workloads: prepared.matrix.workloads.clone(),
        ..Against::default()
    }
}
