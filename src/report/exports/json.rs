//! `results.json`: the analysis as it is; its schema is docs/results.schema.json.

use crate::record::to_json;

use super::super::export::{Artifact, Drawing, Exporter};
use super::super::view::View;

pub struct Json;

impl Exporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn default(&self) -> bool {
        true
    }

    fn export(&self, view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
        let results: &crate::analysis::Results = view;
        vec![Artifact::new("results.json", to_json(results))]
    }
}
