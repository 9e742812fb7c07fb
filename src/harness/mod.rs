//! The embedded Python: the harness that runs a cell, and the catalogue of its modes and workloads.

mod catalogue;
mod embedded;
mod header;
mod info;
#[cfg(test)]
pub(crate) mod sample;
mod script;

pub use catalogue::{Catalogue, DEFAULT_MODES};
pub use embedded::{extract, sha256};
pub use info::{ModeInfo, WorkloadInfo};
pub use script::Source;
