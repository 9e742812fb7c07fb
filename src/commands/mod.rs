//! One file per command; the only place that wires the parts together.

mod against;
mod available;
pub mod cache;
pub mod compare;
pub mod completions;
pub mod doctor;
mod failure;
pub mod history;
pub mod init;
pub mod install;
pub mod merge;
mod output;
mod packages;
pub mod plan;
mod prepare;
pub mod profile;
pub mod pythons;
pub mod report;
pub mod run;
pub mod trial;
mod unlike;

pub use failure::{Exit, Failure};
pub use prepare::MatrixArgs;
