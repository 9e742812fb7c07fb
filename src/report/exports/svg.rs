//! `charts/<chart>.svg`.

use super::super::export::{Artifact, Drawing, Exporter};
use super::super::view::View;

pub struct Svg;

impl Exporter for Svg {
    fn name(&self) -> &'static str {
        "svg"
    }

    fn default(&self) -> bool {
        true
    }

    fn draws(&self) -> bool {
        true
    }

    fn export(&self, _: &View<'_>, drawings: &[Drawing]) -> Vec<Artifact> {
        let file = |drawing: &Drawing| Artifact::chart(drawing.name, "svg", drawing.svg.clone().into_bytes());
        drawings.iter().map(file).collect()
    }
}
