//! Getting an interpreter that isn't here: uv, mise, pyenv, then a build from source.

mod external;
mod order;
mod refusals;
pub(crate) mod source;
mod spelling;
mod types;

pub(crate) use order::install;
pub(crate) use types::*;
