//! However an invocation ends, nothing of its tree is left when the runner goes on, no semaphore either.
//! How long that takes is in the record, and on this machine in benchmarks/ending.

use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::guard::{folder, loose, survivors, tag, wild};
use crate::support::{Place, code, repository, stderr};

/// A hundred milliseconds on an idle machine; here others are busy.
const SOON_NS: u64 = 5_000_000_000;

/// All named semaphores of the run, whatever invocation they belong to.
fn semaphores(place: &Place) -> Vec<PathBuf> {
    let run = folder(place).file_name().expect("a name").to_string_lossy().into_owned();
    let entries = std::fs::read_dir("/dev/shm").expect("/dev/shm").flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&format!("sem.{run}-")))
        .map(|entry| entry.path())
        .collect()
}

/// At once: whoever waits for the runner's end may rely on it.
fn nothing_is_left(place: &Place, tag: &str) {
    assert!(survivors(place, tag).is_empty(), "{:?}", survivors(place, tag));
    assert!(semaphores(place).is_empty(), "{:?}", semaphores(place));
}

fn pools(work: &str) -> Place {
    let script = repository("tests/it/real/wild.py");
    Place::new(&format!(
        r#"
[run]
budget = "60s"
max_rounds = 1
timeout = "2s"
[interpreters]
use = ["3.13"]
[modes]
use = ["mp"]
workers = [2]
start_methods = ["fork", "forkserver", "spawn"]
[[workload]]
script = '{}'
tasks = 4
{work}
"#,
        script.display()
    ))
}

/// What a person wants to see of a record.
fn brief(record: &Value) -> String {
    let [cell, outcome, reason, forced] = ["cell", "outcome", "reason", "forced"].map(|key| &record[key]);
    format!("{cell} {outcome} {reason} {forced}")
}

/// Records of the cells with worker processes, each with a method of its own.
fn of_pools(place: &Place) -> Vec<Value> {
    let records: Vec<Value> =
        place.records().into_iter().filter(|record| record["cell"]["mode"] == "mp").collect();
    assert_eq!(
        records.len(),
        3,
        "each start method once: {:?}",
        records.iter().map(brief).collect::<Vec<_>>()
    );
    records
}

#[test]
fn a_timeout_leaves_nothing_of_a_tree_that_would_stay() {
    let place = pools("function = \"work\"\nsetup = \"dig_in\"\nargs = { seconds = 60 }");
    let tag = tag(&place);
    let output = place
        .command(&["run", "--out", "out", "--seed", "1"])
        .env("GILMATRIX_WILD", &tag)
        .output()
        .expect("the binary starts");
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    nothing_is_left(&place, &tag);
    for record in of_pools(&place) {
        assert_eq!(record["outcome"], "timed_out", "{}", brief(&record));
        let ns = |key: &str| {
            record["forced"][key].as_u64().unwrap_or_else(|| panic!("{key} of {}", brief(&record)))
        };
        assert!(ns("grace_ns") > 0 && ns("empty_ns") < SOON_NS, "{}", brief(&record));
    }
}

#[test]
fn a_crashed_worker_takes_everything_with_it() {
    let place = pools("function = \"crash\"");
    let tag = tag(&place);
    let output = place
        .command(&["run", "--out", "out", "--seed", "1"])
        .env("GILMATRIX_WILD", &tag)
        .output()
        .expect("the binary starts");
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    nothing_is_left(&place, &tag);
    for record in of_pools(&place) {
        assert_eq!(record["outcome"], "crashed", "{}", brief(&record));
        assert!(
            record["reason"].as_str().is_some_and(|reason| reason.contains("SIGSEGV")),
            "{}",
            brief(&record)
        );
    }
}

fn ctrl_c_leaves_nothing(method: &str) {
    let place = wild(method);
    let tag = tag(&place);
    let mut child = loose(&place, &tag);
    let pid = Pid::from_raw(child.id() as i32).expect("a pid");
    kill_process(pid, Signal::INT).expect("signalled");
    assert_eq!(child.wait().expect("reaped").code(), Some(130));
    nothing_is_left(&place, &tag);
    let events = std::fs::read_to_string(place.path().join("events")).expect("events");
    let events = events.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
    let interrupted = events.into_iter().find(|event| event["event"] == "interrupted").expect("told");
    assert!(interrupted["empty_ns"].as_u64().is_some_and(|ns| ns < SOON_NS), "{interrupted}");
}

#[test]
fn ctrl_c_leaves_nothing_of_fork() {
    ctrl_c_leaves_nothing("fork");
}

#[test]
fn ctrl_c_leaves_nothing_of_forkserver() {
    ctrl_c_leaves_nothing("forkserver");
}

#[test]
fn ctrl_c_leaves_nothing_of_spawn() {
    ctrl_c_leaves_nothing("spawn");
}
