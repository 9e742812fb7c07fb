//! Rule 1: a cell proves what it ran.

use std::path::Path;

use crate::interpreter::Facts;
use crate::record::{Gil, GilBuild, WorkerFacts};

/// The GIL over all workers of an invocation; `None` where none has answered.
pub fn gil(workers: &[WorkerFacts]) -> Option<Gil> {
    let first = workers.first()?;
    let build = if first.py_gil_disabled == Some(true) { GilBuild::FreeThreaded } else { GilBuild::Gil };
    Some(Gil {
        build,
        enabled_before: workers.iter().any(|worker| worker.gil_enabled_before),
        // A worker that can't say any more is taken at its first word.
        enabled_after: workers
            .iter()
            .any(|worker| worker.gil_enabled_after.unwrap_or(worker.gil_enabled_before)),
    })
}

/// Why what ran isn't what was asked for; `None` when it is.
///
/// `asked` are the interpreter's probed facts, `env` the cell's variant.
pub fn mismatch(
    asked: &Facts,
    env: &[(String, String)],
    wrapped: bool,
    workers: &[WorkerFacts],
) -> Option<String> {
    let gil_wanted =
        !asked.free_threaded() || env.iter().any(|(name, value)| name == "PYTHON_GIL" && value == "1");
    for worker in workers {
        let who = format!("worker {}", worker.pid);
        if worker.version != asked.version {
            return Some(format!("{who} ran Python {}, asked for was {}", worker.version, asked.version));
        }
        if worker.py_gil_disabled.unwrap_or(false) != asked.free_threaded() {
            let is = if worker.py_gil_disabled == Some(true) { "a free-threaded" } else { "a GIL" };
            return Some(format!(
                "{who} ran on {is} build, which isn't what the interpreter was probed to be"
            ));
        }
        // Behind a wrapper (chroot, container) paths don't compare.
        if !wrapped && !same_file(Path::new(&worker.executable), &asked.executable) {
            return Some(format!(
                "{who} ran `{}`, asked for was `{}`",
                worker.executable,
                asked.executable.display()
            ));
        }
        let states = [Some(worker.gil_enabled_before), worker.gil_enabled_after];
        for (state, when) in states.into_iter().zip(["before", "after"]) {
            if state.is_some_and(|enabled| enabled != gil_wanted) {
                let found = if gil_wanted { "off" } else { "on" };
                return Some(format!(
                    "the GIL was {found} {when} the work in {who}, contrary to what was asked for"
                ));
            }
        }
    }
    None
}

fn same_file(left: &Path, right: &Path) -> bool {
    left == right
        || match (left.canonicalize(), right.canonicalize()) {
            (Ok(left), Ok(right)) => left == right,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::testing;

    fn facts(free_threaded: bool) -> Facts {
        let spec = if free_threaded { "3.13.5t" } else { "3.13.5" };
        Facts { executable: "/usr/bin/env".into(), ..testing::facts(spec) }
    }

    fn worker(free_threaded: bool, before: bool, after: Option<bool>) -> WorkerFacts {
        WorkerFacts {
            pid: 7,
            thread: None,
            executable: "/usr/bin/env".into(),
            version: "3.13.5".into(),
            py_gil_disabled: Some(free_threaded),
            gil_enabled_before: before,
            gil_enabled_after: after,
        }
    }

    #[test]
    fn what_was_asked_for_passes() {
        assert_eq!(mismatch(&facts(true), &[], false, &[worker(true, false, Some(false))]), None);
        assert_eq!(mismatch(&facts(false), &[], false, &[worker(false, true, None)]), None);
        let on = [("PYTHON_GIL".to_owned(), "1".to_owned())];
        assert_eq!(mismatch(&facts(true), &on, false, &[worker(true, true, Some(true))]), None);
    }

    #[test]
    fn a_gil_that_came_back_is_found_in_any_worker() {
        let workers = [worker(true, false, Some(false)), worker(true, false, Some(true))];
        let why = mismatch(&facts(true), &[], false, &workers).unwrap();
        assert!(why.contains("on after the work"), "{why}");
        assert_eq!(gil(&workers).map(|gil| (gil.enabled_before, gil.enabled_after)), Some((false, true)));
    }

    #[test]
    fn another_interpreter_is_found() {
        let mut stranger = worker(false, true, Some(true));
        stranger.version = "3.12.1".into();
        assert!(mismatch(&facts(false), &[], false, &[stranger]).unwrap().contains("Python 3.12.1"));
        assert!(
            mismatch(&facts(false), &[], false, &[worker(true, false, None)])
                .unwrap()
                .contains("free-threaded")
        );
        let mut elsewhere = worker(false, true, None);
        elsewhere.executable = "/bin/sh".into();
        assert!(mismatch(&facts(false), &[], false, &[elsewhere.clone()]).unwrap().contains("/bin/sh"));
        assert_eq!(mismatch(&facts(false), &[], true, &[elsewhere]), None);
    }
}
