//! What a report is made of: files, and pictures in them.

use std::path::PathBuf;

/// A file to write, by its place in the run's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Relative, as `charts/time.svg`.
    pub path: PathBuf,
    /// An error says why a picture can't be drawn.
    pub bytes: Result<Vec<u8>, String>,
}

/// A chart that was drawn, in the light theme's colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drawing {
    /// File name without extension.
    pub name: &'static str,
    /// What a newcomer would call it.
    pub label: &'static str,
    pub svg: String,
    /// What a phone shows.
    pub narrow: String,
}

impl Artifact {
    pub(super) fn new(path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: PathBuf::from(path), bytes: Ok(bytes.into()) }
    }

    /// `charts/<name>.<kind>`.
    pub(super) fn chart(name: &str, kind: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(&format!("charts/{name}.{kind}"), bytes)
    }
}
