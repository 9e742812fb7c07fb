//! CPU and memory of a process tree over time, read by a thread of the runner.

mod below_root;
mod budget;
mod fold;
mod sampler;

pub(crate) use below_root::BelowRoot;
pub(crate) use budget::Allowance;
pub(crate) use fold::TreeFold;
pub(crate) use sampler::Sampled;
pub use sampler::Sampler;
