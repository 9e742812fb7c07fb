//! `matrix.toml`: the file as written, the file as resolved, and errors that point at the line.

mod budgets;
mod command;
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
pub(crate) mod request;
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

pub(crate) use crate::platform::CpuSet;
pub(crate) use command::{PYTHON, WholeCommand};
pub(crate) use error::MatrixError;
pub(crate) use interpreters::default_baseline;
pub use load::parse;
pub(crate) use load::{holds_matrix, load, matrix_file};
pub(crate) use nearest::meant;
pub(crate) use overrides::Overrides;
pub(crate) use project::Project;
pub(crate) use resolved::{
    Budget, CellRule, Comparability, InterpreterEntry, InterpreterSource, Interpreters, MissingPolicy, Modes,
    RunSettings,
};
pub use resolved::{Matrix, Until};
pub(crate) use sizes::{ScalingKind, SweepPoint};
pub(crate) use units::{duration_ns, fraction, size_bytes};
pub(crate) use variant::{BLAS_THREADS, Variant, is_of_loader};
pub(crate) use variants::{assignment, variant_assignment};
pub(crate) use workers::doubling;
pub(crate) use workload::{Inputs, Script, Workload};
