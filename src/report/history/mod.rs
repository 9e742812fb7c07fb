//! Trends over many runs, for people: one offline page, a picture of each trend, a few lines for a terminal.

mod chart;
mod page;
mod text;
mod words;

pub(crate) use text::{gone, line, text};

use super::artifact::Artifact;
use super::file_names;
use super::theme::Theme;
use crate::analysis::history::History;

/// `history.html`, `history.json` and `history/<cell>.svg`, paths relative to the target.
pub(crate) fn render(history: &History) -> Vec<Artifact> {
    let theme = Theme::light();
    let charts: Vec<String> =
        history.trends.iter().map(|trend| chart::draw(history, trend, &theme)).collect();
    let mut artifacts = vec![
        Artifact::new("history.html", page::page(history, &charts)),
        Artifact::new("history.json", crate::record::to_json(history)),
    ];
    let named = history.trends.iter().map(|trend| format!("{} {}", trend.cell, words::metric(trend.metric)));
    for (name, svg) in file_names::unique(&named.collect::<Vec<_>>()).into_iter().zip(charts) {
        artifacts.push(Artifact::new(&format!("history/{name}.svg"), svg));
    }
    artifacts
}
