//! The embedded Python: the harness that runs a cell, and the catalogue of its modes and workloads.

mod catalogue;
mod embedded;
mod header;
mod info;
#[cfg(test)]
pub(crate) mod sample;
mod script;

pub use catalogue::Catalogue;
pub(crate) use catalogue::DEFAULT_MODES;
pub use embedded::extract;
pub(crate) use embedded::sha256;
pub(crate) use info::{ModeInfo, WorkloadInfo};
pub(crate) use script::Source;
