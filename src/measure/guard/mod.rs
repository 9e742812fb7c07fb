//! The guard: a small process of our own that outlives the runner by some milliseconds and ends what
//! the runner left behind, whatever ended it. A runner that is killed with SIGKILL can't do that
//! itself, and what it has adopted falls to the system's first process, where nobody looks for it.
//!
//! It sleeps in the kernel until its standard input hangs up: while something is measured it costs
//! nothing. It finds what is ours by a [`Mark`] that everything started below the runner inherits.

mod serve;

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::platform::{Mark, Marked, own_program};
pub(crate) use serve::serve_if_asked;

/// The guard's name in a list of processes, by which our own program knows that it is to be one.
const NAME: &str = "gilmatrix-guard";

/// A guard at work. Dropped, it looks once for what was left behind, and ends.
#[derive(Debug)]
pub(crate) struct Guard {
    child: Child,
    mark: Mark,
    /// Until the guard has ended.
    _marked: Marked,
}

impl Guard {
    /// Starts this program a second time as a guard, and marks this process and what it will start. `folder` is
    /// removed with the rest.
    ///
    /// # Errors
    /// It can't be started, or ends at once.
    pub(crate) fn start(folder: &Path) -> io::Result<Self> {
        use std::os::unix::process::CommandExt;
        let mark = Mark::new();
        let mut child = Command::new(own_program())
            .arg0(NAME)
            .arg(mark.0.to_string())
            .arg(folder)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Nobody who reads ours shall wait for it.
            .stderr(Stdio::null())
            .spawn()?;
        let mut answer = String::new();
        if let Some(stdout) = child.stdout.take() {
            stdout.take(serve::READY.len() as u64).read_to_string(&mut answer)?;
        }
        if answer != serve::READY {
            let _ = child.kill();
            let status = child.wait()?;
            return Err(io::Error::other(format!("it ended at once, {status}")));
        }
        // From now on: the guard itself isn't marked.
        Ok(Self { child, mark, _marked: mark.put_on() })
    }

    /// Returns its pid.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the mark once more, for the environment of what is started: not every system has the first kind.
    pub(crate) fn variable(&self) -> (String, String) {
        self.mark.variable()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
