//! One file a format. To add one: write the file, name it in [`all`].

mod annotations;
mod badge;
mod bencher;
mod card;
pub(super) mod csv;
mod documents;
mod figures;
mod github;
mod junit;
mod pictures;
mod pyperf;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

#[cfg(test)]
pub(crate) use tests::gated;

use crate::analysis::Results;

use super::artifact::{Artifact, Drawing};
use super::charts::{self, Chart, NARROW, Sheet, WIDE};
use super::theme::Theme;
use super::view::View;

/// One format of the whole results.
pub(super) struct Exporter {
    /// What `--format` calls it.
    pub name: &'static str,
    /// Written without being asked for.
    pub default: bool,
    /// Whether it shows the charts.
    pub draws: bool,
    pub export: fn(&View<'_>, &[Drawing]) -> Vec<Artifact>,
}

/// Every format, in the order in which help shows them.
fn all() -> &'static [Exporter] {
    &[
        csv::EXPORTER,
        documents::MARKDOWN,
        documents::HTML,
        pictures::SVG,
        pictures::PNG,
        documents::JSON,
        pyperf::EXPORTER,
        github::EXPORTER,
        bencher::EXPORTER,
        junit::EXPORTER,
        documents::SUMMARY,
        documents::COMMENT,
        annotations::EXPORTER,
        badge::EXPORTER,
        card::EXPORTER,
    ]
}

/// Names of the formats, in the order in which help shows them.
pub fn formats() -> Vec<&'static str> {
    all().iter().map(|exporter| exporter.name).collect()
}

/// All files: the same results give the same bytes.
pub(crate) fn render(results: &Results) -> Vec<Artifact> {
    write(results, |exporter| exporter.default)
}

/// The files of these formats alone; a name that is none of [`formats`] gives none.
pub fn render_formats(results: &Results, names: &[String]) -> Vec<Artifact> {
    let named = |name: &str| names.iter().any(|wanted| wanted == name);
    // Markdown shows its charts by their names.
    write(results, |exporter| named(exporter.name) || (exporter.name == "svg" && named("md")))
}

/// Every file that is text.
#[cfg(test)]
pub(super) fn documents(results: &Results) -> Vec<Artifact> {
    write(results, |exporter| exporter.default && exporter.name != "png")
}

fn write(results: &Results, wanted: impl Fn(&Exporter) -> bool) -> Vec<Artifact> {
    let view = View::new(results);
    let wanted: Vec<&Exporter> = all().iter().filter(|exporter| wanted(exporter)).collect();
    let drawings = if wanted.iter().any(|exporter| exporter.draws) { drawings(&view) } else { Vec::new() };
    wanted.par_iter().flat_map_iter(|exporter| (exporter.export)(&view, &drawings)).collect()
}

fn drawings(view: &View<'_>) -> Vec<Drawing> {
    let theme = Theme::light();
    let draw = |chart: &Chart| {
        let title = (chart.title)(view)?;
        let drawn = |width| (chart.draw)(view, Sheet { title: &title, theme: &theme, width });
        Some(Drawing { name: chart.name, label: chart.label, svg: drawn(WIDE)?, narrow: drawn(NARROW)? })
    };
    charts::all().par_iter().filter_map(draw).collect()
}
