//! What was another thing at a run's end than when it was prepared or begun.

use std::path::{Path, PathBuf};

use crate::commands::prepare::Prepared;
use crate::interpreter::packages::installed;
use crate::record::Changed;
use crate::sha256;

/// Folders of packages as they were at the run's begin, with the cells that they belong to.
pub(super) struct Packages(Vec<(Changed, String)>);

impl Packages {
    /// Looks at those of each interpreter, and of each environment that was made for a workload.
    pub(super) fn now(prepared: &Prepared) -> Self {
        let mut all = Vec::new();
        for one in &prepared.interpreters {
            let own =
                [one.facts.executable.clone(), one.command.first().map(PathBuf::from).unwrap_or_default()];
            own.iter().for_each(|program| look(program, None, &one.name, &mut all));
            for (workload, environment) in &one.environments {
                let program = environment.command.first().map(PathBuf::from).unwrap_or_default();
                look(&program, Some(workload), &one.name, &mut all);
            }
        }
        Self(all)
    }
}

/// Adds the packages of the prefix in which a program lies.
fn look(program: &Path, workload: Option<&String>, interpreter: &str, all: &mut Vec<(Changed, String)>) {
    let prefix = program.parent().filter(|_| program.is_absolute()).and_then(Path::parent);
    for (folder, hash) in prefix.map(installed).unwrap_or_default() {
        let file = folder.display().to_string();
        let changed =
            Changed { workload: workload.cloned(), interpreter: Some(interpreter.to_owned()), file };
        if all.iter().all(|(known, _)| *known != changed) {
            all.push((changed, hash));
        }
    }
}

/// Returns the scripts, interpreters and packages whose files aren't what they were.
pub(super) fn changed(prepared: &Prepared, before: &Packages) -> Vec<Changed> {
    let other =
        |path: &Path, known: &str| !sha256::of_file(path).is_ok_and(|now| now == known) && path.exists();
    let scripts = prepared.matrix.workloads.iter().filter_map(|workload| {
        let script = workload.script.as_ref().filter(|it| other(&it.path, &it.sha256))?;
        let file = script.path.display().to_string();
        Some(Changed { workload: Some(workload.name.clone()), interpreter: None, file })
    });
    let interpreters = prepared.interpreters.iter().filter_map(|it| {
        let facts = Some(&it.facts).filter(|facts| other(&facts.executable, &facts.executable_sha256))?;
        let file = facts.executable.display().to_string();
        Some(Changed { workload: None, interpreter: Some(it.name.clone()), file })
    });
    let now = Packages::now(prepared);
    let packages = before.0.iter().filter(|known| !now.0.contains(known)).map(|(changed, _)| changed.clone());
    scripts.chain(interpreters).chain(packages).collect()
}
