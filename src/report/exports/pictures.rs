//! Every chart as a file of its own: `charts/<chart>.svg`, and `charts/<chart>.png` from the same drawing.

use super::super::artifact::Artifact;
use super::super::raster;
use super::Exporter;

pub(super) const SVG: Exporter = Exporter {
    name: "svg",
    default: true,
    draws: true,
    export: |_, drawings| {
        drawings.iter().map(|drawing| Artifact::chart(drawing.name, "svg", drawing.svg.as_str())).collect()
    },
};

/// Only a chart too large for any bitmap has none; its SVG stands all the same.
pub(super) const PNG: Exporter = Exporter {
    name: "png",
    default: true,
    draws: true,
    export: |_, drawings| {
        let png = |svg: &str| raster::png(svg).ok();
        let files = drawings.iter().map(|drawing| Some((drawing.name, png(&drawing.svg)?)));
        files.flatten().map(|(name, bytes)| Artifact::chart(name, "png", bytes)).collect()
    },
};
