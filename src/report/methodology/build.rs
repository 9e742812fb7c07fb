//! How an interpreter was built.

use crate::interpreter::{BuildSetting, Interpreter};

/// One line on an interpreter's build.
pub(crate) fn build(interpreter: &Interpreter) -> String {
    let facts = &interpreter.facts;
    let mut parts = vec![
        format!("{} {}", facts.implementation, facts.version),
        if facts.free_threaded() { "free-threaded" } else { "GIL" }.to_owned(),
        format!("from {}", interpreter.provider),
    ];
    parts.extend(facts.optimisation.clone());
    for (name, known) in [("PGO", facts.pgo), ("LTO", facts.lto)] {
        if known == BuildSetting::Configured {
            parts.push(name.to_owned());
        }
    }
    if facts.pgo == BuildSetting::Unknown && facts.lto == BuildSetting::Unknown {
        parts.push("PGO and LTO unknown".to_owned());
    }
    if facts.jit_enabled == Some(true) {
        parts.push("JIT on".to_owned());
    }
    if facts.debug {
        parts.push("debug build".to_owned());
    }
    if facts.prerelease {
        parts.push("prerelease".to_owned());
    }
    parts.extend(facts.compiler.clone());
    parts.join(", ")
}
