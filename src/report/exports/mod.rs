//! One file a format. To add one: write the file, name it in [`all`].

mod bencher;
mod csv;
mod github;
mod json;
mod junit;
mod png;
mod pyperf;
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
    ]
}
