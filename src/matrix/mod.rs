//! `matrix.toml`: the file as written, the file as resolved, and errors that point at the line.

mod budgets;
mod cpus;
mod error;
mod interpreters;
mod load;
mod modes;
mod nearest;
mod overrides;
mod problems;
mod project;
mod reader;
mod request;
mod resolved;
mod rules;
mod run;
mod script;
mod sizes;
mod sweep;
mod units;
mod values;
mod variant;
mod variants;
mod workers;
mod workload;
mod workloads;

#[cfg(test)]
mod tests;

pub use crate::platform::CpuSet;
pub use error::MatrixError;
pub use interpreters::default_baseline;
pub use load::{load, parse};
pub use nearest::nearest;
pub use overrides::Overrides;
pub use project::{Project, ProjectError};
pub use resolved::{
    Budget, CellRule, Comparability, InterpreterEntry, InterpreterSource, Interpreters, Matrix,
    MissingPolicy, Modes, RunSettings,
};
pub use sizes::{ScalingKind, SweepPoint};
pub use units::{duration_ns, fraction, size_bytes};
pub use variant::{BLAS_THREADS, Variant};
pub use workers::doubling;
pub use workload::{Inputs, Script, Workload};
