//! Measuring, for every command that does it: `run`, `try`, `profile`, `doctor --self-test`.

mod changed;
mod execute;
mod listen;
mod runtime;

pub(super) use execute::{FinishedRun, RunOptions, execute, execute_in};
pub(super) use runtime::{probe, profile_cell, stop_signal};
