//! What a run leaves on disk: `run.json` and `records.jsonl`, the only source of truth.

mod journal;
mod judge;
mod merge;
mod reader;
mod rundir;
mod schema;

pub use journal::{Hold, Journal, hold, in_use};
pub use judge::{Asked, gil, objection, strayed, wants_gil};
pub use merge::{Renumber, merge};
pub use reader::read_records;
pub use rundir::{RunDir, from_json, to_json};
pub use schema::*;

use std::path::PathBuf;

/// Why a run's directory can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The machine refused: disk full, no permission, ...
    #[error("can't {action} `{}`: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("`{}` is being written by another gilmatrix: wait for it to end, or choose another `--out`", path.display())]
    Locked { path: PathBuf },
    #[error("`{}`, line {line}: {message}", path.display())]
    Malformed { path: PathBuf, line: usize, message: String },
    #[error(
        "`{}` has schema `{found}`, this gilmatrix reads `{expected}` and older: use the version that wrote it, or a newer one",
        path.display()
    )]
    Schema { path: PathBuf, found: String, expected: &'static str },
}

impl RecordError {
    fn io(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
