//! Folders that hold interpreters.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::matrix::request::is_python_name;

/// Where one provider keeps its interpreters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SearchPlace {
    /// Its name: `pyenv`, `uv`, `mise`, `conda`, `gilmatrix`, `system`, `PATH`.
    pub provider: &'static str,
    /// The folder that was searched, whether it exists or not.
    pub root: PathBuf,
    /// The executables in it whose name is a Python's.
    pub candidates: Vec<PathBuf>,
}

impl SearchPlace {
    /// Searches each `<root>/<version>/bin`; hidden folders are work in progress (uv's `.temp`).
    pub(crate) fn of_versions(provider: &'static str, root: PathBuf) -> Self {
        let candidates = subfolders(&root).iter().flat_map(|dir| pythons_in(&dir.join("bin"))).collect();
        Self { provider, root, candidates }
    }

    /// Searches one folder of executables.
    pub(crate) fn of_bin(provider: &'static str, root: PathBuf) -> Self {
        let candidates = pythons_in(&root);
        Self { provider, root, candidates }
    }
}

/// Lists subfolders in a stable order, hidden ones left out.
pub(crate) fn subfolders(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let visible = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    let mut folders: Vec<PathBuf> = visible.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Lists executables whose name is a Python's (`python3.13t`, `pypy3`; not `python3-config`), the most
/// specific names first. Broken symlinks are among them: they are worth a word.
pub(crate) fn pythons_in(bin: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(bin).into_iter().flatten().flatten();
    let mut found: Vec<(usize, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let path = entry.path();
            (names_a_python(&name) && may_run(&path)).then_some((name.len(), path))
        })
        .collect();
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.into_iter().map(|(_, path)| path).collect()
}

/// Returns whether a file's name is a Python's.
pub(super) fn names_a_python(name: &str) -> bool {
    name.strip_prefix("python").or_else(|| name.strip_prefix("pypy")).is_some_and(is_python_name)
}

fn may_run(path: &Path) -> bool {
    match fs::metadata(path) {
        Ok(metadata) => metadata.is_file() && metadata.permissions().mode() & 0o111 != 0,
        Err(_) => path.is_symlink(),
    }
}
