//! Nothing survives the runner, whatever ends it.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Place, alive, eventually, repository};

/// `wild.py` in worker processes started by `method`, and nothing that would end soon by itself.
pub(super) fn wild(method: &str) -> Place {
    let script = repository("tests/it/real/wild.py");
    Place::new(&format!(
        r#"
[run]
budget = "120s"
[interpreters]
use = ["3.13"]
[modes]
use = ["mp"]
workers = [2]
start_methods = ["{method}"]
[[workload]]
script = '{}'
function = "work"
setup = "spread"
args = {{ seconds = 0.4 }}
tasks = 4
"#,
        script.display()
    ))
}

/// Digits that no other test's `sleep` has.
pub(super) fn tag(place: &Place) -> String {
    let name = place.path().display().to_string();
    let digits =
        name.bytes().fold(u64::from(std::process::id()), |sum, byte| sum.wrapping_mul(31) + u64::from(byte));
    (digits % 1_000_000_000).to_string()
}

/// Runs it until the pool's workers are at work and their daemons are on the loose.
pub(super) fn loose(place: &Place, tag: &str) -> Child {
    let mut command = place.command(&["run", "--out", "out", "--seed", "1", "--format", "json"]);
    // Nobody reads a pipe before the end, which a long run would fill.
    let events = std::fs::File::create(place.path().join("events")).expect("a file");
    command.env("GILMATRIX_WILD", tag).stdout(events).stderr(Stdio::null());
    let child = command.spawn().expect("the binary starts");
    let sleeps = format!("sleep 86400.{tag}");
    let at_work = || alive(&sleeps).len() >= 2 && !place.records().is_empty();
    assert!(eventually(at_work), "two workers have their daemons, beside a finished `single`");
    child
}

pub(super) fn survivors(place: &Place, tag: &str) -> Vec<String> {
    let mut pids = place.processes();
    pids.extend(alive(&format!("sleep 86400.{tag}")));
    let line = |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).ok();
    pids.iter().filter_map(line).map(|line| line.replace('\0', " ")).filter(|line| !line.is_empty()).collect()
}

fn nothing_survives(method: &str, end: Signal) {
    let place = wild(method);
    let tag = tag(&place);
    let mut child = loose(&place, &tag);
    let semaphores = place.semaphores();
    let pid = Pid::from_raw(child.id() as i32).expect("a pid");
    kill_process(pid, end).expect("signalled");
    child.wait().expect("reaped");
    assert!(
        eventually(|| survivors(&place, &tag).is_empty()),
        "{method}, {end:?}: {:?}",
        survivors(&place, &tag)
    );
    // fork unlinks them at once, the others leave that to their tracker.
    assert!(method == "fork" || !semaphores.is_empty(), "{method} has semaphores");
    let leaked: Vec<_> = semaphores.iter().filter(|path| path.exists()).collect();
    assert!(leaked.is_empty(), "{method}, {end:?}: {leaked:?}");
    assert!(eventually(|| !folder(&place).exists()), "the run's temporary folder is gone");
}

/// `…/gilmatrix-XXXXXX/1-YYYYYY/spec.json`: the run's own folder, out of the first record's command.
pub(super) fn folder(place: &Place) -> PathBuf {
    let records = place.records();
    let words = records.first().and_then(|record| record["command"].as_array().cloned()).expect("a record");
    let spec = words.last().and_then(|word| word.as_str()).expect("a spec");
    Path::new(spec).ancestors().nth(2).expect("the run's folder").to_owned()
}

#[test]
fn sigkill_leaves_nothing_of_fork() {
    nothing_survives("fork", Signal::KILL);
}

#[test]
fn sigkill_leaves_nothing_of_forkserver() {
    nothing_survives("forkserver", Signal::KILL);
}

#[test]
fn sigkill_leaves_nothing_of_spawn() {
    nothing_survives("spawn", Signal::KILL);
}

#[test]
fn sigterm_and_sighup_leave_nothing_either() {
    nothing_survives("spawn", Signal::TERM);
    nothing_survives("forkserver", Signal::HUP);
}
