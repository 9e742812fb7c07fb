//! What workloads need beside Python: found in the interpreter, or installed into an environment of its own.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use indexmap::IndexMap;

use crate::cell::{Cell, PLAIN};
use crate::commands::install::{cache, cancel_on_signals, interrupted};
use crate::commands::{Failure, output};
use crate::harness::Catalogue;
use crate::interpreter::packages::{
    Environment, PackageOptions, Requirements, environment, environment_key, excluded, gil_switched_on_by,
    overridden, standing,
};
use crate::interpreter::unavailable::Unavailable;
use crate::interpreter::{Interpreter, has_module};
use crate::matrix::{Matrix, Workload};
use crate::plan::Plan;
use crate::process::Cancel;
use crate::record::STAYS_OFF;

/// What may be done about packages that aren't here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy {
    /// Packages that the matrix names in `packages` may be installed.
    pub named: bool,
    /// Packages that a workload of the catalogue requires may be installed.
    pub required: bool,
    pub offline: bool,
}

/// Why a workload can't run on an interpreter, one line, by the interpreter's name and the [`packages_place`].
pub(crate) type Lacking = BTreeMap<(String, String), String>;

/// Returns what the environment of a cell's packages is kept under.
pub(crate) fn packages_place(matrix: &Matrix, cell: &Cell) -> String {
    let own = !matrix.packages_of(&cell.environment).is_empty();
    environment_key(&cell.workload, if own { &cell.environment } else { PLAIN })
}

/// Gives each interpreter the environments of the workloads that the plan would run on it.
///
/// # Errors
/// Interrupted, or there is no cache to install into.
pub(crate) fn provide(
    matrix: &Matrix,
    catalogue: &Catalogue,
    interpreters: &mut [Interpreter],
    plan: &Plan,
    folder: &Path,
    policy: Policy,
) -> Result<Lacking, Failure> {
    let runs: BTreeSet<(&str, String)> =
        plan.runnable().map(|cell| (cell.interpreter.as_str(), packages_place(matrix, cell))).collect();
    let variants = matrix.variants.iter().filter(|variant| !variant.packages.is_empty());
    let each: Vec<(&str, &[String])> = std::iter::once((PLAIN, &[][..]))
        .chain(variants.map(|variant| (variant.name.as_str(), variant.packages.as_slice())))
        .collect();
    let all = || matrix.workloads.iter().flat_map(|workload| each.iter().map(move |it| (workload, it)));
    let provider = PackageProvider { folder, policy, cancel: OnceCell::new() };
    let mut lacking = Lacking::new();
    for interpreter in interpreters {
        for (workload, (variant, more)) in all() {
            let requires = catalogue.workload(&workload.name).map_or(&[][..], |info| &info.requires);
            let needs_nothing = requires.is_empty()
                && workload.packages.is_empty()
                && workload.project.is_none()
                && more.is_empty();
            let key = environment_key(&workload.name, variant);
            if needs_nothing || !runs.contains(&(interpreter.name.as_str(), key.clone())) {
                continue;
            }
            match provider.one(interpreter, workload, requires, more)? {
                Ok(Some(environment)) => {
                    interpreter.environments.insert(key, environment);
                }
                Ok(None) => {}
                Err(reason) => {
                    lacking.insert((interpreter.name.clone(), key), reason);
                }
            }
        }
    }
    // Pressed when the last one had just been made.
    if provider.cancel.get().is_some_and(Cancel::is_cancelled) {
        return Err(interrupted());
    }
    Ok(lacking)
}

struct PackageProvider<'a> {
    folder: &'a Path,
    policy: Policy,
    /// Made when something is first installed: until then a signal simply ends the program.
    cancel: OnceCell<Cancel>,
}

impl PackageProvider<'_> {
    /// Returns the environment of one workload, with what a variant has `more`; `None`: `run` would install it. The inner
    /// error says why it can't be had.
    fn one(
        &self,
        interpreter: &Interpreter,
        workload: &Workload,
        requires: &[String],
        more: &[String],
    ) -> Result<Result<Option<Environment>, String>, Failure> {
        let project = workload.project.as_ref();
        if let Some(reason) = project.and_then(|project| excluded(project, &interpreter.facts)) {
            return Ok(Err(reason));
        }
        let named = !workload.packages.is_empty() || project.is_some() || !more.is_empty();
        if !named && let Some(own) = own(interpreter, requires) {
            return Ok(Ok(Some(own)));
        }
        let wanted = if workload.packages.is_empty() { requires } else { &workload.packages };
        let wanted = overridden(wanted, more);
        let requirements = match Requirements::new(&wanted, self.folder) {
            Ok(requirements) => requirements.with_project(project),
            Err(error) => return Ok(Err(error)),
        };
        let cache = cache()?;
        if let Some(environment) = standing(&cache, interpreter, &requirements) {
            return Ok(Ok(Some(environment)));
        }
        let allowed = if named { self.policy.named } else { self.policy.required };
        if !allowed && !self.policy.offline {
            if named {
                output::note(&format!("{}: `run` installs {}", interpreter.name, requirements.shown()));
                return Ok(Ok(None));
            }
            let packages = wanted.join("`, `");
            return Ok(Err(format!(
                "`{}` has no package `{packages}`; `--install` gets it",
                interpreter.name
            )));
        }
        let options = PackageOptions {
            cache,
            offline: self.policy.offline,
            cancel: self.cancel.get_or_init(cancel_on_signals).clone(),
        };
        match environment(interpreter, &requirements, &options, &mut output::note) {
            Ok(environment) => Ok(Ok(Some(environment))),
            Err(Unavailable::Refused { reason, .. }) => Ok(Err(reason)),
            Err(Unavailable::Cancelled) => Err(interrupted()),
        }
    }
}

/// Returns packages of one workload whose versions differ between interpreters, and imports that switch the GIL on.
pub(crate) fn doubts(interpreters: &[Interpreter], matrix: &Matrix) -> Vec<String> {
    let stays_off = matrix.python_gil(PLAIN) == Some("0");
    let mut doubts = Vec::new();
    // Interpreters by workload and by what is installed for it.
    let mut versions: IndexMap<&str, IndexMap<&[String], Vec<String>>> = IndexMap::new();
    for interpreter in interpreters {
        for (workload, environment) in &interpreter.environments {
            let name = format!("`{}`", interpreter.name);
            if let Some(module) = environment.gil_switched_on_by.as_ref().filter(|_| !stays_off) {
                doubts.push(format!(
                    "importing `{module}` switches the GIL of {name} on, for `{workload}`; {STAYS_OFF}"
                ));
            }
            versions.entry(workload).or_default().entry(&environment.packages).or_default().push(name);
        }
    }
    for (workload, sets) in versions.iter().filter(|(_, sets)| sets.len() > 1) {
        let sets = sets.iter().map(|(set, names)| format!("{} on {}", set.join(" "), names.join(", ")));
        doubts.push(format!("`{workload}` runs with {}", sets.collect::<Vec<_>>().join("; with ")));
    }
    doubts
}

/// Returns the interpreter itself as environment, where it can import all modules.
fn own(interpreter: &Interpreter, modules: &[String]) -> Option<Environment> {
    let mut packages = Vec::new();
    for module in modules {
        let version = has_module(interpreter, module)?;
        packages.push(format!("{module}=={version}"));
    }
    let culprit = || gil_switched_on_by(&interpreter.command, None, modules);
    let gil_switched_on_by = interpreter.facts.free_threaded().then(culprit).flatten();
    Some(Environment { command: interpreter.command.clone(), packages, gil_switched_on_by })
}
