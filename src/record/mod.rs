//! What a run leaves on disk: `run.json` and `records.jsonl`, the only source of truth.

mod journal;
mod judge;
mod merge;
mod reader;
mod rundir;
mod schema;

pub(crate) use journal::in_use;
pub use journal::{Hold, Journal, hold};
pub(crate) use judge::{Asked, STAYS_OFF, gil, objection, strayed, wants_gil};
pub(crate) use merge::{Renumber, merge};
pub use rundir::RunDir;
pub(crate) use rundir::{from_json, to_json};
pub use schema::*;

use std::path::PathBuf;

/// Why a run's directory can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The machine refused: disk full, no permission, ...
    #[error("can't {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried, as `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// What was named is no run's directory.
    #[error("`{}` is no run: it holds no `run.json`; name a run's directory, as in `reports/<run id>`", path.display())]
    NoRun {
        /// What was named.
        path: PathBuf,
    },
    /// Another gilmatrix writes the run.
    #[error("`{}` is being written by another gilmatrix: wait for it to end, or choose another `--out`", path.display())]
    Locked {
        /// The run's directory.
        path: PathBuf,
    },
    /// A file isn't what it should be.
    #[error("`{}`, line {line}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
    /// A newer gilmatrix wrote the file, or something else did.
    #[error(
        "`{}` has schema `{found}`, this gilmatrix reads `{expected}` and older: use the version that wrote it, or a newer one",
        path.display()
    )]
    Schema {
        /// The file.
        path: PathBuf,
        /// The schema that it names.
        found: String,
        /// The newest schema that can be read.
        expected: &'static str,
    },
}

impl RecordError {
    fn io(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
