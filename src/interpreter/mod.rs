//! From a request (`3.13t`, a path, ...) to an executable and the facts it reported about itself.

mod facts;

pub use facts::{Facts, Interpreter, Known, Missing};
