//! `run --resume`: what is refused, and what isn't measured again.

use std::process::Output;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Place, code, eventually, stderr, with_fake};

fn resume(place: &Place, more: &[&str]) -> Output {
    let mut arguments = vec!["run", "--resume", "out"];
    arguments.extend(more);
    place.command(&arguments).output().expect("the binary starts")
}

/// A run that was interrupted after some invocations.
fn interrupted() -> Place {
    let place = Place::new(&with_fake("good", "").replace("max_rounds = 3", "max_rounds = 6"));
    let mut command = place.command(&["run", "--out", "out", "--seed", "1", "--precision", "0.1%"]);
    let mut child = command.stdout(std::process::Stdio::null()).spawn().expect("the binary starts");
    assert!(eventually(|| place.records().len() >= 3));
    let again = resume(&place, &[]);
    assert_eq!(code(&again), 5, "a second runner is refused: {}", stderr(&again));
    assert!(stderr(&again).contains("another gilmatrix"), "{}", stderr(&again));
    kill_process(Pid::from_raw(child.id() as i32).expect("a pid"), Signal::INT).expect("signalled");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    place
}

#[test]
fn it_goes_on_to_the_end_and_then_has_nothing_to_do() {
    let place = interrupted();
    let before = place.records();
    let output = resume(&place, &[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains("going on after"), "{}", stderr(&output));
    let after = place.records();
    assert!(after.len() > before.len() && after[..before.len()] == before[..], "the old lines stand");
    let clock = |record: &serde_json::Value| record["started_ns"].as_u64().expect("a time");
    assert!(after.windows(2).all(|two| clock(&two[0]) <= clock(&two[1])), "one clock for all");
    let run = place.json("run.json");
    assert_eq!(run["status"], "completed");
    assert_eq!(run["resumed_unix_ns"].as_array().map(Vec::len), Some(1));

    let again = resume(&place, &[]);
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    assert!(stderr(&again).contains("nothing to resume"), "{}", stderr(&again));
    assert_eq!(place.records().len(), after.len());
}

#[test]
fn a_changed_matrix_is_refused_by_name() {
    let place = interrupted();
    let before = place.records();
    let path = place.path().join("matrix.toml");
    let matrix = std::fs::read_to_string(&path).expect("the matrix");
    std::fs::write(&path, matrix.replace("n = 16", "n = 17")).expect("written");
    let output = resume(&place, &[]);
    assert_eq!(code(&output), 6, "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("workloads.0.args.n: was 16, is 17"), "{said}");
    assert_eq!(place.records(), before);
}

#[test]
fn what_is_no_run_is_refused() {
    let place = Place::new(&with_fake("good", ""));
    let output = resume(&place, &[]);
    assert_eq!(code(&output), 2, "as every command says of it: {}", stderr(&output));
    assert!(stderr(&output).contains("`out` is no run"), "{}", stderr(&output));
    let output = resume(&place, &["--seed", "3"]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
}
