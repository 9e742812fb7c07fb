//! The command line from end to end, in one binary.
//!
//! `stored` and `architecture` start no Python and belong to the fast lane (`scripts/test.sh --fast`).

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::too_many_lines,
    clippy::unnecessary_debug_formatting,
    clippy::manual_strip,
    reason = "a test may print, panic, and tell a long story"
)]

mod architecture;
mod commands;
mod fake;
mod interpreters;
mod real;
mod stored;
mod support;
