//! One file per command; the only place that wires parts together.

pub mod install;
pub mod pythons;
