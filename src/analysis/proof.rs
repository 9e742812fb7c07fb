//! Rule 1: a cell proves what it ran.

use crate::interpreter::Interpreter;
use crate::record::{GilBuild, Invocation, RunInfo};

/// What is wrong with what a completed invocation says it ran; `None` if it is what was asked for.
pub(super) fn objection(run: &RunInfo, invocation: &Invocation) -> Option<String> {
    let cell = &invocation.cell;
    let interpreter = run.interpreters.iter().find(|known| known.name == cell.interpreter)?;
    let facts = &interpreter.facts;
    let Some(gil) = invocation.gil else {
        return Some("the workers never said whether the GIL was on".to_owned());
    };
    if invocation.workers.is_empty() {
        return Some("no worker said what it ran".to_owned());
    }
    let free_threaded = facts.free_threaded();
    if (gil.build == GilBuild::FreeThreaded) != free_threaded {
        let kind = |free| if free { "free-threaded" } else { "GIL" };
        return Some(format!(
            "asked for a {} build, but a {} build ran",
            kind(free_threaded),
            kind(!free_threaded)
        ));
    }
    let wanted = !free_threaded || asks_for_gil(run, interpreter, &cell.environment);
    match (wanted, gil.enabled_before, gil.enabled_after) {
        (false, true, _) => return Some("asked for no GIL, but it was on before the work".to_owned()),
        (false, false, true) => {
            return Some(
                "asked for no GIL, but it was on after the work: an import may have switched it on"
                    .to_owned(),
            );
        }
        (true, before, after) if !before || !after => {
            return Some("asked for the GIL, but it was off".to_owned());
        }
        _ => {}
    }
    let first = &invocation.workers[0].executable;
    for worker in &invocation.workers {
        if worker.py_gil_disabled.unwrap_or(false) != free_threaded {
            return Some(format!("worker {} ran another build, `{}`", worker.pid, worker.executable));
        }
        if !same_version(&worker.version, &facts.version) {
            return Some(format!("worker {} ran {} and not {}", worker.pid, worker.version, facts.version));
        }
        if worker.executable != *first {
            return Some(format!("its workers ran two programs, `{first}` and `{}`", worker.executable));
        }
    }
    None
}

/// Whether the GIL of a free-threaded build was asked for: by the variant's `-X gil=1`, which comes last
/// on the command line and so wins, by `-X gil=1` in the interpreter's own command, or by `PYTHON_GIL=1`.
fn asks_for_gil(run: &RunInfo, interpreter: &Interpreter, environment: &str) -> bool {
    let variant = run.matrix.variants.iter().find(|variant| variant.name == environment);
    let by_option = variant.is_some_and(|variant| variant.xoptions.iter().any(|it| it.starts_with("gil=")));
    let command = interpreter.command.join(" ");
    if !by_option && (command.contains("-X gil=1") || command.contains("-Xgil=1")) {
        return true;
    }
    if !by_option && (command.contains("-X gil=0") || command.contains("-Xgil=0")) {
        return false;
    }
    variant.and_then(|variant| variant.python_gil()) == Some("1")
}

/// `sys.version` begins with the version; development builds add a `+`.
fn same_version(said: &str, known: &str) -> bool {
    said.split_whitespace()
        .next()
        .is_some_and(|version| version.trim_end_matches('+') == known.trim_end_matches('+'))
}
