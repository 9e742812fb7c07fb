//! Getting an interpreter that isn't here: uv, mise, pyenv, then a build from source.

mod external;
mod mise;
mod order;
mod pyenv;
mod refusals;
pub(crate) mod source;
mod types;
mod uv;

pub(crate) use order::install;
pub(crate) use types::*;
