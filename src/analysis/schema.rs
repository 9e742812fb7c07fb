//! The published JSON Schema of `results.json`, `docs/results.schema.json`, is made from the types and
//! must not fall behind them.

use serde_json::Value;

use super::Results;

#[test]
fn the_published_schema_is_that_of_the_types() {
    let mut schema = schemars::schema_for!(Results);
    schema.insert("title".to_owned(), "gilmatrix results.json".into());
    let schema = format!("{}\n", dense(schema.as_value(), 0));
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

/// JSON in which what is short stands on one line: half as long as with a line for each brace.
fn dense(value: &Value, depth: usize) -> String {
    let parts: Vec<String> = match value {
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| format!("\"{key}\": {}", dense(value, depth + 1));
            fields.iter().map(field).collect()
        }
        Value::Array(items) => items.iter().map(|item| dense(item, depth + 1)).collect(),
        other => return other.to_string(),
    };
    let [open, close] = if value.is_object() { ["{", "}"] } else { ["[", "]"] };
    let (line, indent) = (parts.join(", "), " ".repeat(depth + 1));
    if line.contains('\n') || line.len() + depth > 110 {
        let lines = parts.join(&format!(",\n{indent}"));
        return format!("{open}\n{indent}{lines}\n{}{close}", " ".repeat(depth));
    }
    format!("{open}{line}{close}")
}
