//! The harness's report as it arrives: a FIFO, read line by line.

use std::io;
use std::path::Path;

use tokio::net::unix::pipe;

/// A row longer than this is garbage.
const LONGEST: usize = 4 * 1024 * 1024;

pub struct Rows {
    receiver: pipe::Receiver,
    /// Marks the rows of this invocation.
    pub nonce: String,
    buffer: Vec<u8>,
    /// How far `buffer` has been searched for a line's end.
    searched: usize,
}

impl Rows {
    /// Makes the FIFO and opens it for reading; a writer may come later.
    pub fn create(path: &Path, nonce: String) -> io::Result<Self> {
        rustix::fs::mknodat(
            rustix::fs::CWD,
            path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )?;
        // Opened for writing too, so that "no writer yet" isn't taken for the end: that is the
        // process's exit, which is watched apart.
        let receiver = pipe::OpenOptions::new().read_write(true).open_receiver(path)?;
        Ok(Self { receiver, nonce, buffer: Vec::new(), searched: 0 })
    }

    /// The next whole line; can be dropped half-way without losing anything.
    pub async fn next(&mut self) -> io::Result<String> {
        loop {
            if let Some(line) = self.ready()? {
                return Ok(line);
            }
            self.receiver.readable().await?;
        }
    }

    /// The next whole line if it is there already.
    pub fn ready(&mut self) -> io::Result<Option<String>> {
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
