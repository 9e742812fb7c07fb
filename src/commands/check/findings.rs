//! What was found of packages, and what it means for the exit code.

use serde::Serialize;
use serde_json::json;

use crate::commands::Exit;

/// One interpreter and what was checked on it.
#[derive(Debug, Serialize)]
pub(super) struct CheckedInterpreter {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) packages: Vec<PackageFinding>,
    pub(super) stress: Option<StressFinding>,
}

/// Where a package came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "from", content = "reason")]
pub(super) enum PackageSource {
    Wheel,
    /// Built from its source.
    Built,
    /// It can't be had, for this reason.
    Nowhere(String),
}

/// What is known of one package on one interpreter.
#[derive(Debug, Serialize)]
pub(super) struct PackageFinding {
    /// As it was asked for.
    pub(super) requirement: String,
    #[serde(flatten)]
    pub(super) source: PackageSource,
    /// What was really installed, as `lxml==6.0.2`.
    pub(super) installed: Vec<String>,
    /// Each top-level and each compiled module of it.
    pub(super) modules: Vec<ModuleFinding>,
    /// What came of importing it in several threads at once; `None`: one thread alone can't.
    pub(super) at_once: Option<AtOnceFinding>,
}

/// What came of an import in several threads.
#[derive(Debug, Serialize)]
pub(super) struct AtOnceFinding {
    pub(super) threads: u32,
    /// What went wrong.
    pub(super) trouble: Option<String>,
}

/// What came of importing one module.
#[derive(Debug, Serialize)]
pub(super) struct ModuleFinding {
    pub(super) name: String,
    pub(super) compiled: bool,
    /// Whether it declares that it runs without the GIL (`Py_mod_gil`); `None`: not compiled, or not to be told.
    pub(super) declares: Option<bool>,
    #[serde(flatten)]
    pub(super) outcome: ImportOutcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub(super) enum ImportOutcome {
    /// The GIL stays off.
    Off,
    /// The GIL comes on.
    On {
        /// The module that turns it on, where the interpreter names one.
        by: Option<String>,
        /// Its distribution, and which distributions here require that.
        distribution: Option<String>,
        required_by: Vec<String>,
    },
    Crashed {
        reason: String,
    },
    Hangs {
        reason: String,
    },
    /// It can't be imported, as with an optional package that isn't there.
    Failed {
        reason: String,
    },
}

/// What came of a function in several threads.
#[derive(Debug, Serialize)]
pub(super) struct StressFinding {
    pub(super) function: String,
    pub(super) threads: u32,
    /// How often it was called.
    pub(super) calls: u64,
    /// Whether the GIL was on meanwhile, so that little is proved.
    pub(super) gil: bool,
    /// What went wrong.
    pub(super) trouble: Option<String>,
}

impl PackageFinding {
    /// Returns the modules that turn the GIL on, crash or hang.
    pub(super) fn offenders(&self) -> impl Iterator<Item = &ModuleFinding> {
        self.modules
            .iter()
            .filter(|it| !matches!(it.outcome, ImportOutcome::Off | ImportOutcome::Failed { .. }))
    }

    /// Returns the name of what was installed, else the requirement as it was written.
    pub(super) fn short_name(&self) -> &str {
        match self.installed.as_slice() {
            [only] => only.split("==").next().unwrap_or(only),
            _ => &self.requirement,
        }
    }

    pub(super) fn is_missing(&self) -> bool {
        matches!(self.source, PackageSource::Nowhere(_))
    }

    /// Returns whether something speaks against running it without the GIL.
    pub(super) fn is_unfit(&self) -> bool {
        self.at_once.as_ref().is_some_and(|it| it.trouble.is_some()) || self.offenders().next().is_some()
    }
}

/// Returns the exit code of all of it.
pub(super) fn exit(reports: &[CheckedInterpreter]) -> Exit {
    let mut packages = reports.iter().flat_map(|report| &report.packages);
    if packages.clone().any(PackageFinding::is_missing) {
        return Exit::Missing;
    }
    let stressed = reports.iter().filter_map(|report| report.stress.as_ref()).any(|it| it.trouble.is_some());
    if stressed || packages.any(PackageFinding::is_unfit) { Exit::Regression } else { Exit::Done }
}

/// Returns the findings for programs.
pub(super) fn as_json(reports: &[CheckedInterpreter]) -> serde_json::Value {
    json!({"schema": "gilmatrix.check/1", "interpreters": reports})
}
