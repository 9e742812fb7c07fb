//! What a workload's cells run in on one interpreter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::interpreter::Interpreter;

/// An environment that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Environment {
    /// The command in place of the interpreter's own.
    pub command: Vec<String>,
    /// The packages that are really there: `numpy==2.4.6`, sorted.
    pub packages: Vec<String>,
    /// The module whose import switches the GIL on; only free-threaded builds have one.
    pub gil_switched_on_by: Option<String>,
}

/// Returns what is really installed for each interpreter, over all its workloads: `["numpy==2.4.6"]`.
pub(crate) fn recorded(interpreters: &[Interpreter]) -> BTreeMap<String, Vec<String>> {
    let mut recorded = BTreeMap::new();
    for interpreter in interpreters.iter().filter(|one| !one.environments.is_empty()) {
        let all = interpreter.environments.values().flat_map(|environment| &environment.packages);
        let mut packages: Vec<String> = all.cloned().collect();
        packages.sort();
        packages.dedup();
        recorded.insert(interpreter.name.clone(), packages);
    }
    recorded
}
