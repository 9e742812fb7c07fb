//! CPU and memory of a process tree, read from outside by a thread of the runner.

mod budget;
mod fold;
mod linux_reader;
mod reader;
mod sampler;
mod sysinfo_reader;
mod watched;

pub use budget::Allowance;
pub use fold::{Fold, Reading};
pub use linux_reader::LinuxReader;
pub use reader::TreeReader;
pub use sampler::{Sampled, Sampler};
pub use sysinfo_reader::SysinfoReader;
