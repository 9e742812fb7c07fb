//! What a harness's process says about its garbage collector and its math libraries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How garbage is collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Gc {
    /// Left on during passes.
    pub enabled: bool,
    /// `gc.get_threshold()`; none where there is no such thing (PyPy).
    pub threshold: Option<Vec<u64>>,
    /// What is done between passes, outside the clock: `collect`.
    pub between_passes: String,
}

/// How many threads the math libraries under a workload use by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Blas {
    /// `threadpoolctl`, or `environment` where that isn't installed.
    pub source: String,
    /// The variables that pin them.
    pub env: BTreeMap<String, String>,
    /// What threadpoolctl shows in the main process.
    pub pools: Option<Vec<BlasPool>>,
}

/// One library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BlasPool {
    pub user_api: Option<String>,
    pub internal_api: Option<String>,
    pub version: Option<String>,
    pub num_threads: Option<u32>,
    /// Its file's name.
    pub file: String,
}
