//! From the record alone to `results.json`: summaries, ratios with intervals, answers. Pure.
//!
//! [`analyse`] reads the invocations once. While they stream by, [`crate::pairing`] turns every finished block
//! into pairs and `tally` keeps per cell only what the results need; afterwards `checksums`, `summary`, `warnings` and `answers` work on these few numbers.

mod against;
mod analyse;
mod answers;
mod budget_hint;
mod cell_pairs;
mod cell_ratios;
mod cell_result;
mod checksums;
mod derive;
mod disturbed;
mod figures;
mod fit;
pub(crate) mod history;
pub(crate) mod metrics;
mod proof;
mod ratio;
mod results;
pub(crate) mod run_diff;
mod sampling;
mod steadiness;
mod steady;
mod summary;
mod tally;
mod warnings;

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod doubt_tests;
#[cfg(test)]
mod schema;
#[cfg(test)]
pub(crate) mod synthetic;
#[cfg(test)]
mod tests;

pub(crate) use crate::doubts::{Doubt, DoubtKind};
pub(crate) use crate::plan::Situation;
#[cfg(test)]
pub(crate) use against::AgainstMemory;
pub(crate) use against::{AgainstCell, AgainstResult, GateVerdict, UnmatchedCell};
pub use analyse::analyse;
pub(crate) use analyse::analyse_over;
#[cfg(test)]
pub(crate) use answers::Gain;
pub(crate) use answers::{Answer, NamedCell, advice, full_name};
pub(crate) use cell_result::{CellResult, Estimate, SoloPeak, Speedup};
pub(crate) use figures::*;
pub(crate) use fit::{Best, Finding, Fit, fit};
pub(crate) use results::*;
