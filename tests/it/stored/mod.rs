//! Stored runs: no Python is started here.

mod compare;
mod history;
mod report;
