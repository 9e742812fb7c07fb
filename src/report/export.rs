//! Every file of a run's directory that is derived from its results.

use std::path::PathBuf;

use crate::analysis::Results;

use super::charts;
use super::csv::Csv;
use super::html::Html;
use super::markdown::Markdown;
use super::raster;
use super::theme::Theme;

/// A file to write, by its place in the run's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Relative, as `charts/time.svg`.
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

/// A chart that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    pub name: &'static str,
    /// In the light theme's colours.
    pub svg: String,
}

/// One format of the whole results.
pub trait Exporter {
    /// File name, as `report.md`.
    fn file(&self) -> &'static str;
    fn export(&self, results: &Results, drawings: &[Drawing]) -> Vec<u8>;
}

/// Every exporter.
fn exporters() -> Vec<Box<dyn Exporter>> {
    vec![Box::new(Csv), Box::new(Markdown), Box::new(Html)]
}

/// All files but `results.json`: the same results give the same bytes.
pub fn render(results: &Results) -> Vec<Artifact> {
    let mut artifacts = documents(results);
    let pictures: Vec<Artifact> = artifacts.iter().filter_map(bitmap).collect();
    artifacts.extend(pictures);
    artifacts
}

/// The same chart as PNG. Only one too large for any bitmap has none; its SVG stands all the same.
fn bitmap(artifact: &Artifact) -> Option<Artifact> {
    if artifact.path.extension()? != "svg" {
        return None;
    }
    let bytes = raster::png(std::str::from_utf8(&artifact.bytes).ok()?).ok()?;
    Some(Artifact { path: artifact.path.with_extension("png"), bytes })
}

/// Every file that is text.
pub(super) fn documents(results: &Results) -> Vec<Artifact> {
    let theme = Theme::light();
    let drawings: Vec<Drawing> = charts::all()
        .iter()
        .filter_map(|chart| Some(Drawing { name: chart.name(), svg: chart.draw(results, &theme)? }))
        .collect();
    let mut artifacts: Vec<Artifact> = exporters()
        .iter()
        .map(|exporter| Artifact {
            path: PathBuf::from(exporter.file()),
            bytes: exporter.export(results, &drawings),
        })
        .collect();
    for Drawing { name, svg } in drawings {
        artifacts
            .push(Artifact { path: PathBuf::from(format!("charts/{name}.svg")), bytes: svg.into_bytes() });
    }
    artifacts
}
