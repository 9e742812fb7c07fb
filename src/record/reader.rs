//! `records.jsonl` read again: lines are parsed on all CPUs and come in their order.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::{Invocation, RECORDS_SCHEMA, RecordError, readable};
use crate::parallel;

/// Bytes that are parsed in one go, but for the rest of the last line: few enough to stay in a CPU's cache.
const CHUNK: usize = 1 << 16;

/// Whole lines of the file.
#[derive(Default)]
struct Chunk {
    /// Number of the first one, from 1.
    number: usize,
    text: Vec<u8>,
    /// Where each line ends in it, its newline included.
    ends: Vec<usize>,
}

/// Reads the records one by one, in the order in which they ended. A last line without a newline
/// is what a killed runner was writing, and is passed over.
///
/// # Errors
/// The file can't be opened; as an item: a line that can't be read or is no record.
pub fn read_records(
    path: &Path,
) -> Result<impl Iterator<Item = Result<Invocation, RecordError>> + use<>, RecordError> {
    let file = File::open(path).map_err(RecordError::io("read", path))?;
    let chunks = Chunks { reader: BufReader::with_capacity(CHUNK, file), number: 1, ended: false };
    let path = path.to_owned();
    let parsed = parallel::ahead(chunks, move |chunk| match chunk {
        Ok(chunk) => parse_all(&chunk, &path),
        Err(source) => vec![Err(RecordError::Io { action: "read", path: path.clone(), source })],
    });
    Ok(parsed.flatten())
}

/// The file, chunk by chunk.
struct Chunks<R> {
    reader: R,
    /// Number of the next line.
    number: usize,
    ended: bool,
}

impl<R: BufRead> Iterator for Chunks<R> {
    type Item = std::io::Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut chunk = Chunk { number: self.number, ..Chunk::default() };
        while !self.ended && chunk.text.len() < CHUNK {
            match self.reader.read_until(b'\n', &mut chunk.text) {
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
                // Half a line is the end, even where a runner is still writing the rest of it.
                Ok(read) if read == 0 || chunk.text.last() != Some(&b'\n') => self.ended = true,
                Ok(_) => chunk.ends.push(chunk.text.len()),
            }
        }
        self.number += chunk.ends.len();
        (!chunk.ends.is_empty()).then_some(Ok(chunk))
    }
}

fn parse_all(chunk: &Chunk, path: &Path) -> Vec<Result<Invocation, RecordError>> {
    let starts = std::iter::once(&0).chain(&chunk.ends);
    let lines = starts.zip(&chunk.ends).map(|(start, end)| &chunk.text[*start..*end]);
    lines.zip(chunk.number..).map(|(line, number)| parse(line, path, number)).collect()
}

fn parse(line: &[u8], path: &Path, number: usize) -> Result<Invocation, RecordError> {
    let malformed = |message: String| RecordError::Malformed { path: path.to_owned(), line: number, message };
    // All of it at once: from a slice each string would be checked for itself.
    let line = std::str::from_utf8(line).map_err(|error| malformed(error.to_string()))?;
    let invocation: Invocation = serde_json::from_str(line).map_err(|error| malformed(error.to_string()))?;
    if readable(&invocation.schema, RECORDS_SCHEMA) {
        Ok(invocation)
    } else {
        Err(RecordError::Schema { path: path.to_owned(), found: invocation.schema, expected: RECORDS_SCHEMA })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_hold_whole_lines_with_their_numbers() {
        let line = |n: usize| format!("{n}{}\n", "x".repeat(n % 1000)).into_bytes();
        let mut text: Vec<u8> = (0..3000).flat_map(line).collect();
        text.extend(b"half a li");
        let (mut number, mut read, mut chunks) = (1, Vec::<u8>::new(), 0);
        for chunk in (Chunks { reader: text.as_slice(), number, ended: false }) {
            let chunk = chunk.unwrap();
            assert_eq!(chunk.number, number);
            assert!(chunk.ends.iter().all(|end| chunk.text[end - 1] == b'\n'));
            number += chunk.ends.len();
            read.extend(&chunk.text[..*chunk.ends.last().unwrap()]);
            chunks += 1;
        }
        assert_eq!((number, read.len() + "half a li".len()), (3001, text.len()));
        assert!(chunks > 3, "{chunks}");
    }

    #[test]
    fn every_bad_line_is_named_by_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.jsonl");
        let mut text = b"{}\n".repeat(CHUNK / 2);
        text.extend(b"\xff\nhalf");
        std::fs::write(&path, text).unwrap();
        let bad: Vec<RecordError> = read_records(&path).unwrap().map(Result::unwrap_err).collect();
        assert_eq!(bad.len(), CHUNK / 2 + 1);
        for (error, number) in bad.iter().zip(1..) {
            assert!(matches!(error, RecordError::Malformed { line, .. } if *line == number), "{error}");
        }
        assert!(bad[CHUNK / 2].to_string().contains("utf-8"), "{}", bad[CHUNK / 2]);
    }
}
