//! PATH, without the folders of shims: what those run depends on the current folder.

use std::path::{Path, PathBuf};

use indexmap::IndexSet;

use super::search_place::SearchPlace;
use super::surroundings::Surroundings;

pub(crate) fn places(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let own = surroundings.own_environment.as_ref();
    let own = |dir: &PathBuf| own.is_some_and(|bin| dir.canonicalize().is_ok_and(|dir| dir == *bin));
    let folders = folders(surroundings).into_iter().filter(|dir| !is_shims(dir) && !own(dir));
    folders.map(|dir| SearchPlace::of_bin("PATH", dir)).collect()
}

/// Searches the folders of `GILMATRIX_SEARCH_PATH`, and nothing else.
pub(crate) fn only(folders: &std::ffi::OsStr) -> Vec<SearchPlace> {
    let folders = std::env::split_paths(folders).filter(|folder| folder.is_absolute());
    folders.map(|folder| SearchPlace::of_bin("search path", folder)).collect()
}

/// Lists the absolute folders on PATH, each once.
pub(crate) fn folders(surroundings: &Surroundings) -> IndexSet<PathBuf> {
    let path = surroundings.variables.get("PATH").cloned().unwrap_or_default();
    std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect()
}

/// Returns whether a folder holds the shims of pyenv, mise or asdf.
fn is_shims(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "shims")
}
