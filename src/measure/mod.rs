//! Launching, driving and sampling real interpreters. Emits events, prints nothing.

mod block;
mod ceiling;
mod contest;
mod context;
mod cost;
mod disturb;
mod event;
mod feasibility;
mod forecast;
mod gate;
mod guard;
pub(crate) mod host;
mod job;
mod profile;
mod progress;
mod protocol;
mod randomness;
mod resume_state;
mod run;
mod runner;
pub(crate) mod sample;
mod schedule;
mod session;
mod solo;
mod warm;

pub(crate) use crate::platform::unix_ns;
pub use context::Context;
pub(crate) use context::ContextError;
pub(crate) use event::Event;
pub(crate) use forecast::forecast;
pub(crate) use guard::serve_if_asked as guard_if_asked;
pub(crate) use profile::{Profiled, Profiler, ProfilerEnd, profile};
pub(crate) use run::{Ended, RunError};
pub use run::{Settings, run};
pub(crate) use runner::solo_active;
pub(crate) use solo::solo;
