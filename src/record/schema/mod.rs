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

pub use against::*;
pub use disturbance::*;
pub use host::*;
pub use invocation::*;
pub use outcome::*;
pub use process::*;
pub use proof::*;
pub use resources::*;
pub use run::*;
pub use runtime::*;
pub use value::*;
pub use version::*;
pub use warmup::*;
