//! The files' versions. The number rises when a field is added or changes its meaning; what was written
//! by an older version stays readable, so a field that is added has a default.

/// Schema of `run.json`.
pub const RUN_SCHEMA: &str = "gilmatrix.run/7";
/// Schema of each line of `records.jsonl`.
pub(crate) const RECORDS_SCHEMA: &str = "gilmatrix.records/4";

/// Whether a file whose schema is `found` can be read by a reader of `current`: the same file, and not
/// a newer version of it.
pub(crate) fn readable(found: &str, current: &str) -> bool {
    let parts = |schema: &str| {
        let (name, number) = schema.rsplit_once('/')?;
        Some((name.to_owned(), number.parse::<u32>().ok()?))
    };
    match (parts(found), parts(current)) {
        (Some((name, number)), Some((wanted, newest))) => name == wanted && (1..=newest).contains(&number),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_versions_of_the_same_file_are_readable() {
        assert!(readable("gilmatrix.run/1", RUN_SCHEMA));
        assert!(readable(RUN_SCHEMA, RUN_SCHEMA));
        for found in
            ["gilmatrix.run/99", "gilmatrix.run/0", "gilmatrix.records/1", "gilmatrix.run/+1x", "none", ""]
        {
            assert!(!readable(found, RUN_SCHEMA), "{found}");
        }
    }
}
