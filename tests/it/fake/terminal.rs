//! Whoever watched has gone: their terminal was closed, or what read their pipe.

use std::fs::File;
use std::io::Read;
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{PROGRAM, Place, eventually, with_fake};

/// Both ends of a new terminal: ours, and the program's.
fn terminal() -> (File, OwnedFd) {
    let (mut ours, mut theirs) = (-1, -1);
    let null = std::ptr::null_mut;
    // SAFETY: the two numbers are filled in, and nothing else is asked for.
    let made =
        unsafe { libc::openpty(&raw mut ours, &raw mut theirs, null(), std::ptr::null(), std::ptr::null()) };
    assert_eq!(made, 0, "{}", std::io::Error::last_os_error());
    // SAFETY: both were opened just now and belong to nobody else; ours isn't to be inherited.
    unsafe {
        libc::fcntl(ours, libc::F_SETFD, libc::FD_CLOEXEC);
        (File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs))
    }
}

/// Starts a long run, and waits until it measures.
fn started(place: &Place, command: &mut Command) -> Child {
    command.args(["run", "--out", "out", "--seed", "1", "--budget", "60s", "--precision", "0.1%"]);
    let child = command.spawn().expect("the binary starts");
    assert!(eventually(|| place.out().join("run.json").exists() && place.records().len() > 1), "it measures");
    child
}

fn ends_as_by_a_hangup(place: &Place, mut child: Child) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let code = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break status.code(),
            None if Instant::now() > deadline => {
                child.kill().expect("killed");
                panic!("it goes on measuring for nobody");
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    assert_eq!(code, Some(130));
    assert_eq!(place.json("run.json")["status"], "interrupted");
    assert!(place.processes().is_empty(), "{:?}", place.processes());
    assert!(place.out().join("report.html").exists(), "what it had measured is drawn");
}

fn on_terminal(place: &Place, theirs: OwnedFd) -> Command {
    let mut command = place.command(&[]);
    let end = || Stdio::from(theirs.try_clone().expect("a descriptor"));
    command.stdin(end()).stdout(end()).stderr(end());
    command
}

fn long() -> Place {
    Place::new(&with_fake("good", "").replace("max_rounds = 3", ""))
}

/// Starts a run on a terminal, which is closed then.
fn ends_with_its_terminal(prepare: impl FnOnce(&mut Command)) {
    let place = long();
    let (ours, theirs) = terminal();
    let mut command = on_terminal(&place, theirs);
    prepare(&mut command);
    let child = started(&place, &mut command);
    drop(command);
    drop(ours);
    ends_as_by_a_hangup(&place, child);
}

#[test]
fn a_closed_terminal_of_its_own_ends_a_run() {
    // SAFETY: both calls are safe between fork and exec.
    ends_with_its_terminal(|command| unsafe {
        command.pre_exec(|| {
            libc::setsid();
            libc::ioctl(0, libc::TIOCSCTTY, 0);
            Ok(())
        });
    });
}

#[test]
fn a_closed_terminal_that_sends_no_signal_ends_a_run() {
    ends_with_its_terminal(|_| {});
}

#[test]
fn a_reader_of_messages_that_has_gone_ends_a_run() {
    let place = long();
    let mut command = place.command(&[]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = started(&place, &mut command);
    let mut messages = child.stderr.take().expect("a pipe");
    let mut some = [0; 20];
    messages.read_exact(&mut some).expect("a message");
    drop(messages);
    ends_as_by_a_hangup(&place, child);
}

#[test]
fn nobody_ends_a_run_that_was_told_to_stay() {
    let place = Place::new(&with_fake("good", ""));
    let script = format!("trap '' HUP; exec {PROGRAM} run --out out --seed 1 --budget 8s");
    let mut command = Command::new("bash");
    command.args(["-c", &script]).current_dir(place.path()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("bash starts");
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert_eq!(place.json("run.json")["status"], "completed");
}

#[test]
fn no_command_panics_where_nothing_can_be_printed() {
    let place = Place::new(&with_fake("good", ""));
    let full = || File::options().write(true).open("/dev/full").expect("a full disk");
    for arguments in [
        &["plan"][..],
        &["run", "--out", "out", "--budget", "3s"],
        &["report", "out"],
        &["compare", "out", "out"],
        &["history", "."],
        &["pythons"],
        &["plan", "nowhere.toml"],
        &["reprot"],
        &["init"],
        &["cache"],
    ] {
        let output =
            place.command(arguments).stdout(full()).stderr(full()).status().expect("the binary starts");
        assert!(output.code().is_some_and(|code| (1..=6).contains(&code)), "{arguments:?}: {output:?}");
    }
}
