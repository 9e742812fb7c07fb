//! How much work a cell has: the same whatever the workers, or growing with them; one size, or several.

use serde::{Deserialize, Serialize};

/// What happens to the work when workers are added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ScalingKind {
    /// It stays the same and is divided.
    #[default]
    Strong,
    /// It grows with them: each worker has as many tasks as one alone.
    Weak,
}

/// One size of a workload that is measured in several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SweepPoint {
    /// The `[[workload]]` that has the `sweep`.
    pub family: String,
    pub argument: String,
}
