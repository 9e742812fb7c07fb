//! A badge: a picture, and what shields.io's endpoint takes.

use super::super::artifact::{Artifact, Drawing};
use super::super::format;
use super::super::run_diff::{self, Weight};
use super::super::view::View;
use super::Exporter;
use crate::analysis::run_diff::of_gate;

pub(super) const EXPORTER: Exporter = Exporter { name: "badge", default: false, draws: false, export };

fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let badge = of_gate(view).map_or_else(|| of_run(view), |found| run_diff::badge(&found));
    vec![Artifact::new("badge.svg", badge.svg()), Artifact::new("badge.json", crate::record::to_json(&badge))]
}

/// A run that was held against nothing.
fn of_run(view: &View<'_>) -> run_diff::Badge {
    let counts = &view.counts;
    let cells = |n: u32| format::count(n as usize, "cell");
    match (counts.failed, counts.completed) {
        (0, 0) => run_diff::Badge::new("nothing measured".to_owned(), Weight::Fails),
        (0, completed) => run_diff::Badge::new(format!("{} measured", cells(completed)), Weight::Told),
        (failed, _) => run_diff::Badge::new(format!("{} failed", cells(failed)), Weight::Fails),
    }
}
