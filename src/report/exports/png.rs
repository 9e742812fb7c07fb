//! `charts/<chart>.png`, from the same drawings as the SVG.

use super::super::export::{Artifact, Drawing, Exporter};
use super::super::raster;
use super::super::view::View;

pub struct Png;

impl Exporter for Png {
    fn name(&self) -> &'static str {
        "png"
    }

    fn default(&self) -> bool {
        true
    }

    fn draws(&self) -> bool {
        true
    }

    /// Only a chart too large for any bitmap has none; its SVG stands all the same.
    fn export(&self, _: &View<'_>, drawings: &[Drawing]) -> Vec<Artifact> {
        let file =
            |drawing: &Drawing| Some(Artifact::chart(drawing.name, "png", raster::png(&drawing.svg).ok()?));
        drawings.iter().filter_map(file).collect()
    }
}
