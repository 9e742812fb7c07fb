//! CPU and memory of a process tree, read from outside by a thread of the runner.

mod fold;
mod reader;
mod sampler;

pub use fold::{Fold, Reading};
pub use reader::{SysinfoReader, TreeReader};
pub use sampler::{Sampled, Sampler};
