//! What a workload's cells run in on one interpreter.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::cell::PLAIN;
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

/// Returns what an interpreter has the environment of a workload under, in a variant with packages of its own.
pub(crate) fn environment_key(workload: &str, environment: &str) -> String {
    if environment == PLAIN { workload.to_owned() } else { format!("{workload} ({environment})") }
}

/// Returns the workload of such a key, and whether it is that of a variant.
pub(crate) fn of_environment_key(key: &str) -> (&str, bool) {
    key.split_once(' ').map_or((key, false), |(workload, _)| (workload, true))
}

/// Returns what is really installed for each interpreter, over all its workloads: `["numpy==2.4.6"]`.
pub(crate) fn recorded(interpreters: &[Interpreter]) -> BTreeMap<String, Vec<String>> {
    let packages = |one: &Interpreter| {
        let all: BTreeSet<&String> = one.environments.values().flat_map(|it| &it.packages).collect();
        all.into_iter().cloned().collect()
    };
    let with_some = interpreters.iter().filter(|one| !one.environments.is_empty());
    with_some.map(|one| (one.name.clone(), packages(one))).collect()
}
