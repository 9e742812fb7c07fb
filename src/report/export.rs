//! Every file of a run's directory that is derived from its results.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::analysis::Results;

use super::charts::{self, NARROW, WIDE};
use super::exports;
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
pub trait Exporter: Sync {
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

/// All files: the same results give the same bytes.
pub fn render(results: &Results) -> Vec<Artifact> {
    write(results, |exporter| exporter.default())
}

/// The files of these formats alone; a name that is none of [`formats`] gives none.
pub fn render_formats(results: &Results, names: &[String]) -> Vec<Artifact> {
    let named = |name: &str| names.iter().any(|wanted| wanted == name);
    // Markdown shows its charts by their names.
    write(results, |exporter| named(exporter.name()) || (exporter.name() == "svg" && named("md")))
}

fn write(results: &Results, wanted: impl Fn(&dyn Exporter) -> bool) -> Vec<Artifact> {
    let view = View::new(results);
    let wanted: Vec<_> = exports::all().into_iter().filter(|exporter| wanted(exporter.as_ref())).collect();
    let drawings = if wanted.iter().any(|exporter| exporter.draws()) { drawings(&view) } else { Vec::new() };
    wanted.par_iter().flat_map_iter(|exporter| exporter.export(&view, &drawings)).collect()
}

fn drawings(view: &View<'_>) -> Vec<Drawing> {
    let theme = Theme::light();
    let draw = |chart: &dyn charts::Chart| {
        let svg = chart.draw(view, &theme, WIDE)?;
        Some(Drawing { name: chart.name(), svg, narrow: chart.draw(view, &theme, NARROW)? })
    };
    charts::all().par_iter().filter_map(|chart| draw(chart.as_ref())).collect()
}

/// Every file that is text.
#[cfg(test)]
pub(super) fn documents(results: &Results) -> Vec<Artifact> {
    write(results, |exporter| exporter.default() && exporter.name() != "png")
}

impl Artifact {
    pub(super) fn new(path: &str, bytes: Vec<u8>) -> Self {
        Self { path: PathBuf::from(path), bytes }
    }

    /// `charts/<name>.<kind>`.
    pub(super) fn chart(name: &str, kind: &str, bytes: Vec<u8>) -> Self {
        Self::new(&format!("charts/{name}.{kind}"), bytes)
    }
}
