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

impl Unavailable {
    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into(), lasting: true }
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
            error => Self::refused(format!("{who} {error}")),
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
}
