//! The parts that the integration tests and `benchmarks` drive themselves. Nothing else is public.

pub use crate::analysis::analyse;
pub use crate::cell::ModeKind;
pub use crate::cli::command;
pub use crate::harness::{Catalogue, extract};
pub use crate::interpreter::{Discovery, ResolveOptions, resolve};
pub use crate::matrix::{Matrix, Until, parse};
pub use crate::measure::sample::Sampler;
pub use crate::measure::{Context, Settings, run};
pub use crate::plan::{Filters, Machine, Plan, expand};
pub use crate::platform::{LinuxReader, PortableReader, TreeReader};
pub use crate::record::{
    Hold, Host, Journal, Outcome, RUN_SCHEMA, RecordError, RunDir, RunInfo, RunStatus, hold,
};
pub use crate::report::{formats, render_formats};
pub use crate::stats::{Contest, Interval, Meeting, Pass};
pub use crate::stats::{differs, log_ratio_interval, median, pair_value, settled};
