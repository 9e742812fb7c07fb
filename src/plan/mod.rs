//! From a matrix and the interpreters that are here to the cells that will be measured.

mod error;
mod expand;
mod filters;
mod machine;
mod options;
mod planned;
mod product;
mod questions;
mod selection;
mod shard;
mod unsupported;

#[cfg(test)]
mod tests;

pub(crate) use error::PlanError;
pub use expand::expand;
pub use filters::Filters;
pub use machine::Machine;
pub(crate) use options::MatrixOptions;
pub use planned::Plan;
pub(crate) use planned::{PlannedCell, SkipKind, Skipped};
pub(crate) use questions::Situation;
pub(crate) use shard::{Shard, divide, keep};
