//! A badge: a picture, and what shields.io's endpoint takes.

use super::super::changes::{self, Weight};
use super::super::export::{Artifact, Drawing, Exporter};
use super::super::format;
use super::super::view::View;
use crate::analysis::changes::of_gate;

pub struct Badge;

impl Exporter for Badge {
    fn name(&self) -> &'static str {
        "badge"
    }

    fn export(&self, view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
        let badge = of_gate(view).map_or_else(|| of_run(view), |found| changes::badge(&found));
        vec![
            Artifact::new("badge.svg", badge.svg().into_bytes()),
            Artifact::new("badge.json", crate::record::to_json(&badge)),
        ]
    }
}

/// A run that was held against nothing.
fn of_run(view: &View<'_>) -> changes::Badge {
    let counts = &view.counts;
    let cells = |n: u32| format::count(n as usize, "cell");
    match (counts.failed, counts.completed) {
        (0, 0) => changes::Badge::new("nothing measured".to_owned(), Weight::Fails),
        (0, completed) => changes::Badge::new(format!("{} measured", cells(completed)), Weight::Told),
        (failed, _) => changes::Badge::new(format!("{} failed", cells(failed)), Weight::Fails),
    }
}
