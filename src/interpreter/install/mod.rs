//! Getting an interpreter that isn't here: uv, mise, pyenv, then a build from source.

pub mod source;
mod types;

pub use types::*;
