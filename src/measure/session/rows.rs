//! The harness's report as it arrives: a named pipe, read line by line.

use std::io;
use std::path::Path;

use tokio::net::unix::pipe;

use crate::platform::open_fifo;

/// A row longer than this is garbage.
const LONGEST: usize = 4 * 1024 * 1024;

pub(crate) struct Rows {
    receiver: pipe::Receiver,
    /// Marks the rows of this invocation.
    pub nonce: String,
    buffer: Vec<u8>,
    /// How far `buffer` has been searched for a line's end.
    searched: usize,
}

impl Rows {
    /// Makes the pipe; a writer may come later.
    ///
    /// # Errors
    /// The system refuses a named pipe.
    pub(crate) fn create(path: &Path, nonce: String) -> io::Result<Self> {
        Ok(Self { receiver: open_fifo(path)?, nonce, buffer: Vec::new(), searched: 0 })
    }

    /// Waits for the next whole line; can be dropped half-way without losing anything.
    ///
    /// # Errors
    /// As [`Self::ready`].
    pub(crate) async fn next(&mut self) -> io::Result<String> {
        loop {
            if let Some(line) = self.ready()? {
                return Ok(line);
            }
            self.receiver.readable().await?;
        }
    }

    /// Returns the next whole line if it is there already.
    ///
    /// # Errors
    /// The pipe can't be read, or a line never ends.
    pub(crate) fn ready(&mut self) -> io::Result<Option<String>> {
        let mut chunk = [0; 4096];
        loop {
            if let Some(end) = self.buffer[self.searched..].iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=self.searched + end).collect();
                self.searched = 0;
                return Ok(Some(String::from_utf8_lossy(line.trim_ascii()).into_owned()));
            }
            self.searched = self.buffer.len();
            if self.buffer.len() > LONGEST {
                return Err(io::Error::other("a line of the report never ends"));
            }
            match self.receiver.try_read(&mut chunk) {
                Ok(0) => return Ok(None),
                Ok(read) => self.buffer.extend_from_slice(&chunk[..read]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }
}
