//! The published JSON Schema of `results.json`, `docs/results.schema.json`, is made from the types and
//! must not fall behind them.

use super::Results;

#[test]
fn the_published_schema_is_that_of_the_types() {
    let mut schema = schemars::schema_for!(Results);
    schema.insert("title".to_owned(), "gilmatrix results.json".into());
    let schema = format!("{}\n", serde_json::to_string_pretty(&schema).expect("JSON"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/results.schema.json");
    if std::env::var_os("GILMATRIX_UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &schema).expect("written");
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        published == schema,
        "docs/results.schema.json is behind the types: run this test with GILMATRIX_UPDATE_SCHEMA=1"
    );
}
