//! Rule 1, a cell proves what it ran: judged by the runner while it measures, and again from the
//! record by whoever reads it. Pure.

use super::{Gil, GilBuild, Invocation, Outcome, Value, WorkerFacts};
use crate::interpreter::Facts;
use crate::matrix::CpuSet;
use crate::stats::{CapacityPass, Pass, Peak};

/// What to do about an import that turns the GIL on.
pub(crate) const STAYS_OFF: &str =
    "`PYTHON_GIL=0` keeps it off (`--env` of `try`, `env` of `[run]` in a matrix)";

/// What an invocation was asked to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The interpreter's probed facts.
    pub facts: &'a Facts,
    /// Whether the GIL should be on, see [`wants_gil`].
    pub gil: bool,
}

/// Whether the GIL should be on: always on a GIL build; on a free-threaded one where the variant's
/// `-X gil=1` says so, which comes last on the command line and so wins, else `-X gil=1` in the
/// interpreter's own command, else `PYTHON_GIL=1`.
pub(crate) fn wants_gil(
    facts: &Facts,
    command: &[String],
    xoptions: &[String],
    python_gil: Option<&str>,
) -> bool {
    if !facts.free_threaded() {
        return true;
    }
    if let Some(option) = xoptions.iter().rev().find_map(|option| option.strip_prefix("gil=")) {
        return option == "1";
    }
    let command = command.join(" ");
    let has = |value: &str| {
        command.contains(&format!("-X gil={value}")) || command.contains(&format!("-Xgil={value}"))
    };
    has("1") || (!has("0") && python_gil == Some("1"))
}

/// The GIL over all workers of an invocation; `None` where none has answered.
pub(crate) fn gil(workers: &[WorkerFacts]) -> Option<Gil> {
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

/// Why what ran isn't what was asked for, and the outcome that this is; `None` when it is.
///
/// `is_program` says whether a worker's `sys.executable` is the program that was asked for: on the machine
/// itself links can be followed, from the record alone the workers can only be compared with each other.
pub(crate) fn objection(
    asked: Asked<'_>,
    gil: Option<Gil>,
    workers: &[WorkerFacts],
    is_program: impl Fn(&str) -> bool,
) -> Option<(Outcome, String)> {
    let mismatch = |text| (Outcome::GilMismatch, text);
    let Some(gil) = gil.filter(|_| !workers.is_empty()) else {
        return Some(mismatch("no worker said what it ran".to_owned()));
    };
    let free_threaded = asked.facts.free_threaded();
    for worker in workers {
        let who = format!("worker {}", worker.pid);
        if !same_version(&worker.version, &asked.facts.version) {
            let asked = &asked.facts.version;
            let text = format!("{who} ran Python {}, asked for was {asked}", worker.version);
            return Some((Outcome::WrongInterpreter, text));
        }
        if worker.py_gil_disabled.unwrap_or(false) != free_threaded {
            return Some(mismatch(other_build(&who, free_threaded)));
        }
        if !is_program(&worker.executable) {
            let asked = asked.facts.executable.display();
            let text = format!("{who} ran `{}`, asked for was `{asked}`", worker.executable);
            return Some((Outcome::WrongInterpreter, text));
        }
        let states = [Some(worker.gil_enabled_before), worker.gil_enabled_after];
        if let Some(text) = state(&who, asked.gil, states) {
            return Some(mismatch(text));
        }
    }
    if (gil.build == GilBuild::FreeThreaded) != free_threaded {
        return Some(mismatch(other_build("the invocation", free_threaded)));
    }
    state("the invocation", asked.gil, [Some(gil.enabled_before), Some(gil.enabled_after)]).map(mismatch)
}

/// Which worker might run on other CPUs than the `asked` ones after the work; `None` where all stayed.
pub(crate) fn strayed(asked: &CpuSet, workers: &[WorkerFacts]) -> Option<String> {
    let said = workers.iter().filter_map(|worker| Some((worker.pid, worker.cpus.as_ref()?)));
    let (pid, cpus) = said.into_iter().find(|(_, cpus)| cpus.beyond(asked).is_some())?;
    Some(format!("worker {pid} might run on CPUs {cpus} after the work, it was to be held to {asked}"))
}

fn other_build(who: &str, asked_free_threaded: bool) -> String {
    let kind = |free| if free { "a free-threaded" } else { "a GIL" };
    format!(
        "{who} ran on {} build, asked for was {} one",
        kind(!asked_free_threaded),
        kind(asked_free_threaded)
    )
}

fn state(who: &str, wanted: bool, states: [Option<bool>; 2]) -> Option<String> {
    let index = states.iter().position(|state| state.is_some_and(|on| on != wanted))?;
    let (found, when) = (if wanted { "off" } else { "on" }, ["before", "after"][index]);
    let hint = if !wanted && index == 1 { ": an import may have switched it on" } else { "" };
    Some(format!("the GIL was {found} {when} the work in {who}, contrary to what was asked for{hint}"))
}

/// What a worker says may be the whole of `sys.version`; development builds add a `+`.
fn same_version(said: &str, known: &str) -> bool {
    let version = said.split_whitespace().next();
    version.is_some_and(|version| version.trim_end_matches('+') == known.trim_end_matches('+'))
}

/// Which passes count, for the runner and the analysis alike.
impl Invocation {
    /// Returns the passes that aren't warm-up.
    pub fn counted_passes(&self) -> Vec<Pass> {
        let values = self.values.iter().filter(|value| !value.warmup);
        let alone = self.cell.workers == 1;
        let pass = |value: &Value| Pass {
            sweep: value.sweep,
            ns: value.ns,
            run_delay_ns: value.run_delay_ns.filter(|_| alone),
        };
        values.map(pass).collect()
    }

    /// Returns its peak of memory; `None` but for a solo invocation whose resources were sampled.
    pub fn peak(&self) -> Option<Peak> {
        let resources = self.resources.as_ref().filter(|_| self.outcome == Outcome::Completed)?;
        let (rss, pss) = (resources.peak_rss_bytes, resources.peak_pss_bytes);
        Some(Peak { id: self.id, round: self.round, rss, pss, processes: resources.peak_processes })
    }

    /// Returns the counted passes of a member of a capacity block.
    pub fn capacity_passes(&self) -> Vec<CapacityPass> {
        let values = self.values.iter().filter(|value| !value.warmup);
        values
            .map(|value| CapacityPass { sweep: value.sweep, concurrent: value.concurrent, ns: value.ns })
            .collect()
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
            cpus: None,
        }
    }

    fn judge(facts: &Facts, on: bool, workers: &[WorkerFacts]) -> Option<String> {
        outcome(facts, on, workers).map(|(_, text)| text)
    }

    fn outcome(facts: &Facts, on: bool, workers: &[WorkerFacts]) -> Option<(Outcome, String)> {
        objection(Asked { facts, gil: on }, gil(workers), workers, |path| path == "/usr/bin/env")
    }

    #[test]
    fn what_was_asked_for_passes() {
        assert_eq!(judge(&facts(true), false, &[worker(true, false, Some(false))]), None);
        assert_eq!(judge(&facts(false), true, &[worker(false, true, None)]), None);
        assert_eq!(judge(&facts(true), true, &[worker(true, true, Some(true))]), None);
        assert!(judge(&facts(true), false, &[]).unwrap().contains("no worker"));
    }

    #[test]
    fn a_gil_that_came_back_is_found_in_any_worker() {
        let workers = [worker(true, false, Some(false)), worker(true, false, Some(true))];
        let why = judge(&facts(true), false, &workers).unwrap();
        assert!(why.contains("on after the work in worker 7"), "{why}");
        assert_eq!(gil(&workers).map(|gil| (gil.enabled_before, gil.enabled_after)), Some((false, true)));
        let said = Some(Gil { enabled_after: true, ..gil(&workers[..1]).unwrap() });
        let why =
            objection(Asked { facts: &facts(true), gil: false }, said, &workers[..1], |_| true).unwrap().1;
        assert!(why.contains("on after the work in the invocation"), "{why}");
    }

    #[test]
    fn another_interpreter_is_found() {
        let mut stranger = worker(false, true, Some(true));
        stranger.version = "3.12.1".into();
        let (what, text) = outcome(&facts(false), true, &[stranger]).unwrap();
        assert!(what == Outcome::WrongInterpreter && text.contains("Python 3.12.1"), "{text}");
        let (what, free) = outcome(&facts(false), true, &[worker(true, false, None)]).unwrap();
        assert_eq!(what, Outcome::GilMismatch);
        assert!(free.contains("ran on a free-threaded build, asked for was a GIL one"), "{free}");
        let mut elsewhere = worker(false, true, None);
        elsewhere.executable = "/bin/sh".into();
        let (what, text) = outcome(&facts(false), true, &[elsewhere]).unwrap();
        assert!(what == Outcome::WrongInterpreter && text.contains("/bin/sh"), "{text}");
    }

    #[test]
    fn who_left_its_cpus_is_found() {
        let set = |text: &str| CpuSet::parse(text).ok();
        let on = |cpus| WorkerFacts { cpus, ..worker(false, true, None) };
        let asked = set("0-1").unwrap();
        assert_eq!(strayed(&asked, &[on(set("0")), on(set("0-1")), on(None)]), None);
        let why = strayed(&asked, &[on(set("0")), on(set("1-2"))]).unwrap();
        assert!(why.contains("CPUs 1-2") && why.contains("held to 0-1"), "{why}");
    }

    #[test]
    fn who_asks_for_the_gil() {
        let free = facts(true);
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(wants_gil(&facts(false), &[], &[], None));
        assert!(!wants_gil(&free, &words("python"), &[], None));
        assert!(wants_gil(&free, &words("python"), &[], Some("1")));
        assert!(wants_gil(&free, &words("python -X gil=1"), &[], None));
        assert!(!wants_gil(&free, &words("python -X gil=0"), &[], Some("1")));
        assert!(!wants_gil(&free, &words("python -X gil=1"), &words("gil=0"), None));
        assert!(same_version("3.14.0a1+ (heads/main, x)", "3.14.0a1") && !same_version("", "3.13.5"));
    }
}
