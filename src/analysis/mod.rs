//! From the record alone to `results.json`: summaries, ratios with intervals, advice. Pure.

mod results;

pub use results::*;
