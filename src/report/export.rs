//! Every file of a run's directory that is derived from its results.

use std::path::PathBuf;

use crate::analysis::Results;

use super::charts::{self, NARROW, WIDE};
use super::exports;
use super::raster;
use super::theme::Theme;
use super::view::View;

/// A file to write, by its place in the run's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Relative, as `charts/time.svg`.
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

/// A chart that was drawn, in the light theme's colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    pub name: &'static str,
    pub svg: String,
    /// The same for a phone.
    pub narrow: String,
}

/// One format of the whole results.
pub trait Exporter {
    /// What `--format` calls it.
    fn name(&self) -> &'static str;
    /// Written without being asked for.
    fn default(&self) -> bool {
        false
    }
    /// Whether it shows the charts.
    fn draws(&self) -> bool {
        false
    }
    fn export(&self, view: &View<'_>, drawings: &[Drawing]) -> Vec<Artifact>;
}

/// Name of every format, in the order in which help shows them.
pub fn formats() -> Vec<&'static str> {
    exports::all().iter().map(|exporter| exporter.name()).collect()
}

/// All files but `results.json`: the same results give the same bytes.
pub fn render(results: &Results) -> Vec<Artifact> {
    let mut artifacts = documents(results);
    let pictures: Vec<Artifact> = artifacts.iter().filter_map(bitmap).collect();
    artifacts.extend(pictures);
    artifacts
}

/// The files of these formats alone; a name that is none of [`formats`] gives none.
pub fn render_formats(results: &Results, names: &[String]) -> Vec<Artifact> {
    let view = View::new(results);
    let wanted: Vec<_> =
        exports::all().into_iter().filter(|e| names.iter().any(|name| name == e.name())).collect();
    let drawings = if wanted.iter().any(|exporter| exporter.draws()) { drawings(&view) } else { Vec::new() };
    wanted.iter().flat_map(|exporter| exporter.export(&view, &drawings)).collect()
}

/// The same chart as PNG. Only one too large for any bitmap has none; its SVG stands all the same.
fn bitmap(artifact: &Artifact) -> Option<Artifact> {
    if artifact.path.extension()? != "svg" {
        return None;
    }
    let bytes = raster::png(std::str::from_utf8(&artifact.bytes).ok()?).ok()?;
    Some(Artifact { path: artifact.path.with_extension("png"), bytes })
}

fn drawings(view: &View<'_>) -> Vec<Drawing> {
    let theme = Theme::light();
    let draw = |chart: &dyn charts::Chart| {
        let svg = chart.draw(view, &theme, WIDE)?;
        Some(Drawing { name: chart.name(), svg, narrow: chart.draw(view, &theme, NARROW)? })
    };
    charts::all().iter().filter_map(|chart| draw(chart.as_ref())).collect()
}

/// Every file that is text.
pub(super) fn documents(results: &Results) -> Vec<Artifact> {
    let view = View::new(results);
    let drawings = drawings(&view);
    let mut artifacts: Vec<Artifact> = exports::all()
        .iter()
        .filter(|exporter| exporter.default())
        .flat_map(|exporter| exporter.export(&view, &drawings))
        .collect();
    for Drawing { name, svg, .. } in drawings {
        artifacts
            .push(Artifact { path: PathBuf::from(format!("charts/{name}.svg")), bytes: svg.into_bytes() });
    }
    artifacts
}

impl Artifact {
    pub(super) fn new(path: &str, bytes: Vec<u8>) -> Self {
        Self { path: PathBuf::from(path), bytes }
    }
}
