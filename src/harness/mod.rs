//! The embedded Python: the harness that runs a cell, and the catalogue of its modes and workloads.

mod catalogue;
mod embedded;
mod header;
mod info;
mod script;
#[cfg(test)]
pub(crate) mod sample;

pub use catalogue::{Catalogue, CatalogueError};
pub use embedded::{extract, sha256};
pub use info::{ModeInfo, Workers, WorkloadInfo};
pub use script::Source;
