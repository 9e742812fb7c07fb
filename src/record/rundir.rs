//! The directory of one run.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::reader::read_records;
use super::{Invocation, Journal, RUN_SCHEMA, RecordError, RunInfo, readable};
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
        // Before anything is opened: what is there may be anybody's.
        let records = dir.records();
        let written = fs::symlink_metadata(&records).is_ok_and(|it| it.is_file() && it.len() > 0);
        if dir.describes_records() || written {
            return Err(taken());
        }
        let journal = Journal::open(&dir.records())?;
        // Again, now that nobody else can write it.
        if dir.describes_records() || !journal.is_empty() {
            return Err(taken());
        }
        Ok((dir, journal))
    }

    /// Whether there is a `run.json` of a run that recorded anything, as far as it says: of one that failed before it
    /// measured, nothing is lost.
    fn describes_records(&self) -> bool {
        if self.run_json().symlink_metadata().is_err() {
            return false;
        }
        let started_only = |run: RunInfo| match run.invocations {
            Some(recorded) => recorded == 0,
            None => run.status != super::RunStatus::Completed && self.records().exists(),
        };
        !self.read_run().is_ok_and(started_only)
    }

    /// Takes away again what a new run that measured nothing has made.
    pub fn discard(self, journal: Journal) {
        if journal.is_empty() {
            // Best effort: what stays is in nobody's way.
            let _ = fs::remove_file(self.run_json());
            let _ = fs::remove_file(self.records());
            let _ = fs::remove_dir(&self.path);
        }
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

    /// Reads the records of the run that `run` describes, in the order in which they ended. Half a line at the end is
    /// what a killed runner was writing, and is passed over.
    ///
    /// # Errors
    /// The file can't be opened; as an item: a line that is no record, or where one is missing or stands twice.
    pub fn read_records(
        &self,
        run: &RunInfo,
    ) -> Result<impl Iterator<Item = Result<Invocation, RecordError>> + use<>, RecordError> {
        read_records(&self.records(), run)
    }

    /// Puts a file into the directory, replacing an older one whole.
    ///
    /// # Errors
    /// The file can't be written; an older one then still stands as it was.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), RecordError> {
        let path = self.path.join(name);
        if let Some(folder) = path.parent() {
            self.holds_no_link(folder)?;
            fs::create_dir_all(folder).map_err(RecordError::io("make the directory", folder))?;
        }
        write_atomic(&path, bytes).map_err(RecordError::io("write", &path))
    }

    /// # Errors
    /// This folder below it, or one above that, is a link: through it a file would be written to a place that isn't the
    /// run's.
    pub fn holds_no_link(&self, folder: &Path) -> Result<(), RecordError> {
        let mut inside = folder.ancestors().take_while(|folder| **folder != *self.path);
        inside.try_for_each(|folder| no_link(folder).map_err(RecordError::io("write into", folder)))
    }

    /// # Errors
    /// The file is missing, unreadable, of another schema, or no `run.json`.
    pub fn read_run(&self) -> Result<RunInfo, RecordError> {
        let path = self.run_json();
        let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => RecordError::NoRun { path: self.path.clone() },
            _ => RecordError::io("read", &path)(error),
        })?;
        from_json(&text, RUN_SCHEMA, &path)
    }
}

/// # Errors
/// The path is a symbolic link, which a run's folder never holds.
pub(super) fn no_link(path: &Path) -> std::io::Result<()> {
    match path.is_symlink() {
        true => Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is a symbolic link")),
        false => Ok(()),
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
    if let Some(id) = head.run_id.filter(|id| !names_a_folder(id)) {
        let message =
            format!("`run_id` must be a name such as \"2026-11-26-nightly\", without `/`; it is {id:?}");
        return Err(RecordError::Malformed { path: path.to_owned(), line: 1, message });
    }
    serde_json::from_str(text).map_err(malformed)
}

/// Whether a run's name can be that of a folder or file, and leads nowhere else.
fn names_a_folder(id: &str) -> bool {
    let plain = !id.contains(['/', '\\']) && !id.chars().any(char::is_control);
    plain && !matches!(id, "" | "." | "..") && id.len() <= 255
}

/// What every file of ours has, whatever else is in it.
#[derive(serde::Deserialize)]
struct Head {
    #[serde(default)]
    schema: serde_json::Value,
    run_id: Option<String>,
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
    fn a_run_that_failed_before_it_measured_is_in_nobodys_way() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("run");
        let stored = include_str!("../../tests/fixtures/stored/run.json");
        let mut run: RunInfo = serde_json::from_str(stored).unwrap();
        run.status = super::super::RunStatus::Failed;
        let (dir, journal) = RunDir::create(&path).unwrap();
        dir.write_run(&run).unwrap();
        drop(journal);
        let (dir, journal) = RunDir::create(&path).expect("nothing is lost of it");
        dir.discard(journal);
        assert!(!path.exists());
        // What did record something, or says so, stays.
        for (status, invocations) in [("completed", None), ("running", Some(3)), ("completed", Some(1))] {
            run.status = serde_json::from_value(status.into()).unwrap();
            run.invocations = invocations;
            let (dir, _) = RunDir::create(&path).unwrap();
            dir.write_run(&run).unwrap();
            assert!(RunDir::create(&path).is_err(), "{status} {invocations:?}");
            fs::remove_dir_all(&path).unwrap();
        }
    }

    #[test]
    fn what_a_refused_or_linked_folder_holds_stays_as_it_is() {
        let temp = tempfile::tempdir().unwrap();
        let (folder, elsewhere) = (temp.path().join("run"), temp.path().join("elsewhere"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("records.jsonl"), "{}\nhalf a li").unwrap();
        assert!(RunDir::create(&folder).unwrap_err().to_string().contains("holds a run already"));
        assert_eq!(fs::read(folder.join("records.jsonl")).unwrap(), b"{}\nhalf a li");
        // A link to someone's file, or to someone's folder, is followed by nothing.
        fs::rename(folder.join("records.jsonl"), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, folder.join("records.jsonl")).unwrap();
        let error = RunDir::create(&folder).unwrap_err().to_string();
        assert!(error.contains("it is a symbolic link"), "{error}");
        assert_eq!(fs::read(&elsewhere).unwrap(), b"{}\nhalf a li");
        std::os::unix::fs::symlink(temp.path(), folder.join("charts")).unwrap();
        let error = RunDir::open(&folder).write("charts/time.svg", b"<svg/>").unwrap_err().to_string();
        assert!(error.contains("it is a symbolic link"), "{error}");
        assert!(!temp.path().join("time.svg").exists());
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        let path = Path::new("run.json");
        for id in ["../../escaped", "/tmp/x", "..", "", "a\\b", "a\nb"] {
            let text = serde_json::json!({"schema": RUN_SCHEMA, "run_id": id}).to_string();
            let error = from_json::<RunInfo>(&text, RUN_SCHEMA, path).unwrap_err().to_string();
            assert!(error.contains("`run_id` must be a name"), "{error}");
        }
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
