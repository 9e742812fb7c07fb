//! `matrix.toml`: the file as written, the file as resolved, and errors that point at the line.

mod resolved;

pub use resolved::{
    InterpreterEntry, InterpreterSource, Interpreters, Matrix, MissingPolicy, Modes, Rule, RunSettings,
    Variant, Workload,
};
