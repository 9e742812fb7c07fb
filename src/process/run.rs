//! Starting a program and waiting for it: in its own process group, its output in a file, with a time
//! limit and a way to cancel. Whatever way it ends, the group is gone afterwards.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// Set from anywhere (a Ctrl-C handler) to end what is going on.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("could not be started: {0}")]
    Start(io::Error),
    #[error("did not answer within {} s", .0.as_secs_f64())]
    TimedOut(Duration),
    #[error("interrupted")]
    Cancelled,
    #[error("could not be followed: {0}")]
    Wait(io::Error),
}

/// How to wait.
pub struct Watch<'a> {
    pub limit: Option<Duration>,
    pub cancel: &'a Cancel,
    /// Called about ten times a second with what was printed since.
    pub on_output: Option<&'a mut dyn FnMut(&str)>,
}

/// Removes every `PYTHON*` variable: they would change what an interpreter says and does.
pub fn scrub_python(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PYTHON") || name == "__PYVENV_LAUNCHER__" {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it to its end; standard output and standard error are both appended to `output`.
pub fn run(command: &mut Command, output: &File, mut watch: Watch<'_>) -> Result<ExitStatus, RunError> {
    let start = output.try_clone().and_then(|error| Ok((output.try_clone()?, error)));
    let (stdout, stderr) = start.map_err(RunError::Start)?;
    let mut reader = Tail { file: output, at: output.metadata().map_err(RunError::Start)?.len() };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .process_group(0)
        .spawn()
        .map_err(RunError::Start)?;
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                reader.pass_on(&mut watch);
                return Ok(status);
            }
            Ok(None) => {}
            Err(error) => {
                end(&mut child);
                return Err(RunError::Wait(error));
            }
        }
        if watch.cancel.is_cancelled() {
            end(&mut child);
            return Err(RunError::Cancelled);
        }
        if let Some(limit) = watch.limit.filter(|limit| started.elapsed() >= *limit) {
            end(&mut child);
            return Err(RunError::TimedOut(limit));
        }
        reader.pass_on(&mut watch);
        std::thread::sleep(pause);
        let longest = if watch.on_output.is_some() { 100 } else { 20 };
        pause = (pause * 3 / 2).min(Duration::from_millis(longest));
    }
}

/// Kills the whole group, then reaps its leader. An error means that nobody is left to kill.
fn end(child: &mut Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = child.kill();
    let _ = child.wait();
}

struct Tail<'a> {
    file: &'a File,
    at: u64,
}

impl Tail<'_> {
    fn pass_on(&mut self, watch: &mut Watch<'_>) {
        let Some(on_output) = watch.on_output.as_mut() else { return };
        use std::os::unix::fs::FileExt;
        let mut buffer = [0_u8; 65536];
        while let Ok(read @ 1..) = self.file.read_at(&mut buffer, self.at) {
            self.at += read as u64;
            on_output(&String::from_utf8_lossy(&buffer[..read]));
        }
    }
}

/// What a short program prints on both its outputs, whatever its exit status.
pub fn capture(command: &mut Command, limit: Duration, cancel: &Cancel) -> Result<String, RunError> {
    let mut output = tempfile::tempfile().map_err(RunError::Start)?;
    run(command, &output, Watch { limit: Some(limit), cancel, on_output: None })?;
    let mut bytes = Vec::new();
    output.rewind().and_then(|()| output.read_to_end(&mut bytes)).map_err(RunError::Wait)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The last `limit` bytes of a file, as text, without blank lines.
pub fn tail(file: &mut File, limit: u64) -> String {
    let mut read = || -> io::Result<String> {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(limit)))?;
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = read().unwrap_or_default();
    text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// How it ended, in words: `exit status 1`, `signal 9`.
pub fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "an unknown status".to_owned(),
    }
}
