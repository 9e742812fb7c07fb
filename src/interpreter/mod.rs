//! From a request (`3.13t`, a path, ...) to an executable and the facts it reported about itself.

pub(crate) mod cache_dir;
pub(crate) mod cache_entries;
pub(crate) mod comparability_matrix;
pub(crate) mod comparable;
pub(crate) mod discover;
mod facts;
mod flags;
pub(crate) mod install;
mod matching;
mod modules;
mod near_miss;
pub(crate) mod packages;
pub(crate) mod probe;
pub(crate) mod prober;
mod resolve;
mod select;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod unavailable;

pub(crate) use cache_dir::cache_dir;
pub(crate) use comparable::{difference_texts, difference_texts_for};
pub use discover::Discovery;
pub(crate) use discover::{Broken, Found};
pub(crate) use facts::{BuildSetting, Facts, Interpreter, Missing};
pub(crate) use modules::has_module;
pub(crate) use resolve::Resolution;
pub use resolve::{ResolveOptions, resolve};
