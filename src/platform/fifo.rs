//! A named pipe by which another process reports.

use std::io;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tokio::net::unix::pipe;

/// Makes a named pipe, readable by this user alone, and opens it for reading; a writer may come later.
///
/// It is opened for writing too, so that "no writer yet" isn't taken for the end: the end is the process's exit,
/// which is watched apart. A system that can't open one both ways has to wait for its writer.
///
/// # Errors
/// The file exists, or the system refuses.
pub(crate) fn open_fifo(path: &Path) -> io::Result<pipe::Receiver> {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    pipe::OpenOptions::new().read_write(true).open_receiver(path)
}
