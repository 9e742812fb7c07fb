//! The types behind `run.json` and `records.jsonl`. Times are integer nanoseconds, memory is bytes.
//! Nothing is rounded or thrown away: every value, warm-up and resource sample stays.

mod against;
mod disturbance;
mod host;
mod invocation;
mod outcome;
mod process;
mod proof;
mod resources;
mod run;
mod runtime;
mod value;
mod version;
mod warmup;

pub(crate) use against::*;
pub(crate) use disturbance::*;
pub use host::*;
pub(crate) use invocation::*;
pub use outcome::*;
pub(crate) use process::*;
pub(crate) use proof::*;
pub(crate) use resources::*;
pub use run::*;
pub(crate) use runtime::*;
pub(crate) use value::*;
pub use version::*;
pub(crate) use warmup::*;
