//! A base of scripts, and of the projects that they measure: those of a commit, or of another folder.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{matched, projects, same};
use crate::commands::prepare::packages::packages_place;
use crate::commands::prepare::{MatrixArgs, Prepared, catalogue, load};
use crate::commands::{Exit, Failure, output};
use crate::matrix::Workload;
use crate::plan::{self, Machine, Plan};
use crate::process::Scratch;
use crate::record::Against;
use crate::sha256;

/// Writes out the scripts as they were at a commit of the repository that holds the matrix, in a temporary folder:
/// the repository isn't touched.
///
/// # Errors
/// Exit 2: there is no such commit, or the matrix has no script; 3: a project of the base can't be had; 5: the
/// machine refused.
pub(super) fn of_commit(
    name: &str,
    folder: &Path,
    args: &MatrixArgs,
    prepared: &Prepared,
) -> Result<(Against, Scratch), Failure> {
    let root = PathBuf::from(git(folder, &["rev-parse", "--show-toplevel"], None)?);
    let commit =
        git(folder, &["rev-parse", "--verify", "--end-of-options", &format!("{name}^{{commit}}")], None)
            .map_err(|_| {
                let hint = "fetch it first (in CI: `fetch-depth: 0`), or name another";
                Exit::Usage.because(format!("there is no commit `{name}` in `{}`: {hint}", root.display()))
            })?;
    let temp = Scratch::new("base-")
        .map_err(|error| Exit::Refused.because(format!("can't make a temporary folder: {error}")))?;
    // An index of its own: the user's staging area and working tree stay as they are.
    let index = temp.path().join("index");
    // Some backends take a project's name from its folder's.
    let files = temp.path().join("files").join(root.file_name().unwrap_or("root".as_ref()));
    write_out(&root, &commit, &files, &index)?;
    tell_lacking(&root, &files, prepared)?;
    let mut against = of_files(&root, &files, false, folder, args, prepared)?;
    against.commit = Some(commit);
    Ok((against, temp))
}

/// Writes out a commit, and those of the submodules that are here.
fn write_out(repository: &Path, commit: &str, files: &Path, index: &Path) -> Result<(), Failure> {
    git(repository, &["read-tree", commit], Some(index))?;
    git(repository, &["checkout-index", "--all", &format!("--prefix={}/", files.display())], Some(index))?;
    for entry in git(repository, &["ls-files", "--stage", "-z"], Some(index))?.split('\0') {
        let submodule = entry.strip_prefix("160000 ").and_then(|rest| rest.split_once(" 0\t"));
        if let Some((commit, path)) =
            submodule.filter(|(_, path)| repository.join(path).join(".git").exists())
        {
            write_out(&repository.join(path), commit, &files.join(path), index)?;
        }
    }
    Ok(())
}

/// Warns of files that a script of the base imports and no commit holds.
fn tell_lacking(root: &Path, base: &Path, prepared: &Prepared) -> Result<(), Failure> {
    let unkept = git(root, &["ls-files", "--others", "-z"], None)?;
    for script in prepared.matrix.workloads.iter().filter_map(|workload| workload.script.as_ref()) {
        let Ok(below) = script.path.strip_prefix(root) else { continue };
        let text = std::fs::read_to_string(base.join(below)).unwrap_or_default();
        let imports = text
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("import ") || line.starts_with("from "));
        let names: Vec<&str> =
            imports.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).collect();
        let is_named = |part: &OsStr| {
            let name = part.to_str().and_then(|part| part.split('.').next());
            name.is_some_and(|name| !name.is_empty() && names.contains(&name))
        };
        // What lies elsewhere, as in a virtual environment, bears such names, too.
        let own = below.parent().unwrap_or(Path::new(""));
        let imported = |path: &&str| {
            let path = Path::new(path);
            let inside = path.strip_prefix(own).unwrap_or(path);
            let ends = [inside.iter().next(), inside.iter().next_back()];
            ends.into_iter().all(|part| part.is_some_and(is_named))
        };
        let lacking: Vec<&str> = unkept.split('\0').filter(imported).collect();
        if !lacking.is_empty() {
            let (files, script) = (lacking.join("`, `"), script.path.display());
            output::warn(&format!(
                "the base lacks `{files}`, which its `{script}` imports and no commit holds: measure against a folder that has it"
            ));
        }
    }
    Ok(())
}

/// Takes what is below `base` for what is below `root` now; with `above`, a project that holds `root` has its
/// counterpart around `base`.
///
/// # Errors
/// Exit 2: the matrix has no script; 3: a project of the base can't be had; 5: a folder can't be read.
pub(super) fn of_files(
    root: &Path,
    base: &Path,
    above: bool,
    folder: &Path,
    args: &MatrixArgs,
    prepared: &Prepared,
) -> Result<Against, Failure> {
    if prepared.matrix.workloads.iter().all(|it| it.script.is_none() && it.command.is_none()) {
        let text = "this base is one of files, and the matrix has no workload with a `script` or a `command`; hold it against an interpreter, as `--against 3.13.0`";
        return Err(Exit::Usage.because(text));
    }
    let refused = |path: &Path| {
        let shown = path.display().to_string();
        move |error: std::io::Error| Exit::Refused.because(format!("can't read `{shown}`: {error}"))
    };
    let root = root.canonicalize().map_err(refused(root))?;
    let base = base.canonicalize().map_err(refused(base))?;
    let mut against = same(prepared);
    let mut gone: Vec<String> = Vec::new();
    for workload in &mut against.workloads {
        if !is_moved(workload, &root, &base) {
            gone.push(workload.name.clone());
        }
    }
    let place = folder.canonicalize().map_err(refused(folder))?;
    let there = place.strip_prefix(&root).map(|below| base.join(below)).unwrap_or(place.clone());
    let unfit = projects::provide(
        &mut against,
        &projects::Moved { root: &root, base: &base, above },
        [&there, &place],
        prepared,
    )?;
    let appeared = |cell: &crate::cell::Cell| match gone.contains(&cell.workload) {
        true => Some("the base has no such script or folder".to_owned()),
        false => unfit.get(&(cell.interpreter.clone(), packages_place(&prepared.matrix, cell))).cloned(),
    };
    matched::cells(&mut against, &prepared.plan, appeared);
    if let (Ok(below), Some(name)) = (place.strip_prefix(&root), args.matrix.file_name())
        && let Some((plan, workloads)) = plan_of(&base.join(below).join(name), args, prepared)
    {
        // A workload with another size is another one.
        let cells =
            plan.runnable().filter(|cell| workloads.iter().any(|workload| workload.name == cell.workload));
        matched::vanished(&mut against, &prepared.plan, cells);
    }
    Ok(against)
}

/// Takes a workload's script, and the folder of its command, from the base; what lies elsewhere is the same on both
/// sides. Returns whether the base has them.
fn is_moved(workload: &mut Workload, root: &Path, base: &Path) -> bool {
    let in_base = |path: &Path| {
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        place.strip_prefix(root).ok().map(|below| base.join(below))
    };
    if let Some(command) = &mut workload.command
        && let Some(folder) = in_base(&command.folder)
    {
        let is_there = folder.is_dir();
        command.folder = folder;
        return is_there;
    }
    let Some(script) = &mut workload.script else { return true };
    let Some(path) = in_base(&script.path) else { return true };
    let Ok(sum) = sha256::of_file(&path) else { return false };
    (script.path, script.sha256) = (path, sum);
    true
}

/// Returns the plan of the base's own matrix on the same interpreters; `None` where it has none that can be read.
fn plan_of(path: &Path, args: &MatrixArgs, prepared: &Prepared) -> Option<(Plan, Vec<Workload>)> {
    let matrix = load(path).ok()?;
    let catalogue = catalogue(&matrix);
    let machine = Machine {
        interpreters: &prepared.interpreters,
        missing: &prepared.missing,
        effective_cpus: prepared.effective_cpus,
        packages_missing: &|_, _| None,
    };
    let plan =
        plan::expand(&matrix, &catalogue, &machine, &args.options.filters, args.options.overrides.quick)
            .ok()?;
    Some((plan, matrix.workloads))
}

/// Returns what git prints, without the final newline.
fn git(folder: &Path, arguments: &[&str], index: Option<&Path>) -> Result<String, Failure> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null());
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let output =
        command.output().map_err(|error| Exit::Refused.because(format!("can't run `git`: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Exit::Usage.because(format!("`git {}`: {said}", arguments.join(" "))))
}
