//! `gilmatrix init`: a commented matrix from the interpreters that are here, and what a CI service needs.

mod ci;
mod text;

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ci::Ci;

use super::prepare::whole_cpus;
use super::{Exit, Failure, output};
use crate::interpreter::Discovery;
use crate::matrix::doubling;

const EXAMPLES: &str = "\
Examples:
  gilmatrix init                    write ./matrix.toml; one that is there stays
  gilmatrix init --out -            print it
  gilmatrix init --ci github        also write a GitHub workflow: every night, with a gate
  gilmatrix init --ci gitlab        also write .gitlab-ci.yml: every night, a gate on merge requests
  gilmatrix init --ci cron          also write gilmatrix-nightly.sh, for a machine of your own
  gilmatrix init --out bench/matrix.toml --ci github   for this matrix, there or not";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitArgs {
    /// Write the matrix here; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "matrix.toml")]
    out: PathBuf,
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
    let to_stdout = args.out == Path::new("-");
    // With a service the matrix is what it is to measure: one that is there stays.
    let keeps = args.ci.is_some() && !args.force && !to_stdout && args.out.exists();
    let discovery = Discovery::of_this_machine();
    let choice = text::choose(&discovery.facts());
    let cpus = whole_cpus();
    let mut counts = vec![1];
    counts.extend(doubling(cpus).into_iter().filter(|count| *count > 1));
    let matrix = choice.matrix(&counts, cpus);
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    if !to_stdout && !keeps {
        files.push((args.out.clone(), matrix.clone()));
    }
    if let Some(service) = args.ci {
        let name = if to_stdout { Path::new("matrix.toml") } else { &args.out };
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
    if let Some((there, _)) = files.iter().find(|(path, _)| !args.force && path.exists()) {
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
        output::note(&format!("`{}` was there already, and stays as it is", args.out.display()));
        return Ok(Exit::Done);
    }
    if choice.install {
        output::note("no Python is here: `gilmatrix run` installs what the matrix asks for");
    } else if !choice.has_free_threaded() {
        output::note("no free-threaded Python here: `gilmatrix install 3.14t --with-twin` gets one");
    }
    if !to_stdout {
        output::note(
            "next: `gilmatrix plan` shows what it would measure, `gilmatrix run --quick` takes a first look",
        );
    }
    Ok(Exit::Done)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    output::write(path, text.as_bytes())?;
    if text.starts_with("#!") {
        std::fs::set_permissions(path, Permissions::from_mode(0o755)).map_err(|error| {
            Exit::Refused.because(format!("`{}` can't be made executable: {error}", path.display()))
        })?;
    }
    output::note(&format!("wrote {}", path.display()));
    Ok(())
}
