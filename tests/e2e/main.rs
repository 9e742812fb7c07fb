//! The binary from end to end: a fake interpreter for what a real one won't do on demand, and real
//! ones, free-threaded among them, for what matters.

mod claims;
mod ending;
mod facts;
mod fake;
mod gate;
mod guard;
mod limits;
mod machine;
mod real;
mod report;
mod resume;
mod support;
