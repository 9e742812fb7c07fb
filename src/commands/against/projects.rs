//! What the base's scripts import: its own projects and packages, in environments of their own. With the new ones on
//! both sides the gate would be blind.

use std::path::{Path, PathBuf};

use crate::commands::packages::{self, Lacking, Policy};
use crate::commands::prepare::Prepared;
use crate::commands::{Exit, Failure};
use crate::interpreter::packages::excluded;
use crate::matrix::{Matrix, Project, Workload};
use crate::record::Against;

/// Where the base's files are.
pub struct Moved<'a> {
    pub root: &'a Path,
    pub base: &'a Path,
    /// A project that holds `root` has its counterpart around `base`.
    pub above: bool,
}

impl Moved<'_> {
    /// The counterpart of a path; `None`: it is the same on both sides.
    fn of(&self, path: &Path) -> Option<PathBuf> {
        if let Ok(below) = path.strip_prefix(self.root) {
            return Some(self.base.join(below));
        }
        let up = self.root.strip_prefix(path).ok().filter(|_| self.above)?.components().count();
        self.base.ancestors().nth(up).map(Path::to_owned)
    }
}

/// Gives the base side its environments; `folder` is that of the base's matrix. What is returned are reasons of
/// the base's projects themselves not to run on an interpreter.
///
/// # Errors
/// Exit 2: there is no project where the base should have it; 3: it can't be built, or a package can't be had.
pub fn provide(
    against: &mut Against,
    moved: &Moved<'_>,
    folder: &Path,
    prepared: &Prepared,
) -> Result<Lacking, Failure> {
    for workload in &mut against.workloads {
        project(workload, moved)?;
        for package in &mut workload.packages {
            // A wheel that the base has, too, is the base's.
            let there = folder.join(&*package);
            if there.is_file() {
                *package = there.to_string_lossy().into_owned();
            }
        }
    }
    if against.workloads == prepared.matrix.workloads {
        return Ok(Lacking::new());
    }
    let matrix = Matrix { workloads: against.workloads.clone(), ..prepared.matrix.clone() };
    let policy = Policy { named: !prepared.offline, required: false, offline: prepared.offline };
    let interpreters = &mut against.interpreters;
    let mut lacking =
        packages::provide(&matrix, &prepared.catalogue, interpreters, &prepared.plan, folder, policy)?;
    let own = |(interpreter, name): &(String, String)| {
        let facts = &interpreters.iter().find(|one| one.name == *interpreter)?.facts;
        let workload = against.workloads.iter().find(|one| one.name == *name)?;
        excluded(workload.project.as_ref()?, facts)
    };
    if let Some(((interpreter, workload), reason)) = lacking.iter().find(|(key, _)| own(key).is_none()) {
        let text = format!("`{workload}` can't run on the base of `{interpreter}`: {reason}");
        return Err(Failure::new(Exit::Missing, text));
    }
    lacking.values_mut().for_each(|reason| *reason = format!("the base can't run it: {reason}"));
    Ok(lacking)
}

fn project(workload: &mut Workload, moved: &Moved<'_>) -> Result<(), Failure> {
    let Some(project) = &mut workload.project else { return Ok(()) };
    let Some(path) = moved.of(&project.path) else { return Ok(()) };
    *project = Project::read(&path).map_err(|error| {
        let text = format!(
            "`{}` imports the project `{}`, and the base's (`{}`) can't be installed: {error}; with the new one on both sides nothing of it would be compared",
            workload.name,
            project.name,
            path.display()
        );
        Failure::new(Exit::Usage, text)
    })?;
    Ok(())
}
