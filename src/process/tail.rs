//! The end of what a process printed, whatever its size.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;
use tokio::time::timeout;

const KEPT: usize = 8 * 1024;

/// Collects a stream in the background; keeps its last 8 KiB.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    kept: Arc<Mutex<TailBytes>>,
    /// Closed once the stream has ended.
    reading: Option<watch::Receiver<()>>,
}

#[derive(Debug, Default)]
struct TailBytes {
    bytes: Vec<u8>,
    dropped: u64,
}

impl Tail {
    /// Reads until the end; the task ends with the stream, or with the runtime.
    pub(crate) fn follow(mut stream: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let (reading, ended) = watch::channel(());
        let writer = Self::default();
        let tail = Self { kept: writer.kept.clone(), reading: Some(ended) };
        tokio::spawn(async move {
            let _reading = reading;
            let mut chunk = vec![0; 16 * 1024];
            while let Ok(read @ 1..) = stream.read(&mut chunk).await {
                writer.push(&chunk[..read]);
            }
        });
        tail
    }

    /// Waits until everything that was printed is here, or for `patience`: a process that got away may hold
    /// the stream open for ever.
    pub(crate) async fn complete(&mut self, patience: Duration) {
        if let Some(reading) = &mut self.reading {
            let _ = timeout(patience, reading.changed()).await;
        }
    }

    fn push(&self, bytes: &[u8]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes.extend_from_slice(bytes);
        let excess = kept.bytes.len().saturating_sub(KEPT);
        if excess > 0 {
            kept.bytes.drain(..excess);
            kept.dropped += excess as u64;
        }
    }

    /// Returns what is there so far, marked where its beginning was dropped.
    pub(crate) fn text(&self) -> String {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&kept.bytes);
        if kept.dropped > 0 {
            format!("[{} bytes before this]\n{text}", kept.dropped)
        } else {
            text.into_owned()
        }
    }
}

/// Returns the last `limit` bytes of a file, as text, without blank lines; nothing where it can't be read.
pub(crate) fn file_tail(file: &File, limit: u64) -> String {
    let read = || -> io::Result<String> {
        let length = file.metadata()?.len();
        let mut bytes = vec![0; limit.min(length) as usize];
        file.read_exact_at(&mut bytes, length.saturating_sub(limit))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = read().unwrap_or_default();
    text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_still_on_its_way_is_waited_for() {
        let (mut writer, reader) = tokio::io::duplex(64);
        let mut tail = Tail::follow(reader);
        tail.complete(Duration::from_millis(5)).await;
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            tokio::io::AsyncWriteExt::write_all(&mut writer, b"last words").await
        });
        tail.complete(Duration::from_secs(20)).await;
        assert_eq!(tail.text(), "last words");
    }

    #[test]
    fn the_end_is_kept_and_the_loss_is_said() {
        let tail = Tail::default();
        tail.push(&vec![b'a'; 20_000]);
        tail.push(b"the end");
        let text = tail.text();
        assert!(text.starts_with("[11815 bytes before this]"), "{}", &text[..40]);
        assert!(text.ends_with("the end"));
    }

    #[test]
    fn the_end_of_a_file_is_read_without_blank_lines() {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, b"first\n\nsecond\n  \nthird\n").unwrap();
        assert_eq!(file_tail(&file, 1000), "first\nsecond\nthird");
        assert_eq!(file_tail(&file, 8), "third");
    }
}
