//! What an interpreter can't do: known from its facts, before anything is launched.

use std::collections::BTreeMap;

use super::{SkipKind, Skipped, StartMethod};
use crate::harness::ModeInfo;
use crate::interpreter::Interpreter;

/// The mode is younger than the interpreter.
pub fn mode(interpreter: &Interpreter, mode: &ModeInfo) -> Option<Skipped> {
    let (major, minor) = mode.since.filter(|since| interpreter.facts.minor() < *since)?;
    let reason =
        format!("mode `{}` needs {major}.{minor} or newer, this is {}", mode.name, interpreter.facts.version);
    Some(Skipped { kind: SkipKind::ModeUnsupported, reason })
}

/// The system has no such start method; `unix`: whether it is one.
pub fn start_method(method: StartMethod, unix: bool) -> Option<Skipped> {
    let there = unix || method == StartMethod::Spawn;
    let reason = || format!("this system has no start method `{method}`, only `spawn`");
    (!there).then(|| Skipped { kind: SkipKind::ModeUnsupported, reason: reason() })
}

/// The environment is refused or ignored by this interpreter: running it would measure the plain one
/// under another name.
pub fn environment(interpreter: &Interpreter, env: &BTreeMap<String, String>) -> Option<Skipped> {
    let gil = env.get("PYTHON_GIL").and_then(|value| python_gil(interpreter, value));
    let reason = gil.or_else(|| env.get("PYTHON_JIT").and_then(|value| python_jit(interpreter, value)))?;
    Some(Skipped { kind: SkipKind::VariantUnsupported, reason })
}

fn python_gil(interpreter: &Interpreter, value: &str) -> Option<String> {
    let facts = &interpreter.facts;
    let version = &facts.version;
    if facts.minor() < (3, 13) {
        return Some(format!("{version} ignores `PYTHON_GIL`, which came with 3.13"));
    }
    match facts.py_gil_disabled {
        Some(false) if value == "0" => Some(format!(
            "`PYTHON_GIL=0` is fatal to a build that can't do without the GIL, as this {version} is"
        )),
        _ if facts.honours_python_gil == Some(false) => {
            Some(format!("`PYTHON_GIL={value}` changes nothing on this {version}"))
        }
        _ => None,
    }
}

fn python_jit(interpreter: &Interpreter, value: &str) -> Option<String> {
    let facts = &interpreter.facts;
    let version = &facts.version;
    match facts.jit_available {
        Some(true) => None,
        Some(false) => {
            Some(format!("`PYTHON_JIT={value}` needs a build with the JIT, this {version} has none"))
        }
        None => Some(format!(
            "`PYTHON_JIT={value}` needs a build with the JIT, and this {version} can't be seen to have it"
        )),
    }
}
