//! For a CI job's summary: the report without charts, within the size that GitHub takes.

use super::super::changes::{MOST_SUMMARY, cut};
use super::super::export::{Artifact, Drawing, Exporter};
use super::super::markdown;
use super::super::view::View;

pub struct Summary;

impl Exporter for Summary {
    fn name(&self) -> &'static str {
        "summary"
    }

    fn export(&self, view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
        let text = cut(markdown::document(view, &[]), MOST_SUMMARY);
        vec![Artifact::new("summary.md", text.into_bytes())]
    }
}
