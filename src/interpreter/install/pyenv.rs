//! pyenv's spelling of a request.

use crate::interpreter::request::{Build, Implementation, VersionRequest, Versions};

/// Arguments for `pyenv`.
pub fn arguments(request: &VersionRequest) -> Result<Vec<String>, String> {
    let t = if request.build == Build::FreeThreaded { "t" } else { "" };
    let wanted = match (&request.implementation, &request.versions) {
        (_, Versions::Range(_)) => return Err("it takes no ranges".to_owned()),
        (_, Versions::Any) => return Err("it needs a version".to_owned()),
        (Implementation::CPython, Versions::Series(version)) => format!("{version}{t}"),
        (Implementation::PyPy, Versions::Series(version)) => format!("pypy{version}"),
    };
    let mut arguments = vec!["install", "--skip-existing"];
    arguments.extend(request.debug.then_some("--debug"));
    arguments.push(&wanted);
    Ok(arguments.into_iter().map(str::to_owned).collect())
}
