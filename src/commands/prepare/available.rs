//! The interpreters of a matrix: found, installed, or missed.

use std::path::Path;

use crate::commands::{Exit, Failure, install};
use crate::interpreter::cache_entries::note_use;
use crate::interpreter::{Discovery, Interpreter, Missing, Resolution, ResolveOptions, resolve};
use crate::matrix::{Interpreters, Matrix, MissingPolicy};
use crate::plan::{Plan, SkipKind};

/// Notes that interpreters of the cache are used now, for `gilmatrix cache`.
pub(super) fn note_uses(found: &[Interpreter]) {
    for own in found.iter().filter(|one| one.provider == "gilmatrix") {
        // `<place>/bin/python3.13`
        own.facts.executable.ancestors().nth(2).into_iter().for_each(note_use);
    }
}

/// Finds, or installs, what the matrix asks for. `asked` is its plan on a machine without interpreters: what the
/// filters leave out there is neither installed nor required.
///
/// # Errors
/// Exit 3: one that is required is missing; 130: interrupted while installing.
pub(super) fn interpreters(
    matrix: &Matrix,
    asked: &Plan,
    folder: &Path,
    offline: bool,
) -> Result<Resolution, Failure> {
    let needed = |missing: &&Missing| {
        asked.cells.iter().any(|planned| {
            let lacks = planned.skipped.as_ref().is_some_and(|it| it.kind == SkipKind::InterpreterMissing);
            lacks && planned.cell.interpreter == missing.name
        })
    };
    let wanted = &matrix.interpreters;
    let find = || {
        let mut options = ResolveOptions::in_folder(folder);
        options.allow_prerelease = wanted.allow_prerelease;
        resolve(&wanted.entries, &Discovery::of_this_machine(), &options)
    };
    let mut resolution = find();
    let absent: Vec<String> =
        resolution.missing.iter().filter(needed).map(|missing| missing.request.clone()).collect();
    let mut exit = Exit::Missing;
    if wanted.missing == MissingPolicy::Install && !offline && !absent.is_empty() {
        exit = install::missing(&absent)?;
        resolution = find();
    }
    let required =
        |missing: &&Missing| wanted.missing == MissingPolicy::Fail || missing.name == wanted.baseline;
    let lacking: Vec<&Missing> = if resolution.found.is_empty() {
        resolution.missing.iter().collect()
    } else {
        resolution.missing.iter().filter(needed).filter(required).collect()
    };
    match lacking.as_slice() {
        [] => Ok(resolution),
        _ => Err(exit.because(not_here(&lacking, &resolution, wanted))),
    }
}

/// Says what is missing, every place searched, and what to do next.
fn not_here(lacking: &[&Missing], resolution: &Resolution, wanted: &Interpreters) -> String {
    let mut lines: Vec<String> = lacking
        .iter()
        .map(|missing| {
            let role = if missing.name == wanted.baseline { "the baseline " } else { "" };
            format!("{role}`{}` is missing: {}", missing.name, missing.told("\n  "))
        })
        .collect();
    let requests: Vec<&str> = lacking.iter().map(|missing| missing.request.as_str()).collect();
    lines.push(format!("searched: {}", resolution.searched.join(", ")));
    lines.push(format!(
        "try `gilmatrix install {}`, or `gilmatrix pythons` for what is here",
        requests.join(" ")
    ));
    lines.join("\n")
}
