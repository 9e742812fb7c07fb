//! uv's spelling of a request.

use crate::interpreter::request::{Build, Implementation, VersionRequest, Versions};

/// Returns the arguments for `uv`.
///
/// # Errors
/// Why it can't be asked for this.
pub(super) fn arguments(request: &VersionRequest) -> Result<Vec<String>, String> {
    let wanted = match (&request.implementation, &request.versions) {
        (Implementation::CPython, Versions::Any) => "cpython".to_owned(),
        (Implementation::PyPy, Versions::Any) => "pypy".to_owned(),
        (Implementation::CPython, Versions::Series(version)) => version.to_string(),
        (Implementation::PyPy, Versions::Series(version)) => format!("pypy@{version}"),
        (Implementation::CPython, Versions::Range(range)) => range.to_string().replace(' ', ""),
        (Implementation::PyPy, Versions::Range(_)) => return Err("it takes no range of PyPy".to_owned()),
    };
    let free_threaded = if request.build == Build::FreeThreaded { "+freethreaded" } else { "" };
    let debug = if request.debug { "+debug" } else { "" };
    let wanted = format!("{wanted}{free_threaded}{debug}");
    Ok(["python", "install", "--no-progress", &wanted].map(str::to_owned).to_vec())
}
