//! What the base's scripts import: its own projects and packages, in environments of their own. With the new ones on
//! both sides the gate would be blind.

use std::path::{Path, PathBuf};

use crate::commands::prepare::Prepared;
use crate::commands::prepare::packages::{self, Lacking, Policy};
use crate::commands::{Exit, Failure};
use crate::interpreter::packages::{excluded, of_environment_key};
use crate::matrix::{Matrix, Project, Workload};
use crate::record::Against;

/// Where the base has its files.
pub(super) struct Moved<'a> {
    pub root: &'a Path,
    pub base: &'a Path,
    /// A project that holds `root` has its counterpart around `base`.
    pub above: bool,
}

impl Moved<'_> {
    /// Returns the counterpart of a path; `None`: it is the same on both sides.
    fn of(&self, path: &Path) -> Option<PathBuf> {
        if let Ok(below) = path.strip_prefix(self.root) {
            return Some(self.base.join(below));
        }
        let up = self.root.strip_prefix(path).ok().filter(|_| self.above)?.components().count();
        self.base.ancestors().nth(up).map(Path::to_owned)
    }
}

/// Gives the base side its environments. `folders` are those of the base's matrix and of the new one. Returns why
/// projects of the base itself can't run on an interpreter.
///
/// # Errors
/// Exit 2: there is no project where the base should have it; 3: it can't be built, or a package can't be had.
pub(super) fn provide(
    against: &mut Against,
    moved: &Moved<'_>,
    folders: [&Path; 2],
    prepared: &Prepared,
) -> Result<Lacking, Failure> {
    for workload in &mut against.workloads {
        project(workload, moved)?;
        for package in &mut workload.packages {
            if let Some(wheel) = wheel(package, folders) {
                *package = wheel;
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
        packages::provide(&matrix, &prepared.catalogue, interpreters, &prepared.plan, folders[0], policy)?;
    let own = |(interpreter, key): &(String, String)| {
        let facts = &interpreters.iter().find(|one| one.name == *interpreter)?.facts;
        let workload = against.workloads.iter().find(|one| one.name == of_environment_key(key).0)?;
        excluded(workload.project.as_ref()?, facts)
    };
    if let Some(((interpreter, workload), reason)) = lacking.iter().find(|(key, _)| own(key).is_none()) {
        let text = format!("`{workload}` can't run on the base of `{interpreter}`: {reason}");
        return Err(Exit::Missing.because(text));
    }
    lacking.values_mut().for_each(|reason| *reason = format!("the base can't run it: {reason}"));
    Ok(lacking)
}

fn project(workload: &mut Workload, moved: &Moved<'_>) -> Result<(), Failure> {
    let Some(project) = &mut workload.project else { return Ok(()) };
    let Some(path) = moved.of(&project.path) else { return Ok(()) };
    *project = Project::read(&path).map_err(|error| {
        Exit::Usage.because(format!(
            "`{}` imports the project `{}`, and the base's (`{}`) can't be installed: {error}; with the new one on both sides nothing of it would be compared",
            workload.name,
            project.name,
            path.display()
        ))
    })?;
    Ok(())
}

/// Returns the base's own copy of a wheel; the new one where the base lacks it, which is then the same on both sides.
fn wheel(package: &str, folders: [&Path; 2]) -> Option<String> {
    let place = folders.iter().map(|folder| folder.join(package)).find(|place| place.is_file())?;
    Some(place.canonicalize().unwrap_or(place).to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_or_around_has_its_counterpart() {
        let of = |above, path: &str| {
            let moved = Moved { root: Path::new("/mine/bench"), base: Path::new("/base/bench"), above };
            moved.of(Path::new(path))
        };
        assert_eq!(of(false, "/mine/bench/lib"), Some("/base/bench/lib".into()));
        assert_eq!(of(true, "/mine"), Some("/base".into()));
        // Above a repository's root nothing belongs to it.
        assert_eq!(of(false, "/mine"), None);
        assert_eq!(of(true, "/elsewhere"), None);
    }

    #[test]
    fn a_wheel_is_the_bases_where_it_has_it() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let paths = [folders[0].path(), folders[1].path()];
        std::fs::write(paths[1].join("x.whl"), "new").unwrap();
        let read = || std::fs::read_to_string(wheel("x.whl", paths).unwrap()).unwrap();
        assert_eq!(read(), "new");
        std::fs::write(paths[0].join("x.whl"), "base").unwrap();
        assert_eq!(read(), "base");
        assert_eq!(wheel("numpy>=2", paths), None);
    }
}
