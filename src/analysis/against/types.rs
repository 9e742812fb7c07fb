//! What `results.json` says of `--against`.

use serde::{Deserialize, Serialize};

use crate::record::UnmatchedKind;

/// The gate's verdict on each cell, measured against its base in the same run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AgainstResult {
    /// The base as it was typed.
    pub request: String,
    pub commit: Option<String>,
    pub cells: Vec<AgainstCell>,
    pub unmatched: Vec<UnmatchedCell>,
    /// `--fail-on undecided`.
    #[serde(default)]
    pub fail_on_undecided: bool,
    /// `--allow answers`.
    #[serde(default)]
    pub allow_answers: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AgainstCell {
    /// Index into `cells`.
    pub cell: usize,
    pub verdict: GateVerdict,
    /// New time over base time: 1.05 is 5 % slower.
    pub slowdown: Option<f64>,
    /// Not corrected for the number of cells; `p` is.
    pub ci95: Option<[f64; 2]>,
    /// Process pairs behind it: of a suspect, those measured after it had become one.
    pub pairs: u32,
    /// The p value of "it has not become slower", corrected for the number of looks and suspects.
    pub p: f64,
    /// What it may lose: 0.03 is 3 %.
    pub max_slowdown: f64,
    pub reason: Option<String>,
    /// The checksums of base and new where the two give different answers: the gate fails, unless it is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_answers: Option<[String; 2]>,
    /// `None`: one of the sides was never alone with a sampler.
    pub memory: Option<AgainstMemory>,
}

/// Peak memory of the process tree beside the base's, from solo invocations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AgainstMemory {
    /// `confirmed`, `cleared` or `undecided`.
    pub verdict: GateVerdict,
    /// New peak over base peak: 1.2 is 20 % heavier. PSS where several processes were alive, else RSS.
    pub growth: f64,
    /// None below three pairs.
    pub ci95: Option<[f64; 2]>,
    /// Pairs of solo invocations behind it: of a suspect, those measured after it had become one.
    pub pairs: u32,
    /// The p value of "it has not become heavier", corrected for the number of looks and suspects.
    pub p: f64,
    /// What it may gain: 0.1 is 10 %.
    pub max_memory: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GateVerdict {
    /// Slower, or heavier, by more than is allowed: the gate fails.
    Confirmed,
    Cleared,
    /// A suspect for which the budget didn't suffice.
    Undecided,
    /// Too few pairs for anything, since the budget ended: the gate fails, what wasn't measured can't have passed.
    NotReached,
    /// The base never completed.
    NoBase,
    /// The cell itself failed.
    Failed,
}

/// A cell that only one side has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UnmatchedCell {
    pub cell: String,
    pub kind: UnmatchedKind,
    pub reason: String,
}
