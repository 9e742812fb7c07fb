//! What an interpreter says about itself. `None` means that it could not be found out, never "no".

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::packages::{Environment, environment_key};
use crate::cell::Cell;

/// A build setting that can be seen to be on, and otherwise is not known: pyenv's and Debian's
/// builds mislead, so its absence proves nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BuildSetting {
    Configured,
    #[default]
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Facts {
    /// The implementation: `cpython` or `pypy`.
    pub implementation: String,
    /// The version of the language: `3.13.5`, `3.15.0a2`; for PyPy's own see `build`.
    pub version: String,
    /// `sys.version` on one line.
    pub build: String,
    /// `sys.executable`, symlinks resolved.
    pub executable: PathBuf,
    /// SHA-256 of the file behind `executable`, hexadecimal.
    #[serde(default)]
    #[cfg_attr(test, schemars(!default))]
    pub executable_sha256: String,
    pub abiflags: String,
    pub cache_tag: Option<String>,
    /// `Py_GIL_DISABLED`; `None` before 3.13.
    pub py_gil_disabled: Option<bool>,
    /// `sys._is_gil_enabled()` in the probe; `true` where the question doesn't exist yet.
    pub gil_enabled: bool,
    /// Whether `PYTHON_GIL` changes `gil_enabled`.
    pub honours_python_gil: Option<bool>,
    /// The JIT: built in, and switched on in the probe.
    pub jit_available: Option<bool>,
    pub jit_enabled: Option<bool>,
    pub debug: bool,
    pub prerelease: bool,
    #[serde(default)]
    #[cfg_attr(test, schemars(!default))]
    pub pgo: BuildSetting,
    #[serde(default)]
    #[cfg_attr(test, schemars(!default))]
    pub lto: BuildSetting,
    /// The last `-O` flag of the build, as `-O3`.
    pub optimisation: Option<String>,
    pub compiler: Option<String>,
    pub configure_args: Option<String>,
    pub libc: Option<String>,
    pub architecture: String,
    /// It is inside a virtual environment.
    pub virtual_env: bool,
}

impl Facts {
    /// Returns whether it was built with `--disable-gil`.
    pub fn free_threaded(&self) -> bool {
        self.py_gil_disabled == Some(true)
    }

    /// Returns whether it is what most people run: a CPython, neither a pre-release nor a debug build.
    pub(crate) fn is_cpython_release(&self) -> bool {
        self.implementation == "cpython" && !self.prerelease && !self.debug
    }

    /// Returns the request that asks for just this kind: `3.13t`, `pypy@3.10`, `3.15-dev`.
    pub(crate) fn request(&self) -> String {
        let (major, minor) = self.minor();
        let pypy = if self.implementation == "pypy" { "pypy@" } else { "" };
        let t = if self.free_threaded() { "t" } else { "" };
        let d = if self.debug { "d" } else { "" };
        format!("{pypy}{major}.{minor}{t}{d}{}", if self.prerelease { "-dev" } else { "" })
    }

    /// Returns major and minor version, `(3, 13)`; `(0, 0)` where the version can't be read.
    pub fn minor(&self) -> (u32, u32) {
        let mut parts = self.version.split('.').map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    }
}

/// A request resolved to an executable, with its facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Interpreter {
    /// Canonical name in this matrix, as `3.13t`; unique in a run.
    pub name: String,
    /// What was asked for.
    pub request: String,
    /// The program and the arguments that come before Python's own.
    pub command: Vec<String>,
    /// Where it was found: `pyenv`, `uv`, `mise`, `gilmatrix`, `system`, `PATH`, `path`, ...
    pub provider: String,
    /// Why this one and not another, one line.
    pub why: String,
    pub facts: Facts,
    /// The environments that cells run in instead, by workload, and by `workload (variant)` where a variant has packages
    /// of its own.
    #[serde(default)]
    pub environments: BTreeMap<String, Environment>,
}

impl Interpreter {
    /// Returns the environment of packages that a cell runs in; `None`: in the interpreter itself.
    pub fn environment_of(&self, cell: &Cell) -> Option<&Environment> {
        let own = self.environments.get(&environment_key(&cell.workload, &cell.environment));
        own.or_else(|| self.environments.get(&cell.workload))
    }

    /// Returns the command of a cell: its environment's Python, else the interpreter itself.
    pub fn command_for(&self, cell: &Cell) -> &[String] {
        self.environment_of(cell).map_or(&self.command, |environment| &environment.command)
    }
}

/// A request that nothing on this machine answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Missing {
    pub name: String,
    pub request: String,
    /// One line: why, lower case, no trailing period.
    pub reason: String,
    /// What to do about it, as "`3.13t` is here, ask for it by that name".
    pub hint: Option<String>,
}

impl Missing {
    /// Returns the reason, with the hint behind `separator` where there is one.
    pub(crate) fn told(&self, separator: &str) -> String {
        let parts: Vec<&str> = std::iter::once(self.reason.as_str()).chain(self.hint.as_deref()).collect();
        parts.join(separator)
    }
}
