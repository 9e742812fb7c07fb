//! What a person writes to name an interpreter. The grammar:
//!
//! | form | meaning |
//! | --- | --- |
//! | `3.13`, `3.13.5` | the GIL build, release, not a debug build |
//! | `3.13t`, `3.14+freethreaded` | the free-threaded build |
//! | `3.14+gil` | the GIL build, said aloud |
//! | `3.13d`, `3.13+debug` | a debug build |
//! | `3.15-dev`, `3.15.0a2` | pre-releases allowed |
//! | `>=3.12`, `>=3.12,<3.14` | a range (PEP 440), the newest in it |
//! | `pypy`, `pypy@3.10` | PyPy |
//! | `/opt/py/bin/python3`, `./python`, `~/py` | a path |
//! | `python3.13t` | a Python's name on PATH |

mod guess;
mod parse;

use std::fmt;
use std::path::PathBuf;

use pep440_rs::{Version, VersionSpecifiers};

pub(crate) use parse::is_python_name;

/// A parsed request. Wrapper commands aren't requests: they are given as
/// [`crate::matrix::InterpreterSource::Command`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// It asks by version or implementation, and is answered by discovery.
    Version(VersionRequest),
    /// It names a place, as written; `~` and relative parts aren't resolved yet.
    Path(PathBuf),
    /// The name of a Python executable, looked up on PATH.
    Name(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRequest {
    pub implementation: Implementation,
    pub versions: Versions,
    pub build: Build,
    /// A debug build is wanted; otherwise it is excluded.
    pub debug: bool,
    /// Pre-releases are welcome; otherwise they are excluded.
    pub prerelease: bool,
}

impl VersionRequest {
    /// Returns the request for the other build of the same versions, which need not exist.
    pub(crate) fn twin(&self) -> Self {
        let build = match self.build {
            Build::Gil => Build::FreeThreaded,
            Build::FreeThreaded => Build::Gil,
        };
        Self { build, ..self.clone() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Implementation {
    CPython,
    PyPy,
}

impl Implementation {
    /// Returns the name that `sys.implementation.name` has.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CPython => "cpython",
            Self::PyPy => "pypy",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    Gil,
    FreeThreaded,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versions {
    Any,
    /// Every version that begins with these release numbers (`3.13` holds 3.13.5), or exactly this
    /// one where it is a pre-release.
    Series(Version),
    Range(VersionSpecifiers),
}

/// Why a text is no request, with the nearest one that is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{request}` is not an interpreter request: {problem}; did you mean `{nearest}`?")]
pub(crate) struct RequestError {
    pub request: String,
    pub problem: String,
    /// A valid request.
    pub nearest: String,
}

/// The canonical form: `3.14+freethreaded` becomes `3.14t`.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => version.fmt(f),
            Self::Path(path) => path.display().fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for VersionRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pypy = if self.implementation == Implementation::PyPy { "pypy@" } else { "" };
        let free_threaded = self.build == Build::FreeThreaded;
        match &self.versions {
            Versions::Any => f.write_str(self.implementation.as_str())?,
            Versions::Series(version) => {
                let (t, d) = (if free_threaded { "t" } else { "" }, if self.debug { "d" } else { "" });
                let dev = if self.prerelease && !version.any_prerelease() { "-dev" } else { "" };
                return write!(f, "{pypy}{version}{t}{d}{dev}");
            }
            Versions::Range(range) => write!(f, "{pypy}{}", range.to_string().replace(", ", ","))?,
        }
        f.write_str(if free_threaded { "+freethreaded" } else { "" })?;
        f.write_str(if self.debug { "+debug" } else { "" })
    }
}

#[cfg(test)]
mod tests;
