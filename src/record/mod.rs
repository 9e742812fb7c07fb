//! What a run leaves on disk: `run.json` and `records.jsonl`, the only source of truth.

mod schema;

pub use schema::*;
