//! The command line from end to end, in one binary.
//!
//! `stored` and `architecture` start no Python and belong to the fast lane (`scripts/test.sh --fast`).

mod architecture;
mod commands;
mod fake;
mod interpreters;
mod real;
mod stored;
mod support;
