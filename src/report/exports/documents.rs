//! The whole report as one file: for people, and `results.json` for programs.

use crate::record::to_json;

use super::super::artifact::Artifact;
use super::super::run_diff::{MARKER, MOST_COMMENT, MOST_SUMMARY, cut};
use super::super::{html, markdown};
use super::Exporter;

/// `report.md`: the verdict first, then a table per workload, then what to distrust.
pub(super) const MARKDOWN: Exporter = Exporter {
    name: "md",
    default: true,
    draws: true,
    export: |view, drawings| vec![Artifact::new("report.md", markdown::document(view, drawings))],
};

/// `report.html`: one file that asks nothing from outside.
pub(super) const HTML: Exporter = Exporter {
    name: "html",
    default: true,
    draws: true,
    export: |view, drawings| vec![Artifact::new("report.html", html::page(view, drawings))],
};

/// `results.json`: the analysis as it is; its schema is docs/results.schema.json.
pub(super) const JSON: Exporter = Exporter {
    name: "json",
    default: true,
    draws: false,
    export: |view, _| vec![Artifact::new("results.json", to_json(view.results))],
};

/// For a CI job's summary: the report without charts, within the size that GitHub takes.
pub(super) const SUMMARY: Exporter = Exporter {
    name: "summary",
    default: false,
    draws: false,
    export: |view, _| vec![Artifact::new("summary.md", cut(markdown::document(view, &[]), MOST_SUMMARY))],
};

/// For a comment on a pull request: what it came to, without the tables, behind a line by which the last
/// comment is found.
pub(super) const COMMENT: Exporter = Exporter {
    name: "pr-comment",
    default: false,
    draws: false,
    export: |view, _| {
        let text = format!("{MARKER}{}", markdown::summary(view));
        vec![Artifact::new("pr-comment.md", cut(text, MOST_COMMENT))]
    },
};
