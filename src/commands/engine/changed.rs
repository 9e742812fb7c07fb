//! What was another thing at a run's end than when it was prepared or begun.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::commands::prepare::Prepared;
use crate::interpreter::packages::installed;
use crate::record::Changed;
use crate::sha256;

/// Folders of packages as they were at the run's begin, with the cells that they belong to.
pub(super) struct Packages(Vec<(Changed, String)>);

impl Packages {
    /// Looks at those of each interpreter, and of each environment that was made for a workload; each prefix once, since
    /// it may hold many thousand files.
    pub(super) fn now(prepared: &Prepared) -> Self {
        let mut prefixes = BTreeSet::new();
        for one in &prepared.interpreters {
            let own = [Some(one.facts.executable.as_path()), one.command.first().map(Path::new)];
            let of_workloads = one
                .environments
                .iter()
                .map(|(workload, it)| (Some(workload), it.command.first().map(Path::new)));
            let all = own.into_iter().map(|program| (None, program)).chain(of_workloads);
            prefixes
                .extend(all.filter_map(|(workload, program)| Some((prefix(program?)?, workload, &one.name))));
        }
        let mut known: BTreeMap<&Path, Vec<(PathBuf, String)>> = BTreeMap::new();
        let mut all = Vec::new();
        for (prefix, workload, interpreter) in prefixes {
            for (folder, hash) in known.entry(prefix).or_insert_with(|| installed(prefix)).iter() {
                let (workload, interpreter) = (workload.cloned(), Some(interpreter.clone()));
                let file = folder.display().to_string();
                all.push((Changed { workload, interpreter, file }, hash.clone()));
            }
        }
        Self(all)
    }
}

/// The prefix in which a program lies, as `/usr` of `/usr/bin/python3`.
fn prefix(program: &Path) -> Option<&Path> {
    program.parent().filter(|_| program.is_absolute()).and_then(Path::parent)
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
