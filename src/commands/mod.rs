//! One file per command; the only place that wires the parts together.

mod against;
pub(crate) mod cache;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod doctor;
mod engine;
mod failure;
#[cfg(test)]
mod fuzz_tests;
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod install;
pub(crate) mod merge;
mod output;
pub(crate) mod plan;
mod prepare;
pub(crate) mod profile;
pub(crate) mod pythons;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod trial;

pub(crate) use failure::{Exit, Failure};
