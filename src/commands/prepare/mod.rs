//! What `run` and `plan` do alike: read the matrix, find the interpreters, plan the cells.

mod args;
mod available;
mod comparability;
pub(super) mod packages;
mod prepared;

use std::path::Path;

use super::{Exit, Failure};
pub(super) use crate::atomic::folder_of;
use crate::cell::Cell;
use crate::harness::Catalogue;
use crate::interpreter::{Interpreter, Missing, Resolution};
use crate::matrix::{self, CpuSet, Matrix, MissingPolicy, Project};
use crate::measure::host;
use crate::plan::{self, Filters, Machine, MatrixOptions};
pub(super) use args::MatrixArgs;
use packages::{Lacking, Policy};
pub(super) use prepared::Prepared;

/// Prepares a matrix for `run`: packages that it names are installed.
///
/// # Errors
/// Exit 2: the matrix or a filter is wrong; 3: an interpreter that is required is missing; 5: a file can't be read;
/// 6: interpreters differ and the matrix forbids it.
pub(super) fn prepare(args: &MatrixArgs) -> Result<Prepared, Failure> {
    prepare_with(args, !args.options.offline)
}

/// Prepares a matrix for `plan`: nothing is installed unless `--install` asks for it.
///
/// # Errors
/// As for [`prepare`].
pub(super) fn preview(args: &MatrixArgs) -> Result<Prepared, Failure> {
    prepare_with(args, args.options.overrides.install && !args.options.offline)
}

fn prepare_with(args: &MatrixArgs, install_named: bool) -> Result<Prepared, Failure> {
    let MatrixOptions { offline, filters, overrides } = &args.options;
    let mut matrix = load_pinned(&args.matrix, overrides.cpus.as_ref())?;
    overrides.apply(&mut matrix);
    let options = PrepareOptions {
        folder: folder_of(&args.matrix),
        filters: filters.clone(),
        quick: overrides.quick,
        install_named,
        needs_packages: true,
        offline: *offline,
    };
    let mut prepared = complete(matrix, &options)?;
    prepared.options = Some(args.options.clone());
    Ok(prepared)
}

/// Reads a matrix as its file has it.
///
/// # Errors
/// Exit 2: it is wrong; 5: it can't be read.
pub(super) fn load(path: &Path) -> Result<Matrix, Failure> {
    load_pinned(path, None)
}

fn load_pinned(path: &Path, cpus: Option<&CpuSet>) -> Result<Matrix, Failure> {
    matrix::load(path, &Catalogue::embedded(), whole_cpus(), cpus.map(CpuSet::count)).map_err(|error| {
        let exit = if error.is_refusal_of_the_machine() { Exit::Refused } else { Exit::Usage };
        Failure::rendered(exit, error.render(true).trim_end().to_owned())
    })
}

/// Reads a project that the command line names.
///
/// # Errors
/// Exit 2: it can't be installed.
pub(super) fn project(folder: &Path) -> Result<Project, Failure> {
    Project::read(folder).map_err(|error| {
        Exit::Usage.because(format!("the project `{}` can't be installed: {error}", folder.display()))
    })
}

/// Returns the number of whole CPUs that this process may really use, at least one.
pub(super) fn whole_cpus() -> u32 {
    (host::effective_cpus(None).floor() as u32).max(1)
}

/// What is asked for beside the matrix itself.
pub(super) struct PrepareOptions<'a> {
    /// Paths of interpreters and packages are relative to it.
    pub folder: &'a Path,
    pub filters: Filters,
    pub quick: bool,
    /// Packages that the matrix names may be installed.
    pub install_named: bool,
    /// Where a missing interpreter is an error, missing packages are one, too.
    pub needs_packages: bool,
    pub offline: bool,
}

impl<'a> PrepareOptions<'a> {
    /// Asks for the whole matrix, with whatever it names installed unless nobody may be asked.
    pub(super) fn new(folder: &'a Path, offline: bool) -> Self {
        Self {
            folder,
            filters: Filters::default(),
            quick: false,
            install_named: !offline,
            needs_packages: false,
            offline,
        }
    }
}

/// Finds interpreters and packages for a resolved matrix, and plans its cells.
///
/// # Errors
/// As for [`prepare`], but for the matrix itself.
pub(super) fn complete(matrix: Matrix, options: &PrepareOptions<'_>) -> Result<Prepared, Failure> {
    let PrepareOptions { folder, ref filters, offline, .. } = *options;
    check_cpus(&matrix)?;
    let effective_cpus = host::effective_cpus(matrix.run.cpus.as_ref());
    let catalogue = catalogue(&matrix);
    let planned = |found: &[Interpreter], missing: &[Missing], lacking: &Lacking| {
        let packages_missing = |interpreter: &Interpreter, cell: &Cell| {
            lacking.get(&(interpreter.name.clone(), packages::packages_place(&matrix, cell))).cloned()
        };
        let machine =
            Machine { interpreters: found, missing, effective_cpus, packages_missing: &packages_missing };
        plan::expand(&matrix, &catalogue, &machine, filters, options.quick)
            .map_err(|error| Exit::Usage.because(error))
    };
    // Planned more than once: what the filters leave out needs no interpreter, what doesn't run no package.
    let asked = planned(&[], &[], &Lacking::new())?;
    let Resolution { mut found, missing, mut warnings, .. } =
        available::interpreters(&matrix, &asked, folder, offline)?;
    let first = planned(&found, &missing, &Lacking::new())?;
    let policy = Policy {
        named: options.install_named,
        required: matrix.interpreters.missing == MissingPolicy::Install && !offline,
        offline,
    };
    let lacking = packages::provide(&matrix, &catalogue, &mut found, &first, folder, policy)?;
    let needed = options.needs_packages && matrix.interpreters.missing == MissingPolicy::Fail;
    if let Some(((name, workload), reason)) = lacking.first_key_value().filter(|_| needed) {
        return Err(Exit::of_missing(reason).because(format!("`{workload}` can't run on `{name}`: {reason}")));
    }
    warnings.extend(packages::doubts(&found, &matrix));
    available::note_uses(&found);
    let plan = planned(&found, &missing, &lacking)?;
    comparability::check(&matrix, &found, &plan)?;
    Ok(Prepared {
        matrix,
        catalogue,
        interpreters: found,
        missing,
        plan,
        effective_cpus,
        warnings,
        shard: None,
        offline,
        against: None,
        options: None,
    })
}

/// Returns the catalogue with the matrix's own workloads.
pub(super) fn catalogue(matrix: &Matrix) -> Catalogue {
    let embedded = Catalogue::embedded();
    let mut catalogue = embedded.clone();
    matrix.workloads.iter().filter_map(|it| it.described(&embedded)).for_each(|own| catalogue.define(own));
    catalogue
}

/// Refuses CPUs that this process may not use itself, and for a variant other CPUs than the run's.
fn check_cpus(matrix: &Matrix) -> Result<(), Failure> {
    let Some(usable) = crate::platform::affinity() else { return Ok(()) };
    let run = matrix.run.cpus.as_ref().map(|cpus| ("the run".to_owned(), cpus, &usable));
    let allowed = matrix.run.cpus.as_ref().unwrap_or(&usable);
    let variants = matrix
        .variants
        .iter()
        .filter_map(|variant| Some((format!("variant `{}`", variant.name), variant.cpus.as_ref()?, allowed)));
    for (who, cpus, allowed) in run.into_iter().chain(variants) {
        if let Some(beyond) = cpus.beyond(allowed) {
            return Err(Exit::Usage.because(format!(
                "{who} can't be held to `cpus = \"{cpus}\"`: CPU {beyond} is not there to be used, only {allowed}"
            )));
        }
    }
    Ok(())
}
