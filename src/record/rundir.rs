//! The directory of one run.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::{Journal, RUN_SCHEMA, RecordError, RunInfo, readable};
use crate::atomic::write_atomic;

/// `reports/<run id>/` or the folder given with `--out`.
#[derive(Debug, Clone)]
pub struct RunDir {
    path: PathBuf,
}

impl RunDir {
    /// Makes a new directory and opens its journal. One that already holds a run is refused: nothing
    /// recorded is overwritten. Of two that start at once the journal's lock lets one through; what a
    /// runner left that died before it wrote anything is free again.
    ///
    /// # Errors
    /// The directory can't be made, holds a run already, or is being written.
    pub fn create(path: &Path) -> Result<(Self, Journal), RecordError> {
        fs::create_dir_all(path).map_err(RecordError::io("make the directory", path))?;
        let dir = Self { path: path.to_owned() };
        let taken = || RecordError::Io {
            action: "start a new run in",
            path: path.to_owned(),
            source: std::io::Error::new(
                std::io::ErrorKind::AlreadyExists,
                "it holds a run already; name another directory",
            ),
        };
        if dir.run_json().exists() {
            return Err(taken());
        }
        let journal = Journal::open(&dir.records())?;
        // Again, now that nobody else can write it.
        if dir.run_json().exists() || !journal.is_empty() {
            return Err(taken());
        }
        Ok((dir, journal))
    }

    /// An existing run.
    pub fn open(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Returns the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path of `run.json`.
    pub fn run_json(&self) -> PathBuf {
        self.path.join("run.json")
    }

    /// Returns the path of `records.jsonl`.
    pub fn records(&self) -> PathBuf {
        self.path.join("records.jsonl")
    }

    /// # Errors
    /// The file can't be written.
    pub fn write_run(&self, run: &RunInfo) -> Result<(), RecordError> {
        self.write("run.json", &to_json(run))
    }

    /// Puts a file into the directory, replacing an older one whole.
    ///
    /// # Errors
    /// The file can't be written; an older one then still stands as it was.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), RecordError> {
        let path = self.path.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(RecordError::io("make the directory", folder))?;
        }
        write_atomic(&path, bytes).map_err(RecordError::io("write", &path))
    }

    /// # Errors
    /// The file is missing, unreadable, of another schema, or no `run.json`.
    pub fn read_run(&self) -> Result<RunInfo, RecordError> {
        let path = self.run_json();
        let text = fs::read_to_string(&path).map_err(RecordError::io("read", &path))?;
        from_json(&text, RUN_SCHEMA, &path)
    }
}

/// A file of ours of this schema or an older version of it.
///
/// # Errors
/// It is of another schema, or malformed; `path` names it.
pub(crate) fn from_json<T: DeserializeOwned>(
    text: &str,
    expected: &'static str,
    path: &Path,
) -> Result<T, RecordError> {
    let malformed = |error: serde_json::Error| RecordError::Malformed {
        path: path.to_owned(),
        line: error.line(),
        message: error.to_string(),
    };
    // The schema first: a file of another version should say so, not complain about a field.
    let head: Head = serde_json::from_str(text).map_err(malformed)?;
    let found = head.schema.as_str().unwrap_or("none");
    if !readable(found, expected) {
        let (path, found) = (path.to_owned(), found.to_owned());
        return Err(RecordError::Schema { path, found, expected });
    }
    serde_json::from_str(text).map_err(malformed)
}

/// What every file of ours has, whatever else is in it.
#[derive(serde::Deserialize)]
struct Head {
    #[serde(default)]
    schema: serde_json::Value,
}

/// Pretty JSON with a final newline.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    // Our own types have string keys and finite structure, so this can't fail.
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_holds_a_run_is_not_used_again() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a/b");
        let (dir, journal) = RunDir::create(&path).unwrap();
        assert!(matches!(RunDir::create(&path), Err(RecordError::Locked { .. })));
        drop(journal);
        drop(RunDir::create(&path).expect("a runner that died at once has left nothing"));
        dir.write("records.jsonl", b"{}\n").unwrap();
        let error = RunDir::create(&path).unwrap_err();
        assert!(error.to_string().contains("holds a run already"), "{error}");
        dir.write("records.jsonl", b"").unwrap();
        dir.write("run.json", b"{}").unwrap();
        let error = RunDir::create(&path).unwrap_err();
        assert!(error.to_string().contains("holds a run already"), "{error}");
    }

    #[test]
    fn replacing_leaves_no_other_file_behind() {
        let temp = tempfile::tempdir().unwrap();
        let (dir, _) = RunDir::create(temp.path()).unwrap();
        dir.write("charts/time.svg", b"one").unwrap();
        dir.write("charts/time.svg", b"two").unwrap();
        let names: Vec<_> = fs::read_dir(temp.path().join("charts"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(names, ["time.svg"]);
        assert_eq!(fs::read(temp.path().join("charts/time.svg")).unwrap(), b"two");
    }

    #[test]
    fn another_schema_is_named() {
        let temp = tempfile::tempdir().unwrap();
        let (dir, _) = RunDir::create(temp.path()).unwrap();
        dir.write("run.json", br#"{"schema": "gilmatrix.run/99"}"#).unwrap();
        assert!(dir.read_run().unwrap_err().to_string().contains("gilmatrix.run/99"));
        dir.write("run.json", b"{").unwrap();
        assert!(matches!(dir.read_run(), Err(RecordError::Malformed { line: 1, .. })));
    }
}
