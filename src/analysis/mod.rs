//! From the record alone to `results.json`: summaries, ratios with intervals, advice. Pure.
//!
//! [`analyse`] reads the invocations once. While they stream by, [`crate::pairing`] turns every finished block
//! into pairs and `tally` keeps per cell only what the results need; afterwards `checksums`, `summary`, `warnings` and `advice` work on these few numbers.

mod advice;
mod against;
mod analyse;
mod budget_hint;
mod capacity;
mod cell_pairs;
mod cell_ratios;
mod cell_result;
mod checksums;
mod derive;
mod disturbed;
mod figures;
mod fit;
pub mod history;
pub mod metrics;
mod proof;
mod ratio;
mod reference;
mod results;
pub mod run_diff;
mod sampling;
mod steadiness;
mod steady;
mod summary;
mod tally;
mod warnings;

#[cfg(test)]
mod schema;
#[cfg(test)]
pub(crate) mod synthetic;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub use against::AgainstMemory;
pub use against::{AgainstCell, AgainstResult, GateVerdict};
pub use analyse::{analyse, analyse_over};
pub use cell_result::{CellResult, Estimate, SoloPeak, Speedup};
pub use figures::*;
pub use fit::{Best, Finding, Fit, fit};
pub use reference::ReferenceResult;
pub use results::*;
pub use warnings::PARALLEL_INSIDE;
