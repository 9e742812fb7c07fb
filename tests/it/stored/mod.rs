//! Stored runs: no Python is started here.

mod compare;
mod history;
mod report;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::support::{code, gilmatrix, repository, stderr};

/// Records that were written under schema 1, with every field of their time: 22 cells of a run on two CPUs.
const STORED: &str = "tests/fixtures/stored";

/// Returns a file of the stored run's folder, in a copy that has its results, too.
fn stored(file: &str) -> PathBuf {
    static RUN: OnceLock<PathBuf> = OnceLock::new();
    let make = || {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stored");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        for name in ["run.json", "records.jsonl"] {
            std::fs::copy(repository(STORED).join(name), folder.join(name)).expect(name);
        }
        let output =
            gilmatrix(&folder, &["report", ".", "--format", "json"]).output().expect("the binary starts");
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        folder
    };
    RUN.get_or_init(make).join(file)
}
