//! A runner that is away for a while, and interpreters behind a wrapper that stays.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::support::{Place, code, stderr};

/// Ctrl-Z, and `fg` when three times a cell's time limit have passed: nobody was waited for meanwhile.
#[test]
fn a_runner_that_is_stopped_writes_no_cell_off() {
    let place = Place::new(
        "[run]\nbudget = \"14s\"\ntimeout = \"1s\"\nmax_rounds = 4\n[interpreters]\nuse = [\"3.13\"]\n[modes]\n\
         workers = [2]\nuse = [\"single\", \"mp\"]\n[[workload]]\nname = \"fib\"\nargs = { n = 22 }\n",
    );
    let mut command = place.command(&["run", "--out", "out", "--seed", "1"]);
    command.process_group(0).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().expect("the binary starts");
    let group = Pid::from_raw(i32::try_from(child.id()).expect("a pid")).expect("one");
    let deadline = Instant::now() + Duration::from_mins(1);
    let mut pauses = 0;
    while pauses < 2 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
        if place.records().len() > pauses {
            kill_process_group(group, Signal::STOP).expect("stopped");
            std::thread::sleep(Duration::from_secs(3));
            kill_process_group(group, Signal::CONT).expect("continued");
            pauses += 1;
        }
    }
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((code(&output), pauses), (0, 2), "{}", stderr(&output));
    for record in place.records() {
        assert_eq!(record["outcome"], "completed", "{}: {}", record["cell"], record["reason"]);
    }
}

/// A shell that stays as the parent never waits for a CPU: what its Python waited on a crowded machine counts.
#[test]
fn a_wrapper_that_stays_is_not_the_one_that_waits() {
    let place = Place::new(
        "[run]\nbudget = \"25s\"\nmax_rounds = 3\n[interpreters]\nuse = [\"wrapped\"]\n[[interpreter]]\nname = \"wrapped\"\n\
         command = [\"./wrapper.sh\"]\n[modes]\nworkers = [2]\nuse = [\"single\", \"threads\"]\n[[workload]]\n\
         name = \"fib\"\nargs = { n = 17 }\n",
    );
    let wrapper = place.path().join("wrapper.sh");
    std::fs::write(&wrapper, "#!/bin/sh\npython3 \"$@\"\ncode=$?\nexit $code\n").expect("wrapper.sh");
    std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let spin = || {
        let mut program = Command::new("setsid");
        program.args(["timeout", "90", "python3", "-c", "while True: pass"]);
        program.spawn().expect("setsid, of util-linux")
    };
    let others: Vec<_> = std::iter::repeat_with(spin).take(4).collect();
    let output = place.run(&[]);
    for mut other in others {
        let pid = Pid::from_raw(i32::try_from(other.id()).expect("a pid")).expect("one");
        kill_process(pid, Signal::TERM).expect("it is there");
        other.wait().expect("it ends");
    }
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let records = place.records();
    assert!(records.len() > 1, "{}", stderr(&output));
    for record in &records {
        assert_eq!(record["outcome"], "completed", "{}: {}", record["cell"], record["reason"]);
        let main = record["workers"][0]["pid"].as_u64().expect("a pid");
        assert_ne!(record["pid"].as_u64(), Some(main), "the wrapper stayed");
    }
}
