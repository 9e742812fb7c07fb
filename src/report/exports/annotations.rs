//! GitHub's workflow commands, to be printed in a step: what fails the gate, and cells that failed.

use super::super::changes::{error, github, notice};
use super::super::export::{Artifact, Drawing, Exporter};
use super::super::view::{self, View};
use crate::analysis::changes::of_gate;

pub struct Annotations;

/// GitHub shows ten annotations of a level in a step.
const MOST: usize = 10;

impl Exporter for Annotations {
    fn name(&self) -> &'static str {
        "annotations"
    }

    fn export(&self, view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
        let text = of_gate(view).map_or_else(|| failures(view), |found| github(&found));
        vec![Artifact::new("annotations.txt", text.into_bytes())]
    }
}

/// One for each reason: a broken interpreter fails every cell alike.
fn failures(view: &View<'_>) -> String {
    let groups = view::failed_groups(view);
    let one =
        |group: &view::Group| error("gilmatrix", &format!("{} ({})", group.text(), group.names.join(", ")));
    let mut text: String = groups.iter().take(MOST).map(one).collect();
    text.push_str(&notice(&view::tally(view)));
    text
}
