//! The commands: the only place that wires the parts together.

pub mod completions;
mod failure;
mod output;
pub mod plan;
mod prepare;
pub mod report;
pub mod run;

pub use failure::{Exit, Failure};
