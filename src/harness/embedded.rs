//! The files of `python-workloads/` inside the binary, and how they get out again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, File, include_dir};

use crate::atomic::write_with_folder;
use crate::sha256::FilesHash;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/python-workloads");
const PROGRAM: &str = "cpu_bench.py";

/// Writes the harness below `dir`, which is made if need be, and returns the path of `cpu_bench.py`.
/// What stands there already is left alone: another run may be reading it, and a new time stamp would
/// cost its bytecode. Each file is replaced whole.
///
/// # Errors
/// Whatever the file system says, with the path in the message.
pub fn extract(dir: &Path) -> io::Result<PathBuf> {
    for file in python_files() {
        let target = dir.join(file.path());
        if fs::read(&target).is_ok_and(|standing| standing == file.contents()) {
            continue;
        }
        write_with_folder(&target, file.contents())
            .map_err(|error| io::Error::new(error.kind(), format!("`{}`: {error}", target.display())))?;
    }
    Ok(dir.join(PROGRAM))
}

/// SHA-256 over the paths and contents of all files of the harness, hexadecimal.
pub(crate) fn sha256() -> String {
    let mut hash = FilesHash::default();
    for file in python_files() {
        hash.add(&file.path().to_string_lossy(), file.contents());
    }
    hash.finish()
}

/// Path relative to `python-workloads/`, and text, of every Python file.
pub(super) fn sources() -> Vec<(&'static Path, &'static str)> {
    python_files()
        .into_iter()
        .filter_map(|file| file.contents_utf8().map(|text| (file.path(), text)))
        .collect()
}

/// Every Python file that may run, ordered by path; neither the harness's own tests nor leftovers of a
/// run by hand (`__pycache__`) are among them.
fn python_files() -> Vec<&'static File<'static>> {
    let mut files = Vec::new();
    let mut folders = vec![&FILES];
    while let Some(folder) = folders.pop() {
        files.extend(folder.files().filter(|file| file.path().extension().is_some_and(|end| end == "py")));
        folders.extend(folder.dirs().filter(|dir| dir.path() != Path::new("tests")));
    }
    files.sort_by_key(|file| file.path());
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extracts_exactly_the_python_files() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("new/folder");
        let program = extract(&target).unwrap();
        assert_eq!(program, target.join("cpu_bench.py"));
        for file in python_files() {
            assert_eq!(fs::read(target.join(file.path())).unwrap(), file.contents());
        }
        let written = || fs::metadata(&program).and_then(|metadata| metadata.modified()).unwrap();
        let before = written();
        extract(&target).unwrap();
        assert_eq!(before, written(), "a file that stands is left alone");
        fs::write(&program, "tampered").unwrap();
        extract(&target).unwrap();
        assert_ne!(fs::read(&program).unwrap(), b"tampered");
    }

    #[test]
    fn a_refusal_names_the_path() {
        let dir = tempfile::tempdir().unwrap();
        let blocked = dir.path().join("file");
        fs::write(&blocked, "").unwrap();
        match extract(&blocked) {
            Err(error) => assert!(error.to_string().contains("file"), "{error}"),
            Ok(_) => assert!(python_files().is_empty()),
        }
    }
}
