//! `run.json`: what was asked, resolved.

use serde::{Deserialize, Serialize};

use super::{Against, Host};
use crate::cell::{Cell, Mode};
use crate::harness::Catalogue;
use crate::interpreter::packages::environment_key;
use crate::interpreter::{Interpreter, Missing};
use crate::matrix::Matrix;
use crate::plan::{MatrixOptions, Plan, Shard};

/// `run.json`: what was asked, resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunInfo {
    /// The name and number of the schema.
    pub schema: String,
    /// Name of the run's directory.
    pub run_id: String,
    /// The version of gilmatrix, with the commit where it was a release build.
    pub tool_version: String,
    /// The command line that was typed.
    pub command: Vec<String>,
    /// Path of the matrix file as given.
    pub matrix_path: String,
    /// The matrix as it was resolved.
    pub matrix: Matrix,
    /// What the command line said beside the matrix file; `None` where there is no such file (`try`), and in a run
    /// of schema 3 or older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<MatrixOptions>,
    /// The seed of everything that is shuffled.
    pub seed: u64,
    /// The machine that it ran on.
    pub host: Host,
    /// The interpreters that were found.
    pub interpreters: Vec<Interpreter>,
    /// The requests that nothing answered.
    pub missing: Vec<Missing>,
    /// The cells, skipped ones too.
    pub plan: Plan,
    /// What the workers of each mode of the harness are. Empty in a run of schema 3 or older: see
    /// [`RunInfo::modes_of_plan`].
    #[serde(default)]
    pub modes: Vec<Mode>,
    /// What was really installed for `packages`, by interpreter name: `["numpy==2.4.6"]`.
    #[serde(default)]
    pub packages: std::collections::BTreeMap<String, Vec<String>>,
    /// What the run is held against; `None` without `--against`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
    /// SHA-256 over the harness's files, hexadecimal.
    pub harness_sha256: String,
    /// Unix time.
    pub started_unix_ns: u64,
    /// Unix time; `None`: it is still going on, or the runner died.
    pub finished_unix_ns: Option<u64>,
    /// When a run that was broken off went on, each time.
    #[serde(default)]
    pub resumed_unix_ns: Vec<u64>,
    /// How far it came.
    pub status: RunStatus,
    /// How many invocations its record holds; `None` while it goes on, where its runner died, and in runs of older
    /// versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invocations: Option<u64>,
    /// What was another thing at its end than at its start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Changed>,
    /// What a reader has to know, one line each.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// The part of the matrix that this run measured; the cells of the others are skipped.
    pub shard: Option<Shard>,
    /// Each shard of a merged run; else empty.
    #[serde(default)]
    pub parts: Vec<Part>,
}

impl RunInfo {
    /// Returns the modes of the plan and what their workers are. Where an older run doesn't say it, the modes of
    /// today that have the same names do.
    pub fn modes_of_plan(&self) -> Vec<Mode> {
        let mut modes =
            if self.modes.is_empty() { Catalogue::embedded().kinds() } else { self.modes.clone() };
        modes.retain(|mode| self.plan.cells.iter().any(|planned| planned.cell.mode == mode.name));
        modes
    }
}

/// Something that was measured and changed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The cells that it belongs to. `None`: those of every workload, of every interpreter.
    pub workload: Option<String>,
    pub interpreter: Option<String>,
    /// The path of its file.
    pub file: String,
}

impl Changed {
    /// Returns whether a cell ran it.
    pub fn is_of(&self, cell: &Cell) -> bool {
        let is = |named: &Option<String>, name: &str| named.as_ref().is_none_or(|named| named == name);
        let of_variant = environment_key(&cell.workload, &cell.environment);
        (is(&self.workload, &cell.workload) || is(&self.workload, &of_variant))
            && is(&self.interpreter, &cell.interpreter)
    }
}

/// A shard of a merged run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Part {
    pub run_id: String,
    pub shard: Option<Shard>,
    /// Where its workloads were measured.
    pub host: Host,
    pub workloads: Vec<String>,
}

/// How far a run came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Still going on, or the runner died.
    #[default]
    Running,
    /// It came to its end.
    Completed,
    /// Someone interrupted it.
    Interrupted,
    /// The machine refused (disk full, ...).
    Failed,
}
