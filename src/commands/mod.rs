//! One file per command; the only place that wires the parts together.

mod against;
pub mod cache;
pub mod compare;
pub mod completions;
pub mod doctor;
mod engine;
mod failure;
pub mod history;
pub mod init;
pub mod install;
pub mod merge;
mod output;
pub mod plan;
mod prepare;
pub mod profile;
pub mod pythons;
pub mod report;
pub mod run;
pub mod trial;

pub use failure::{Exit, Failure};
