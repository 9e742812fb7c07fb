//! From a request (`3.13t`, a path, ...) to an executable and the facts it reported about itself.

pub mod cache_dir;
mod facts;
mod flags;
pub mod install;
pub mod probe;
pub mod process;
pub mod request;
mod sha256;
#[cfg(test)]
pub mod testing;

pub use facts::{Facts, Interpreter, Known, Missing};
pub use request::{Match, Request};
