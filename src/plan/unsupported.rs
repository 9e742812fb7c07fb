//! What an interpreter can't do: known from its facts, before anything is launched.

use super::{SkipKind, Skipped};
use crate::harness::{ModeInfo, WorkloadInfo};
use crate::interpreter::Interpreter;
use crate::matrix::Variant;

/// The mode is younger than the interpreter.
pub(super) fn mode(interpreter: &Interpreter, mode: &ModeInfo) -> Option<Skipped> {
    let (major, minor) = mode.since.filter(|since| interpreter.facts.minor() < *since)?;
    let reason =
        format!("mode `{}` needs {major}.{minor} or newer, this is {}", mode.name, interpreter.facts.version);
    Some(Skipped { kind: SkipKind::ModeUnsupported, reason })
}

/// The mode works over shared memory, and the workload has nothing to share.
pub(super) fn sharing(mode: &ModeInfo, workload: &WorkloadInfo) -> Option<Skipped> {
    let reason = || format!("workload `{}` has no shared memory for mode `{}`", workload.name, mode.name);
    (mode.shared && !workload.shared).then(|| Skipped { kind: SkipKind::ModeUnsupported, reason: reason() })
}

/// The variant is refused or ignored by this interpreter: running it would measure the plain one
/// under another name.
pub(super) fn variant(interpreter: &Interpreter, variant: &Variant) -> Option<Skipped> {
    let gil = variant.python_gil().and_then(|value| python_gil(interpreter, value));
    let jit = || variant.env.get("PYTHON_JIT").and_then(|value| python_jit(interpreter, value));
    let options = || variant.xoptions.iter().find_map(|option| xoption(interpreter, option));
    let reason = gil.or_else(jit).or_else(options)?;
    Some(Skipped { kind: SkipKind::VariantUnsupported, reason })
}

/// The variant changes nothing but BLAS threads, and the workload imports no library that has any.
pub(super) fn blas(variant: &Variant, workload: &WorkloadInfo) -> Option<Skipped> {
    let only = variant.blas_threads.is_some()
        && variant.env.is_empty()
        && variant.xoptions.is_empty()
        && variant.packages.is_empty()
        && variant.cpus.is_none();
    let reason = || format!("workload `{}` needs no package whose threads this would set", workload.name);
    (only && workload.requires.is_empty())
        .then(|| Skipped { kind: SkipKind::VariantUnsupported, reason: reason() })
}

/// Names of `-X` options and the CPython that brought them. An interpreter ignores those it doesn't
/// know, without a word.
const XOPTIONS: [(&str, (u32, u32)); 18] = [
    ("context_aware_warnings", (3, 14)),
    ("cpu_count", (3, 13)),
    ("dev", (3, 7)),
    ("faulthandler", (3, 3)),
    ("frozen_modules", (3, 11)),
    ("gil", (3, 13)),
    ("importtime", (3, 7)),
    ("int_max_str_digits", (3, 11)),
    ("lazy_imports", (3, 15)),
    ("no_debug_ranges", (3, 11)),
    ("perf", (3, 12)),
    ("perf_jit", (3, 13)),
    ("showrefcount", (3, 4)),
    ("thread_inherit_context", (3, 14)),
    ("tlbc", (3, 14)),
    ("tracemalloc", (3, 4)),
    ("utf8", (3, 7)),
    ("warn_default_encoding", (3, 10)),
];

fn xoption(interpreter: &Interpreter, option: &str) -> Option<String> {
    let facts = &interpreter.facts;
    let version = &facts.version;
    let name = option.split('=').next().unwrap_or(option);
    let Some((_, (major, minor))) = XOPTIONS.iter().find(|(known, _)| *known == name) else {
        return Some(format!(
            "no CPython is known to honour `-X {option}`; where it does, put it into the `command` of an `[[interpreter]]`"
        ));
    };
    if facts.implementation != "cpython" {
        return Some(format!("`-X {option}` is CPython's, this is {}", facts.implementation));
    }
    if facts.minor() < (*major, *minor) {
        return Some(format!("{version} ignores `-X {name}`, which came with {major}.{minor}"));
    }
    match name {
        "tlbc" if !facts.free_threaded() => {
            Some(format!("`-X tlbc` is for free-threaded builds, this {version} has the GIL"))
        }
        "showrefcount" if !facts.debug => {
            Some(format!("`-X showrefcount` needs a debug build, this {version} is none"))
        }
        _ => None,
    }
}

fn python_gil(interpreter: &Interpreter, value: &str) -> Option<String> {
    let facts = &interpreter.facts;
    let version = &facts.version;
    if facts.minor() < (3, 13) {
        return Some(format!("{version} ignores `PYTHON_GIL` and `-X gil`, which came with 3.13"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::Catalogue;

    #[test]
    fn shared_memory_needs_a_workload_that_shares() {
        let catalogue = Catalogue::embedded();
        let mode = |name: &str| catalogue.mode(name).unwrap();
        let workload = |name: &str| catalogue.workload(name).unwrap();
        let reason = sharing(mode("mp-shared"), workload("fib")).unwrap().reason;
        assert_eq!(reason, "workload `fib` has no shared memory for mode `mp-shared`");
        assert_eq!(sharing(mode("mp-shared"), workload("big-readonly")), None);
        assert_eq!(sharing(mode("mp"), workload("fib")), None);
    }
}
