//! From a matrix and the interpreters that are here to the cells that will be measured.

mod error;
mod expand;
mod filters;
mod interpreter_support;
mod options;
mod planned;
mod product;
mod rivals;
mod selection;
mod shard;
mod unsupported;

#[cfg(test)]
mod tests;

pub use error::PlanError;
pub use expand::expand;
pub use filters::Filters;
pub use interpreter_support::Machine;
pub use options::MatrixOptions;
pub use planned::{Plan, PlannedCell, SkipKind, Skipped};
pub use rivals::{Contender, rivals};
pub use shard::{Shard, divide, keep};
