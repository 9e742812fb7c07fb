//! mise's spelling of a request.

use crate::interpreter::request::{Build, Implementation, VersionRequest, Versions};

/// Returns the arguments for `mise`.
///
/// # Errors
/// Why it can't be asked for this.
pub(super) fn arguments(request: &VersionRequest) -> Result<Vec<String>, String> {
    if request.debug {
        return Err("it has no debug builds".to_owned());
    }
    let t = if request.build == Build::FreeThreaded { "t" } else { "" };
    let wanted = match (&request.implementation, &request.versions) {
        (_, Versions::Range(_)) => return Err("it takes no ranges".to_owned()),
        (Implementation::CPython, Versions::Any) if t.is_empty() => "latest".to_owned(),
        (_, Versions::Any) => return Err("it needs a version".to_owned()),
        (Implementation::CPython, Versions::Series(version)) => format!("{version}{t}"),
        (Implementation::PyPy, Versions::Series(version)) => format!("pypy{version}"),
    };
    Ok(["install", "--yes", &format!("python@{wanted}")].map(str::to_owned).to_vec())
}
