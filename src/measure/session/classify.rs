//! From what the harness or the kernel says to an outcome and its reason.

use std::os::unix::process::ExitStatusExt;

use crate::measure::protocol::RowError;
use crate::platform::{ProcessExit, SIGKILL, signal_name};
use crate::record::{NOT_FIT, Outcome};

/// Classifies what the harness itself said. `kills`: by the kernel, for lack of memory, since the launch.
pub(super) fn classify_error(error: &RowError, kills: u64) -> (Outcome, String) {
    let outcome = match error.kind.as_str() {
        "WorkerDied" if kills > 0 && error.message.contains("SIGKILL") => Outcome::OutOfMemory,
        "MemoryError" => Outcome::OutOfMemory,
        "WorkerDied" => Outcome::Crashed,
        "NoSteadyState" => Outcome::NoSteadyState,
        "WrongInterpreter" => Outcome::WrongInterpreter,
        _ => Outcome::Failed,
    };
    let at = error.phase.as_deref().map(|phase| format!(" ({phase})")).unwrap_or_default();
    let kernel = match outcome {
        Outcome::OutOfMemory if error.kind == "WorkerDied" => by_kernel(kills),
        _ => String::new(),
    };
    let kind = match error.kind.as_str() {
        "NotFit" => NOT_FIT,
        // They say it all by themselves.
        "CommandFailed" | "WrongInterpreter" => return (outcome, error.message.clone()),
        kind => kind,
    };
    (outcome, format!("{kind}: {}{at}{kernel}", error.message))
}

fn by_kernel(kills: u64) -> String {
    let times = if kills == 1 { "once".to_owned() } else { format!("{kills} times") };
    format!(", and the kernel killed for lack of memory {times} meanwhile")
}

/// Classifies the end of a process that shouldn't have ended while it was `doing` something; without an exit, nobody
/// knows how.
pub(super) fn classify_exit(exit: Option<&ProcessExit>, doing: &str, kills: u64) -> (Outcome, String) {
    let (code, signal) = exit.map_or((None, None), |exit| (exit.status.code(), exit.status.signal()));
    match (code, signal) {
        (_, Some(SIGKILL)) if kills > 0 => {
            (Outcome::OutOfMemory, format!("killed by SIGKILL while {doing}{}", by_kernel(kills)))
        }
        (_, Some(signal)) => (Outcome::Crashed, format!("killed by {} while {doing}", signal_name(signal))),
        (Some(0), _) => (Outcome::ProtocolError, format!("ended without an answer while {doing}")),
        (Some(code), _) => (Outcome::Crashed, format!("exited with code {code} while {doing}")),
        (None, None) => (Outcome::Crashed, format!("gone while {doing}")),
    }
}

#[cfg(test)]
mod tests {
    use std::process::ExitStatus;

    use super::*;

    #[test]
    fn a_kill_by_the_kernel_is_told_from_one_by_anybody() {
        let exit = |signal| ProcessExit { status: ExitStatus::from_raw(signal), at_ns: 0, usage: None };
        assert_eq!(classify_exit(Some(&exit(SIGKILL)), "working", 0).0, Outcome::Crashed);
        assert_eq!(classify_exit(Some(&exit(11)), "working", 1).0, Outcome::Crashed);
        let (outcome, reason) = classify_exit(Some(&exit(SIGKILL)), "working", 2);
        assert_eq!(outcome, Outcome::OutOfMemory);
        assert!(reason.contains("lack of memory 2 times"), "{reason}");
        let worker = |message: &str| RowError {
            phase: None,
            kind: "WorkerDied".to_owned(),
            message: message.to_owned(),
        };
        let killed = worker("worker process 7 was killed by signal 9 (SIGKILL)");
        assert_eq!(classify_error(&killed, 0).0, Outcome::Crashed);
        assert_eq!(classify_error(&killed, 1).0, Outcome::OutOfMemory);
        assert_eq!(classify_error(&worker("worker process 7 ended with exit code 1"), 1).0, Outcome::Crashed);
    }
}
