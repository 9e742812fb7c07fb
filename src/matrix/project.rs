//! A Python project's folder: what of it is installed, and the hash that stands for it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::sha256::FilesHash;

/// The most files of a project; a folder with more is no project's own.
const MOST_FILES: usize = 20_000;
/// Folders of these names are made, not written, wherever they stand; hidden ones too.
const MADE: [&str; 2] = ["__pycache__", "node_modules"];
/// Folders of these names are made, not written, at the project's top.
const MADE_AT_TOP: [&str; 3] = ["build", "dist", "reports"];
/// Files that mark a virtual environment, a cache (Cargo's `target` has one), a run's directory.
const MARKS: [&str; 3] = ["pyvenv.cfg", "CACHEDIR.TAG", "records.jsonl"];

/// A folder with a `pyproject.toml`, as it was when it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// The absolute path of its folder.
    pub path: PathBuf,
    /// What it calls itself, else the folder's name.
    pub name: String,
    /// SHA-256 of the names and contents of all files that are installed from, hexadecimal.
    pub sha256: String,
    /// Its `requires-python`; `None` where it says none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires_python: Option<String>,
}

#[derive(Deserialize)]
struct Pyproject {
    #[serde(default)]
    project: ProjectTable,
}

#[derive(Default, Deserialize)]
struct ProjectTable {
    name: Option<String>,
    #[serde(rename = "requires-python")]
    requires_python: Option<String>,
}

impl Project {
    /// Reads the project of a folder.
    ///
    /// # Errors
    /// There is no project in the folder, or it can't be read.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let path = fs::canonicalize(folder)?;
        let text = match fs::read_to_string(path.join("pyproject.toml")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(io::Error::other("it has no `pyproject.toml`"));
            }
            text => text?,
        };
        let no_toml =
            |error: toml::de::Error| format!("its `pyproject.toml` is no TOML: {}", error.message());
        let Pyproject { project } = toml::from_str(&text).map_err(no_toml).map_err(io::Error::other)?;
        let own = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self {
            sha256: hash(&path)?,
            path,
            name: project.name.unwrap_or(own),
            requires_python: project.requires_python,
        })
    }

    /// Copies what is installed from, so that a build leaves nothing in the project's own folder. Returns the copy's
    /// hash.
    ///
    /// # Errors
    /// A file can't be read or written.
    pub fn copy(&self, target: &Path) -> io::Result<String> {
        for file in files(&self.path)? {
            let place = target.join(&file);
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::copy(self.path.join(&file), place)?;
        }
        hash(target)
    }
}

fn hash(folder: &Path) -> io::Result<String> {
    let mut hash = FilesHash::default();
    for file in files(folder)? {
        let bytes = fs::read(folder.join(&file))?;
        let is_own = file == Path::new("pyproject.toml");
        let without = is_own.then(|| without_matrix(&String::from_utf8_lossy(&bytes))).flatten();
        hash.add(&file.to_string_lossy(), &without.unwrap_or(bytes));
    }
    Ok(hash.finish())
}

/// Returns what else a pyproject.toml says that holds a matrix, too; `None` where it holds none.
fn without_matrix(text: &str) -> Option<Vec<u8>> {
    let mut table: toml::Table = toml::from_str(text).ok()?;
    table.get_mut("tool")?.as_table_mut()?.remove("gilmatrix")?;
    serde_json::to_vec(&table).ok()
}

/// Returns the files that are installed from, relative and sorted, without what was made, hidden folders and
/// matrices: a budget that changes changes nothing of what is installed.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(folder.join(&inside))? {
            let entry = entry?;
            let file_name = entry.file_name();
            let name = file_name.to_string_lossy();
            let path = inside.join(&file_name);
            // A link to a folder may lead anywhere; one to a file is that file.
            if entry.file_type()?.is_dir() {
                let top = inside.as_os_str().is_empty();
                let made = MADE.contains(&name.as_ref())
                    || (top && MADE_AT_TOP.contains(&name.as_ref()))
                    || name.ends_with(".egg-info")
                    || MARKS.iter().any(|mark| entry.path().join(mark).exists());
                if !made && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if entry.path().is_file() && !name.ends_with(".pyc") && name != "matrix.toml" {
                found.push(path);
            }
            if found.len() > MOST_FILES {
                let text = format!("it holds more than {MOST_FILES} files: name the project's own folder");
                return Err(io::Error::other(text));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("pyproject.toml", "[project]\nname = \"mine\"\nrequires-python = \">=3.9\"\n"),
            ("src/mine/__init__.py", "VALUE = 1\n"),
            ("src/mine/build/__init__.py", ""),
            ("build/old.py", ""),
            ("venv/pyvenv.cfg", ""),
            (".git/HEAD", ""),
            ("src/mine/__pycache__/x.pyc", ""),
            ("matrix.toml", ""),
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn only_what_was_written_counts() {
        let folder = project();
        let read = || Project::read(folder.path()).unwrap();
        let before = read();
        assert_eq!((before.name.as_str(), before.requires_python.as_deref()), ("mine", Some(">=3.9")));
        let names: Vec<_> = files(folder.path()).unwrap();
        let expected = ["pyproject.toml", "src/mine/__init__.py", "src/mine/build/__init__.py"];
        assert_eq!(names, expected.map(PathBuf::from));
        fs::write(folder.path().join("matrix.toml"), "changed").unwrap();
        fs::write(folder.path().join("build/new.py"), "changed").unwrap();
        assert_eq!(before, read());
        fs::write(folder.path().join("src/mine/__init__.py"), "VALUE = 2\n").unwrap();
        assert_ne!(before.sha256, read().sha256);
        let own = fs::read_to_string(folder.path().join("pyproject.toml")).unwrap();
        let with = |budget: &str| {
            let text = format!("{own}[tool.gilmatrix.run]\nbudget = \"{budget}\"\n");
            fs::write(folder.path().join("pyproject.toml"), text).unwrap();
            read()
        };
        assert_eq!(with("1m"), with("2m"));
    }

    #[test]
    fn a_copy_has_the_same_hash() {
        let (folder, target) = (project(), tempfile::tempdir().unwrap());
        let project = Project::read(folder.path()).unwrap();
        assert_eq!(project.copy(&target.path().join("mine")).unwrap(), project.sha256);
        assert!(!target.path().join("mine/venv").exists());
    }

    #[test]
    fn what_is_no_project_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let reason = || Project::read(folder.path()).unwrap_err().to_string();
        assert_eq!(reason(), "it has no `pyproject.toml`");
        fs::write(folder.path().join("pyproject.toml"), "[project\n").unwrap();
        assert!(reason().starts_with("its `pyproject.toml` is no TOML: "), "{}", reason());
        assert!(Project::read(&folder.path().join("nowhere")).is_err());
    }
}
