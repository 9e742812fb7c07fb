//! The matrix after defaults, aliases and units are resolved: what the rest of the program reads
//! and what `run.json` keeps.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CpuSet, Variant, Workload};
use crate::cell::{Cell, StartMethod};

/// A matrix with its defaults, aliases and units resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matrix {
    /// The section `[run]`.
    pub run: RunSettings,
    /// The section `[interpreters]`, with the `[[interpreter]]` tables.
    pub interpreters: Interpreters,
    /// The section `[modes]`.
    pub modes: Modes,
    /// The `[[workload]]` tables, sweeps spread out.
    pub workloads: Vec<Workload>,
    /// The environments beside the plain one.
    pub variants: Vec<Variant>,
    /// The `[[exclude]]` tables.
    pub exclude: Vec<CellRule>,
    /// The `[[include]]` tables.
    pub include: Vec<CellRule>,
    /// What cells may lose in a gate; of several that match, the last counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<Budget>,
}

/// A `[[budget]]` table: for the cells that the rule matches (all of them where it is empty).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    pub rule: CellRule,
    /// The share of time that may be lost: 0.1 is 10 %; `None`: the command line decides, as for memory.
    pub max_slowdown: Option<f64>,
    pub max_memory: Option<f64>,
}

impl Matrix {
    /// Returns what a cell may lose in time and in memory, as shares, where budgets say so.
    pub fn budget(&self, cell: &Cell) -> (Option<f64>, Option<f64>) {
        let last = |of: fn(&Budget) -> Option<f64>| {
            self.budgets.iter().rev().filter(|budget| budget.rule.matches(cell)).find_map(of)
        };
        (last(|budget| budget.max_slowdown), last(|budget| budget.max_memory))
    }

    /// Returns the CPUs that a variant's invocations are held to; `None`: all that may be used.
    pub fn cpus_of(&self, environment: &str) -> Option<&CpuSet> {
        self.variant(environment).and_then(|it| it.cpus.as_ref()).or(self.run.cpus.as_ref())
    }

    /// Returns how many of the run's `effective_cpus` a variant's invocations have.
    pub fn effective_cpus_of(&self, environment: &str, effective_cpus: f64) -> f64 {
        let pinned = self.cpus_of(environment).map(|cpus| f64::from(cpus.count()));
        pinned.map_or(effective_cpus, |pinned| pinned.min(effective_cpus))
    }

    /// Returns the `[[variant]]` of this name; `None` for the plain one.
    pub fn variant(&self, name: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.name == name)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSettings {
    /// Wall time for the whole run.
    pub budget_ns: u64,
    /// Half-width of the 95 % interval of a log ratio at which a cell is settled.
    pub precision: f64,
    pub max_rounds: u32,
    /// What ends the run before its budget does. Runs that didn't record it went on until all was settled.
    #[serde(default = "settled")]
    pub until: Until,
    /// The time that one phase or pass may take, counted only while it is active.
    pub timeout_ns: u64,
    /// Samples of CPU and memory a second, in solo invocations.
    #[serde(default = "default_sample_rate")]
    pub sample_rate: u32,
    /// An invocation that something else on the machine disturbed is measured once more.
    #[serde(default)]
    pub repeat_disturbed: bool,
    /// Memory that one invocation's whole process tree may take; `None`: as much as there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_memory_bytes: Option<u64>,
    /// The only CPUs that invocations run on; `None`: all that this process may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<CpuSet>,
    /// Variables that every cell's processes get, `PYTHON_GIL` where a build can do without the GIL; those of a variant
    /// win.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// The seed of everything that is shuffled; `None`: it is drawn at random, and recorded.
    pub seed: Option<u64>,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            budget_ns: 180_000_000_000,
            precision: 0.05,
            max_rounds: 60,
            until: Until::Answered,
            timeout_ns: 60_000_000_000,
            sample_rate: default_sample_rate(),
            repeat_disturbed: false,
            max_memory_bytes: None,
            cpus: None,
            env: BTreeMap::new(),
            seed: None,
        }
    }
}

/// What a run measures for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Until {
    /// Its questions: which way is the best, and how much better another one may be, at most.
    Answered,
    /// Every cell's ratios, known to the precision.
    Settled,
}

fn settled() -> Until {
    Until::Settled
}

/// Samples a second where the matrix says nothing.
pub(super) fn default_sample_rate() -> u32 {
    20
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpreters {
    /// The interpreters in the matrix's order; names are unique.
    #[serde(rename = "use")]
    pub entries: Vec<InterpreterEntry>,
    /// Name of one of the entries.
    pub baseline: String,
    pub missing: MissingPolicy,
    #[serde(default)]
    pub comparability: Comparability,
    /// Versions may be answered by a pre-release.
    #[serde(default)]
    pub allow_prerelease: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterpreterEntry {
    /// The name in every table: the request itself, or the name of an `[[interpreter]]` table.
    pub name: String,
    pub source: InterpreterSource,
}

impl InterpreterEntry {
    /// Makes the entry of a request, which is its name too.
    pub fn of_request(request: &str) -> Self {
        Self { name: request.to_owned(), source: InterpreterSource::Request(request.to_owned()) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterpreterSource {
    /// A request: `3.13t`, a path, …; the grammar is `interpreter::Request`'s.
    Request(String),
    /// A wrapper and its arguments, ending in the Python to run.
    Command(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum MissingPolicy {
    Skip,
    Fail,
    Install,
}

/// What becomes of a ratio between interpreters that were built differently.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Comparability {
    /// It carries a warning that names the difference.
    #[default]
    Warn,
    /// The run is refused.
    Strict,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modes {
    #[serde(rename = "use")]
    pub names: Vec<String>,
    /// The numbers of workers, ascending, each once.
    pub workers: Vec<u32>,
    pub start_methods: Vec<StartMethod>,
    /// How many tasks a pool of processes hands out at once; `None`: as each pool does by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chunksize: Option<u32>,
}

/// An `[[exclude]]` or `[[include]]` table: every key given must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellRule {
    pub interpreter: Option<String>,
    pub workload: Option<String>,
    pub mode: Option<String>,
    pub workers: Option<u32>,
    pub start_method: Option<StartMethod>,
    /// Name of a `[[variant]]`, or `plain`.
    pub variant: Option<String>,
}

impl CellRule {
    /// Whether it names a workload and nothing else, and so drops that workload whole.
    pub fn only_of_workload(&self) -> bool {
        self.workload.is_some() && Self { workload: None, ..self.clone() } == Self::default()
    }

    /// Whether every key given matches the cell.
    pub fn matches(&self, cell: &Cell) -> bool {
        let names = [
            (&self.interpreter, &cell.interpreter),
            (&self.workload, &cell.workload),
            (&self.mode, &cell.mode),
            (&self.variant, &cell.environment),
        ];
        names.into_iter().all(|(wanted, name)| wanted.as_ref().is_none_or(|wanted| wanted == name))
            && self.workers.is_none_or(|wanted| wanted == cell.workers)
            && self.start_method.is_none_or(|wanted| cell.start_method == Some(wanted))
    }
}

/// The keys as they would stand in the file: `` `interpreter = "3.12"`, `workers = 4` ``.
impl fmt::Display for CellRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start_method = self.start_method.map(|method| method.as_str().to_owned());
        let names = [
            ("interpreter", &self.interpreter),
            ("workload", &self.workload),
            ("mode", &self.mode),
            ("start_method", &start_method),
            ("variant", &self.variant),
        ];
        let mut keys: Vec<String> = Vec::new();
        for (key, value) in names {
            keys.extend(value.as_ref().map(|value| format!("`{key} = \"{value}\"`")));
        }
        keys.extend(self.workers.map(|workers| format!("`workers = {workers}`")));
        f.write_str(&keys.join(", "))
    }
}
