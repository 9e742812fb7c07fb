//! Where gilmatrix keeps what it makes.

use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};

/// `$GILMATRIX_CACHE`, else `gilmatrix` in the user's cache folder (`$XDG_CACHE_HOME`, `~/.cache`).
/// `None` where there is neither that variable nor a home.
pub(crate) fn cache_dir() -> Option<PathBuf> {
    match std::env::var_os("GILMATRIX_CACHE").filter(|value| !value.is_empty()) {
        // A build's prefix must be absolute.
        Some(dir) => std::path::absolute(dir).ok(),
        None => choose_base_strategy().ok().map(|base| base.cache_dir().join("gilmatrix")),
    }
}

/// Interpreters that were built here, one folder each.
pub(crate) fn interpreters(cache: &Path) -> PathBuf {
    cache.join("interpreters")
}

/// The file that is written last into such a folder: without it, the folder is no interpreter.
pub(crate) const MARKER: &str = "gilmatrix.json";
