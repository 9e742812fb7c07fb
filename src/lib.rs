//! gilmatrix drives real Python interpreters and refuses to print a number it cannot stand behind.
//!
//! Data flows one way; each part reads what stands left of it and nothing to its right:
//!
//! ```text
//! matrix -> interpreter -> plan -> measure -> record -> pairing -> analysis -> report
//! ```
//!
//! Everything right of `record` works from files alone and never starts Python. `stats` is a leaf
//! that both `measure` (to know when to stop) and `analysis` call; `harness` is the embedded Python, `parallel`
//! does independent work on all CPUs.

pub mod analysis;
pub mod atomic;
pub mod cell;
pub mod cli;
pub mod commands;
pub mod harness;
pub mod interpreter;
pub mod matrix;
pub mod measure;
pub mod pairing;
mod parallel;
pub mod plan;
pub mod platform;
mod process;
pub mod record;
pub mod report;
pub mod stats;
