//! `records.jsonl`: one line per invocation, appended and synced as it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::rundir::no_link;
use super::{Invocation, RecordError};

/// The open end of `records.jsonl`, locked against a second runner.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    /// Length of the file up to its last whole line.
    length: u64,
}

impl Journal {
    /// Opens the file for appending. A half line that a dead runner left behind is cut off.
    ///
    /// # Errors
    /// The file can't be opened, or another runner has it.
    pub fn open(path: &Path) -> Result<Self, RecordError> {
        no_link(path).map_err(RecordError::io("open", path))?;
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(RecordError::io("open", path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(RecordError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => {
                return Err(RecordError::Io { action: "lock", path: path.to_owned(), source });
            }
        }
        let length = whole_lines(&mut file).map_err(RecordError::io("read", path))?;
        file.set_len(length).map_err(RecordError::io("write", path))?;
        Ok(Self { file, path: path.to_owned(), length })
    }

    /// # Errors
    /// The file was removed or replaced while it was open: what is written now is nobody's any more.
    fn is_there(&self) -> std::io::Result<()> {
        let (open, named) = (self.file.metadata()?, std::fs::symlink_metadata(&self.path)?);
        match (open.dev(), open.ino()) == (named.dev(), named.ino()) {
            true => Ok(()),
            false => Err(std::io::Error::other("another file was put in its place")),
        }
    }

    /// No whole line is in it.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Appends a line for each, all at once, and waits until they are on the disk: a block is there as
    /// a whole, unless the machine stops in the middle of it.
    ///
    /// # Errors
    /// The disk is full, or the like; the file then ends with its last whole line.
    pub fn append(&mut self, invocations: &[Invocation]) -> Result<(), RecordError> {
        let mut lines = Vec::new();
        for invocation in invocations {
            serde_json::to_writer(&mut lines, invocation).map_err(|error| RecordError::Malformed {
                path: self.path.clone(),
                line: 0,
                message: error.to_string(),
            })?;
            lines.push(b'\n');
        }
        let written =
            self.file.write_all(&lines).and_then(|()| self.file.sync_data()).and_then(|()| self.is_there());
        if let Err(source) = written {
            // Best effort: a reader forgives a half last line anyway.
            let _ = self.file.set_len(self.length);
            return Err(RecordError::Io { action: "write", path: self.path.clone(), source });
        }
        self.length += lines.len() as u64;
        Ok(())
    }
}

/// Whether a runner has this `records.jsonl` open.
pub(crate) fn in_use(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Who may write a `records.jsonl`.
#[derive(Debug)]
pub enum Hold {
    /// A runner has it.
    Runner,
    /// No runner can have it before this is dropped; without a file there is none to go on with.
    Ours(Option<File>),
}

/// Keeps runners out of a run.
pub fn hold(path: &Path) -> Hold {
    let Ok(file) = File::open(path) else { return Hold::Ours(None) };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Hold::Runner,
        // Where there are no locks, no runner has one either.
        Ok(()) | Err(TryLockError::Error(_)) => Hold::Ours(Some(file)),
    }
}

/// Bytes up to and with the last newline.
fn whole_lines(file: &mut File) -> std::io::Result<u64> {
    let mut reader = BufReader::new(file);
    let (mut length, mut line) = (0, Vec::new());
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        if read == 0 || line.last() != Some(&b'\n') {
            return Ok(length);
        }
        length += read as u64;
    }
}
