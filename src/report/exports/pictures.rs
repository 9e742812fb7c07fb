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

pub(super) const PNG: Exporter = Exporter {
    name: "png",
    default: true,
    draws: true,
    export: |_, drawings| drawings.iter().map(raster::artifact).collect(),
};
