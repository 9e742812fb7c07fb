//! How an interpreter was built.

use crate::interpreter::{Interpreter, Known};

/// One line on an interpreter's build.
pub fn build(interpreter: &Interpreter) -> String {
    let facts = &interpreter.facts;
    let mut parts = vec![
        format!("{} {}", facts.implementation, facts.version),
        if facts.free_threaded() { "free-threaded" } else { "GIL" }.to_owned(),
        format!("from {}", interpreter.provider),
    ];
    parts.extend(facts.optimisation.clone());
    for (name, known) in [("PGO", facts.pgo), ("LTO", facts.lto)] {
        if known == Known::Configured {
            parts.push(name.to_owned());
        }
    }
    if facts.pgo == Known::Unknown && facts.lto == Known::Unknown {
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
