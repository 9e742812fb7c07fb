//! One file a format. To add one: write the file, name it in [`all`].

mod annotations;
mod badge;
mod bencher;
mod comment;
pub mod csv;
mod figures;
mod github;
mod json;
mod junit;
mod png;
mod pyperf;
mod summary;
mod svg;
#[cfg(test)]
mod tests;

use super::export::Exporter;
use super::html::Html;
use super::markdown::Markdown;

/// Every format.
pub fn all() -> Vec<Box<dyn Exporter>> {
    vec![
        Box::new(csv::Csv),
        Box::new(Markdown),
        Box::new(Html),
        Box::new(svg::Svg),
        Box::new(png::Png),
        Box::new(json::Json),
        Box::new(pyperf::Pyperf),
        Box::new(github::GithubActionBenchmark),
        Box::new(bencher::Bencher),
        Box::new(junit::Junit),
        Box::new(summary::Summary),
        Box::new(comment::Comment),
        Box::new(annotations::Annotations),
        Box::new(badge::Badge),
    ]
}
