//! For a comment on a pull request: what it came to, without the tables, behind a line by which the last one is found.

use super::super::changes::{MARKER, MOST_COMMENT, cut};
use super::super::export::{Artifact, Drawing, Exporter};
use super::super::markdown;
use super::super::view::View;

pub struct Comment;

impl Exporter for Comment {
    fn name(&self) -> &'static str {
        "pr-comment"
    }

    fn export(&self, view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
        let text = format!("{MARKER}{}", markdown::summary(view));
        vec![Artifact::new("pr-comment.md", cut(text, MOST_COMMENT).into_bytes())]
    }
}
