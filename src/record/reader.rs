//! `records.jsonl` read again: lines are parsed on all CPUs and come in their order.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::{Invocation, RECORDS_SCHEMA, RecordError, RunInfo, RunStatus, readable};
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

/// Reads the records one by one, in the order in which they ended. A last line without a newline is what a killed
/// runner was writing, and is passed over. A file that isn't there is an empty record: a run may be interrupted before
/// its first invocation ended.
///
/// # Errors
/// The file can't be opened; as an item, after which none follows: a line that can't be read or is no record; one is
/// missing or stands twice; the last one is half, though the run came to its end.
pub(super) fn read_records(
    path: &Path,
    run: &RunInfo,
) -> Result<impl Iterator<Item = Result<Invocation, RecordError>> + use<>, RecordError> {
    let numbers = Numbers {
        path: path.to_owned(),
        last: 0,
        expected: run.invocations,
        cut: matches!(run.status, RunStatus::Completed | RunStatus::Interrupted) && ends_in_half_a_line(path),
        may_be_empty: run.status != RunStatus::Completed || run.plan.runnable().next().is_none(),
    };
    Ok(numbers.check(lines(path)?))
}

fn lines(path: &Path) -> Result<impl Iterator<Item = Result<Invocation, RecordError>> + use<>, RecordError> {
    let file: Box<dyn Read + Send> = match File::open(path) {
        Ok(file) => Box::new(file),
        Err(error) if error.kind() == ErrorKind::NotFound => Box::new(std::io::empty()),
        Err(error) => return Err(RecordError::io("read", path)(error)),
    };
    let chunks = Chunks { reader: BufReader::with_capacity(CHUNK, file), number: 1, ended: false };
    let path = path.to_owned();
    let parsed = parallel::ahead(chunks, move |chunk| match chunk {
        Ok(chunk) => parse_all(&chunk, &path),
        Err(source) => vec![Err(RecordError::Io { action: "read", path: path.clone(), source })],
    });
    Ok(parsed.flatten())
}

/// Invocations are numbered from 1 on, and each is one line: what was lost from a record shows in its numbers.
struct Numbers {
    path: PathBuf,
    /// The number of the last invocation, which is also that of its line.
    last: u64,
    /// How many there have to be; `None`: the run hasn't ended, or an older gilmatrix wrote it.
    expected: Option<u64>,
    /// Half a line stands at its end, though nobody killed its runner.
    cut: bool,
    /// Whether a run that doesn't say how many may have none.
    may_be_empty: bool,
}

impl Numbers {
    fn check(
        mut self,
        mut parsed: impl Iterator<Item = Result<Invocation, RecordError>>,
    ) -> impl Iterator<Item = Result<Invocation, RecordError>> {
        let mut sound = true;
        std::iter::from_fn(move || {
            let item = match sound.then(|| parsed.next())? {
                Some(read) => read.and_then(|invocation| self.next(invocation)),
                None => Err(self.end()?),
            };
            sound = item.is_ok();
            Some(item)
        })
    }

    fn next(&mut self, invocation: Invocation) -> Result<Invocation, RecordError> {
        let id = invocation.id;
        if id == self.last + 1 {
            self.last = id;
            return Ok(invocation);
        }
        Err(self.malformed(match id {
            _ if id <= self.last => format!("invocation {id} stands here again, after {}", self.last),
            _ => format!("it is of invocation {id}, but {}", missing(self.last + 1, id - 1)),
        }))
    }

    /// Returns what is wrong with a record that ends here.
    fn end(&self) -> Option<RecordError> {
        let message = match self.expected {
            Some(expected) if expected > self.last => format!(
                "the record ends here, but {}: the run had {expected}",
                missing(self.last + 1, expected)
            ),
            Some(expected) if expected < self.last => {
                format!("invocation {} is too much: by its `run.json` the run had {expected}", expected + 1)
            }
            None if self.last == 0 && !self.may_be_empty => {
                "the run ended, but its record is empty or missing".to_owned()
            }
            _ if self.cut => {
                "the record ends in half a line, though its runner wrote it to the end".to_owned()
            }
            _ => return None,
        };
        Some(self.malformed(message))
    }

    fn malformed(&self, message: String) -> RecordError {
        RecordError::Malformed {
            path: self.path.clone(),
            line: self.last as usize + 1,
            message: format!(
                "{message}; copy the run's folder again from where it was measured, or measure anew"
            ),
        }
    }
}

/// Whether a file ends otherwise than with a newline; one that can't be read says so when it is read.
fn ends_in_half_a_line(path: &Path) -> bool {
    let last = || {
        let file = File::open(path)?;
        let mut byte = [0];
        file.read_exact_at(&mut byte, file.metadata()?.len().saturating_sub(1))?;
        std::io::Result::Ok(byte[0])
    };
    last().is_ok_and(|byte| byte != b'\n')
}

/// As `invocation 3 is missing`, or `invocations 3 to 7 are missing`.
fn missing(first: u64, last: u64) -> String {
    match first == last {
        true => format!("invocation {first} is missing"),
        false => format!("invocations {first} to {last} are missing"),
    }
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
    use crate::analysis::synthetic::World;

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

    /// The record of a run with `ids`, and what is said of it.
    fn said(ids: &[u64], expected: Option<u64>, status: RunStatus) -> String {
        said_of_cut(ids, expected, status, 0)
    }

    /// Without its last bytes.
    fn said_of_cut(ids: &[u64], expected: Option<u64>, status: RunStatus, cut: usize) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.jsonl");
        let mut world = World::new(1, &["3.13"], &["fib"], &["single"], &[1]);
        world.fill(1, 2);
        let mut run = world.run;
        (run.invocations, run.status) = (expected, status);
        let mut one = world.records.into_iter().next().unwrap();
        let mut text = String::new();
        for id in ids {
            one.id = *id;
            text += &(serde_json::to_string(&one).unwrap() + "\n");
        }
        text.truncate(text.len() - cut);
        std::fs::write(&path, text).unwrap();
        let error = read_records(&path, &run).unwrap().find_map(Result::err);
        error.map(|error| error.to_string().replace(&path.display().to_string(), "R")).unwrap_or_default()
    }

    #[test]
    fn what_was_lost_from_a_record_or_doubled_is_named() {
        use RunStatus::{Completed, Interrupted, Running};
        let last = "; copy the run's folder again from where it was measured, or measure anew";
        for (ids, expected, text) in [
            (
                &[1, 2, 5][..],
                Some(5),
                "`R`, line 3: it is of invocation 5, but invocations 3 to 4 are missing",
            ),
            (&[2], None, "`R`, line 1: it is of invocation 2, but invocation 1 is missing"),
            (&[1, 2, 2], Some(3), "`R`, line 3: invocation 2 stands here again, after 2"),
            (
                &[1, 2],
                Some(3),
                "`R`, line 3: the record ends here, but invocation 3 is missing: the run had 3",
            ),
            (&[1, 2], Some(1), "`R`, line 3: invocation 2 is too much: by its `run.json` the run had 1"),
            (
                &[],
                Some(9),
                "`R`, line 1: the record ends here, but invocations 1 to 9 are missing: the run had 9",
            ),
            (&[], None, "`R`, line 1: the run ended, but its record is empty or missing"),
        ] {
            assert_eq!(said(ids, expected, Completed), format!("{text}{last}"));
        }
        assert_eq!(said(&[1, 2], None, Completed), "", "an older run doesn't say how many there were");
        assert_eq!(said(&[1, 2], Some(2), Completed), "");
        // A half line is normal after a kill, and only then.
        for (status, expected, half) in
            [(Completed, None, true), (Interrupted, Some(1), true), (Running, None, false)]
        {
            let said = said_of_cut(&[1, 2], expected, status, 5);
            assert_eq!(said.contains("ends in half a line"), half, "{status:?}: {said}");
        }
        assert_eq!(said(&[], None, Running), "");
        assert_eq!(said(&[], Some(0), Interrupted), "");
        let world = World::new(1, &["3.13"], &["fib"], &["single"], &[1]);
        let missing = read_records(Path::new("missing.jsonl"), &world.run).unwrap().next();
        assert!(missing.unwrap().unwrap_err().to_string().contains("its record is empty or missing"));
    }

    #[test]
    fn every_bad_line_is_named_by_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.jsonl");
        let mut text = b"{}\n".repeat(CHUNK / 2);
        text.extend(b"\xff\nhalf");
        std::fs::write(&path, text).unwrap();
        let bad: Vec<RecordError> = lines(&path).unwrap().map(Result::unwrap_err).collect();
        assert_eq!(bad.len(), CHUNK / 2 + 1);
        for (error, number) in bad.iter().zip(1..) {
            assert!(matches!(error, RecordError::Malformed { line, .. } if *line == number), "{error}");
        }
        assert!(bad[CHUNK / 2].to_string().contains("utf-8"), "{}", bad[CHUNK / 2]);
    }
}
