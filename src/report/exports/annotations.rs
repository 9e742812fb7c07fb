//! GitHub's workflow commands, to be printed in a step: what fails the gate, and cells that failed.

use super::super::artifact::{Artifact, Drawing};
use super::super::run_diff::{annotation, github};
use super::super::view::{CellGroup, View};
use super::Exporter;
use crate::analysis::run_diff::of_gate;

pub(super) const EXPORTER: Exporter = Exporter { name: "annotations", default: false, draws: false, export };

/// GitHub shows ten annotations of a level in a step.
const MOST: usize = 10;

fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let text = of_gate(view).map_or_else(|| failures(view), |found| github(&found));
    vec![Artifact::new("annotations.txt", text)]
}

/// One for each reason: a broken interpreter fails every cell alike.
fn failures(view: &View<'_>) -> String {
    let groups = view.failed_groups();
    let one = |group: &CellGroup| {
        annotation("error", "gilmatrix", &format!("{} ({})", group.text(), group.names.join(", ")))
    };
    let mut text: String = groups.iter().take(MOST).map(one).collect();
    text.push_str(&annotation("notice", "gilmatrix", &view.tally()));
    text
}
