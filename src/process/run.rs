//! A program that runs to its end: its output in a file, with a time limit and a way to cancel.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::fs::FileExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::end::{PATIENCE, end_tree};

/// A flag, set from anywhere (a Ctrl-C handler) to end what is going on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Sets the flag.
    pub(crate) fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Returns whether the flag is set.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Why a program has no exit status of its own.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProgramError {
    #[error("could not be started: {0}")]
    Start(io::Error),
    #[error("did not answer within {} s", .0.as_secs_f64())]
    TimedOut(Duration),
    #[error("interrupted")]
    Cancelled,
    #[error("could not be followed: {0}")]
    Wait(io::Error),
}

/// How a program is waited for.
pub(crate) struct Supervision<'a> {
    /// After this long it is ended; `None`: it may take as long as it likes.
    pub(crate) limit: Option<Duration>,
    pub(crate) cancel: &'a Cancel,
    /// Called about ten times a second with what was printed since.
    pub(crate) on_output: Option<&'a mut dyn FnMut(&str)>,
}

/// Removes every `PYTHON*` variable: they would change what an interpreter says and does.
pub(crate) fn scrub_python(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PYTHON") || name == "__PYVENV_LAUNCHER__" {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a program to its end and gives how it ended; standard output and standard error are both appended to `output`.
///
/// # Errors
/// It can't be started or followed, or it was ended: its time was over, or somebody cancelled.
pub(crate) fn run(
    command: &mut Command,
    output: &File,
    mut how: Supervision<'_>,
) -> Result<ExitStatus, ProgramError> {
    let (stdout, stderr) = output
        .try_clone()
        .and_then(|stdout| Ok((stdout, output.try_clone()?)))
        .map_err(ProgramError::Start)?;
    let mut passed_on = output.metadata().map_err(ProgramError::Start)?.len();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .process_group(0)
        .spawn()
        .map_err(ProgramError::Start)?;
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        let ended = child.try_wait();
        if let Some(on_output) = how.on_output.as_mut() {
            pass_on(output, &mut passed_on, on_output);
        }
        let over = match ended {
            Ok(Some(status)) => return Ok(status),
            Err(error) => Some(ProgramError::Wait(error)),
            Ok(None) if how.cancel.is_cancelled() => Some(ProgramError::Cancelled),
            Ok(None) => how.limit.filter(|limit| started.elapsed() >= *limit).map(ProgramError::TimedOut),
        };
        if let Some(error) = over {
            end_tree(child.id(), PATIENCE);
            let _ = child.wait();
            return Err(error);
        }
        std::thread::sleep(pause);
        let longest = if how.on_output.is_some() { 100 } else { 20 };
        pause = (pause * 3 / 2).min(Duration::from_millis(longest));
    }
}

/// Passes on what stands in the file behind the bytes that were passed on already.
fn pass_on(file: &File, passed_on: &mut u64, on_output: &mut dyn FnMut(&str)) {
    let mut buffer = [0_u8; 16384];
    while let Ok(read @ 1..) = file.read_at(&mut buffer, *passed_on) {
        *passed_on += read as u64;
        on_output(&String::from_utf8_lossy(&buffer[..read]));
    }
}

/// Returns what a short program prints on both its outputs, whatever its exit status.
///
/// # Errors
/// As [`run`].
pub(crate) fn capture(
    command: &mut Command,
    limit: Duration,
    cancel: &Cancel,
) -> Result<String, ProgramError> {
    let mut output = tempfile::tempfile().map_err(ProgramError::Start)?;
    run(command, &output, Supervision { limit: Some(limit), cancel, on_output: None })?;
    let mut bytes = Vec::new();
    output.rewind().and_then(|()| output.read_to_end(&mut bytes)).map_err(ProgramError::Wait)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Says how a program ended, in words: `exit status 1`, `signal 9`.
pub(crate) fn describe_status(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "an unknown status".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{children, lives};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_outputs_are_captured_whatever_the_status() {
        let text = capture(
            &mut shell("echo out; echo err >&2; exit 3"),
            Duration::from_secs(20),
            &Cancel::default(),
        );
        assert_eq!(text.unwrap(), "out\nerr\n");
        let status = |script: &str| shell(script).status().map(describe_status).unwrap();
        assert_eq!(
            (status("exit 3"), status("kill -9 $$")),
            ("exit status 3".to_owned(), "signal 9".to_owned())
        );
    }

    #[test]
    fn what_takes_too_long_is_ended_with_all_below_it() {
        let before = Instant::now();
        // The child has left the group.
        let script = "setsid sleep 60 & echo $!; wait";
        let output = tempfile::NamedTempFile::new().unwrap();
        let cancel = Cancel::default();
        let how = Supervision { limit: Some(Duration::from_millis(300)), cancel: &cancel, on_output: None };
        let ended = run(&mut shell(script), output.as_file(), how);
        assert!(matches!(ended, Err(ProgramError::TimedOut(_))), "{ended:?}");
        assert!(before.elapsed() < Duration::from_secs(20));
        let pid: u32 = std::fs::read_to_string(output.path()).unwrap().trim().parse().unwrap();
        assert!(!lives(pid) && children(pid).is_empty());
    }

    #[test]
    fn who_cancels_is_told_so() {
        let cancel = Cancel::default();
        cancel.cancel();
        let ended = capture(&mut shell("sleep 60"), Duration::from_secs(60), &cancel);
        assert!(matches!(ended, Err(ProgramError::Cancelled)), "{ended:?}");
    }
}
