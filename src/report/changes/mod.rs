//! What changed between two runs, one file for each way to show it.

mod github;
mod markdown;
mod terminal;

pub use github::github;
pub use markdown::markdown;
pub use terminal::terminal;
