//! Launching, driving and sampling real interpreters. Emits events, prints nothing.

mod block;
mod ceiling;
mod context;
mod cost;
mod disturb;
mod event;
mod feasibility;
mod forecast;
mod gate;
mod guard;
pub mod host;
mod job;
mod leaders;
mod probe;
mod profile;
mod progress;
mod protocol;
mod randomness;
mod resume_state;
mod run;
mod runner;
pub mod sample;
mod schedule;
mod session;
mod solo;
mod warm;

pub use crate::platform::unix_ns;
pub use context::Context;
pub use event::Event;
pub use forecast::forecast;
pub use guard::serve_if_asked as guard_if_asked;
pub use probe::probe;
pub use profile::{Profiled, Profiler, ProfilerEnd, profile};
pub use run::{Ended, RunError, Settings, run};
pub use runner::solo_active;
