//! From a matrix and the interpreters that are here to the cells that will be measured.

mod cell;
mod planned;
mod rivals;

pub use cell::{Cell, PLAIN, SINGLE, StartMethod};
pub use planned::{Plan, PlannedCell, SkipKind, Skipped};
pub use rivals::{Contender, rivals};
