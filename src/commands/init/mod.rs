//! `gilmatrix init`: a commented matrix from the interpreters that are here, and what a CI service needs.

mod ci;
mod text;

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ci::Ci;

use super::prepare::whole_cpus;
use super::{Exit, Failure, output};
use crate::harness::Catalogue;
use crate::interpreter::Discovery;
use crate::matrix::{doubling, holds_matrix, parse};

const EXAMPLES: &str = "\
Examples:
  gilmatrix init                    write ./matrix.toml; one that is there stays
  gilmatrix init --out -            print it
  gilmatrix init --pyproject        add it to ./pyproject.toml as [tool.gilmatrix]
  gilmatrix init --ci github        also write a GitHub workflow: every night, with a gate
  gilmatrix init --ci gitlab        also write .gitlab-ci.yml: every night, a gate on merge requests
  gilmatrix init --ci cron          also write gilmatrix-nightly.sh, for a machine of your own
  gilmatrix init --out bench/matrix.toml --ci github   for this matrix, there or not";

const PYPROJECT: &str = "pyproject.toml";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitArgs {
    /// Write the matrix here; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "matrix.toml")]
    out: PathBuf,
    /// Add the matrix to ./pyproject.toml, as `[tool.gilmatrix]`
    #[arg(long, conflicts_with_all = ["out", "force"])]
    pyproject: bool,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
    /// Also write what this service needs for a nightly run; a matrix that is there stays and is what it measures
    #[arg(long, value_enum, value_name = "SERVICE")]
    ci: Option<Ci>,
}

/// # Errors
/// Exit 2: a file is there already; 5: it can't be written.
pub(crate) fn run(args: &InitArgs) -> Result<Exit, Failure> {
    let place = if args.pyproject { Path::new(PYPROJECT) } else { &args.out };
    let to_stdout = place == Path::new("-");
    let is_there = if args.pyproject { holds_matrix(place) } else { place.exists() };
    // With a service the matrix is what it is to measure: one that is there stays.
    let keeps = args.ci.is_some() && !args.force && !to_stdout && is_there;
    let discovery = Discovery::of_this_machine();
    let choice = text::choose(&discovery.facts());
    let cpus = whole_cpus();
    let mut counts = vec![1];
    counts.extend(doubling(cpus).into_iter().filter(|count| *count > 1));
    let matrix = choice.matrix(&counts, cpus);
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    if args.pyproject && !keeps {
        files.push((place.to_owned(), with_matrix(place, &matrix, cpus)?));
    } else if !to_stdout && !keeps {
        files.push((place.to_owned(), matrix.clone()));
    }
    if let Some(service) = args.ci {
        let name = if to_stdout { Path::new("matrix.toml") } else { place };
        let here = std::env::current_dir().unwrap_or_default();
        // A service reads what stands in the repository's root, and works there.
        let root = match service {
            Ci::Cron => here.as_path(),
            _ => here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&here),
        };
        let inside = here.strip_prefix(root).unwrap_or(Path::new(""));
        let up: PathBuf = inside.iter().map(|_| "..").collect();
        let named = ci::files(service, &inside.join(name))?.into_iter();
        files.extend(named.map(|(path, text)| (up.join(path), text)));
    }
    // All or nothing.
    let replaces = |path: &Path| !args.force && path.exists() && path != Path::new(PYPROJECT);
    if let Some((there, _)) = files.iter().find(|(path, _)| replaces(path)) {
        let text = match *there == args.out {
            true => "`--force` replaces it, `--out FILE` writes the matrix elsewhere",
            false => "`--force` replaces it, and the matrix",
        };
        return Err(Exit::Usage.because(format!("`{}` is there already: {text}", there.display())));
    }
    if to_stdout {
        output::print(&matrix)?;
    }
    for (path, text) in &files {
        write(path, text)?;
    }
    if keeps {
        output::note(&format!("`{}` was there already, and stays as it is", place.display()));
        return Ok(Exit::Done);
    }
    tell_next(args, &choice, to_stdout);
    Ok(Exit::Done)
}

/// Says what to do next.
fn tell_next(args: &InitArgs, choice: &text::StarterMatrix, to_stdout: bool) {
    if choice.install {
        output::note("no Python is here: `gilmatrix run` installs what the matrix asks for");
    } else if !choice.has_free_threaded() {
        output::note("no free-threaded Python here: `gilmatrix install 3.14t --with-twin` gets one");
    }
    if args.pyproject && Path::new("matrix.toml").exists() {
        output::note(
            "`gilmatrix run` measures `matrix.toml`, which is here, too; `gilmatrix run pyproject.toml` this one",
        );
    } else if !to_stdout {
        output::note(
            "next: `gilmatrix plan` shows what it would measure, `gilmatrix run --quick` takes a first look",
        );
    }
}

/// Returns the pyproject.toml that is here with the matrix at its end.
fn with_matrix(path: &Path, matrix: &str, cpus: u32) -> Result<String, Failure> {
    let old = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Exit::Usage
            .because(format!("there is no `{PYPROJECT}` here: `gilmatrix init` writes a file of its own")),
        _ => Exit::Refused.because(format!("`{PYPROJECT}` can't be read: {error}")),
    })?;
    if holds_matrix(path) {
        return Err(
            Exit::Usage.because(format!("`{PYPROJECT}` has a `[tool.gilmatrix]` already: change it there"))
        );
    }
    let new = text::added(&old, matrix);
    match parse(&new, PYPROJECT, &Catalogue::embedded(), cpus) {
        Ok(_) => Ok(new),
        Err(error) => {
            Err(Exit::Usage.because(format!("it can't be added to `{PYPROJECT}` as that is:\n{error}")))
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    // What a link leads to is written, and keeps its permissions.
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let permissions = std::fs::metadata(&place).map(|known| known.permissions()).ok();
    output::write(&place, text.as_bytes())?;
    let executable = text.starts_with("#!").then(|| Permissions::from_mode(0o755));
    if let Some(permissions) = executable.or(permissions) {
        std::fs::set_permissions(&place, permissions).map_err(|error| {
            Exit::Refused.because(format!("the permissions of `{}` can't be set: {error}", path.display()))
        })?;
    }
    output::note(&format!("wrote {}", path.display()));
    Ok(())
}
