//! Why an interpreter or an environment can't be had.

use std::fmt::Display;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::cache_dir::MARKER;
use crate::process::{Cancel, ProgramError};

/// Why something isn't there, although other programs were asked for it.
#[derive(Debug)]
pub(crate) enum Unavailable {
    Refused {
        reason: String,
        /// Who is asked once more today refuses again.
        lasting: bool,
    },
    Cancelled,
}

/// What the system says, and tools repeat, where the machine refuses.
const MACHINE: [&str; 6] = [
    "no space left",
    "quota exceeded",
    "file too large",
    "read-only file system",
    "permission denied",
    "input/output error",
];
/// What is said where nobody was reached who could have answered.
const NETWORK: [&str; 6] =
    ["timed out", "resolve", "resolution", "unreachable", "connection", "error sending request"];

fn says(reason: &str, any: &[&str]) -> bool {
    let reason = reason.to_lowercase();
    any.iter().any(|words| reason.contains(words))
}

/// Whether it was the machine that refused, as with a full disk, and not who was asked.
pub(crate) fn machine_refused(reason: &str) -> bool {
    says(reason, &MACHINE)
}

impl Unavailable {
    /// Makes it of what somebody says: an answer lasts, an accident doesn't.
    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let lasting = !machine_refused(&reason) && !says(&reason, &NETWORK);
        Self::Refused { reason, lasting }
    }

    /// Returns what makes it of an error of the system, such as a full disk, which may be mended at once; the reason
    /// begins with `what`.
    pub(super) fn of(what: &str) -> impl Fn(io::Error) -> Self {
        move |error| Self::Refused { reason: format!("{what}: {error}"), lasting: false }
    }

    /// Returns why a program brought nothing; the reason begins with `who`.
    pub(crate) fn program(who: impl Display, error: ProgramError) -> Self {
        match error {
            ProgramError::Cancelled => Self::Cancelled,
            error => Self::Refused { reason: format!("{who} {error}"), lasting: false },
        }
    }
}

/// Takes a lock of the cache; `waiting` is called once where another one has it.
///
/// # Errors
/// The cache can't be written, or it was cancelled.
pub(super) fn lock(path: &Path, cancel: &Cancel, waiting: impl FnOnce()) -> Result<File, Unavailable> {
    let failed = Unavailable::of("the cache can't be locked");
    let file = File::options().create(true).append(true).open(path).map_err(&failed)?;
    let mut waiting = Some(waiting);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) if cancel.is_cancelled() => return Err(Unavailable::Cancelled),
            Err(TryLockError::WouldBlock) => {}
        }
        if let Some(waiting) = waiting.take() {
            waiting();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Opens a new log of the cache, to be written and read again.
///
/// # Errors
/// The cache can't be written.
pub(super) fn open_log(cache: &Path, name: &str) -> io::Result<(File, PathBuf)> {
    let folder = cache.join("logs");
    fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    let log = File::options().create(true).append(true).read(true).open(&path)?;
    log.set_len(0)?;
    Ok((log, path))
}

/// Writes the marker last and moves all with one rename: whoever looks sees the whole or nothing.
pub(super) fn publish(marker: &impl Serialize, staged: &Path, place: &Path) -> io::Result<()> {
    let file = File::create(staged.join(MARKER))?;
    serde_json::to_writer_pretty(&file, marker)?;
    file.sync_all()?;
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent)?;
    }
    if place.exists() {
        // Nothing whole stands there, or it would have been taken.
        fs::remove_dir_all(place)?;
    }
    fs::rename(staged, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_now_may_be_had_later() {
        let full = Unavailable::of("no log can be written")(io::Error::other("the disk is full"));
        let Unavailable::Refused { reason, lasting } = full else { panic!("{full:?}") };
        assert_eq!((reason.as_str(), lasting), ("no log can be written: the disk is full", false));
    }

    #[test]
    fn answers_are_kept_and_accidents_are_not() {
        for (reason, keeps, machine) in [
            ("it ended with exit code 2: error: No interpreter found for Python 3.99", true, false),
            (
                "it ended with exit code 2: error: failed to write: No space left on device (os error 28)",
                false,
                true,
            ),
            ("OSError: [Errno 122] Disk quota exceeded", false, true),
            ("error: Permission denied (os error 13)", false, true),
            ("error: error sending request for url", false, false),
            ("Temporary failure in name resolution", false, false),
            ("operation timed out", false, false),
        ] {
            let refused = Unavailable::refused(reason);
            assert!(matches!(refused, Unavailable::Refused { lasting, .. } if lasting == keeps), "{reason}");
            assert_eq!(machine_refused(reason), machine, "{reason}");
        }
        let slow = Unavailable::program("it", ProgramError::TimedOut(Duration::from_secs(1)));
        assert!(matches!(slow, Unavailable::Refused { lasting: false, .. }), "{slow:?}");
    }
}
