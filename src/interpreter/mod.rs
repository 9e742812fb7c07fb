//! From a request (`3.13t`, a path, ...) to an executable and the facts it reported about itself.

pub mod cache_dir;
pub mod cache_entries;
pub mod comparability_matrix;
pub mod comparable;
pub mod discover;
mod facts;
mod flags;
pub mod install;
mod modules;
mod near_miss;
pub mod packages;
pub mod probe;
pub mod prober;
pub mod request;
mod resolve;
mod select;
mod sha256;
pub use sha256::of_file as sha256_file;
#[cfg(test)]
pub mod testing;

pub use cache_dir::cache_dir;
pub use comparable::{difference_texts, difference_texts_for};
pub use discover::{Broken, Discovery, Found};
pub use facts::{BuildSetting, Facts, Interpreter, Missing};
pub use modules::has_module;
pub use request::Request;
pub use resolve::{Resolution, ResolveOptions, resolve};
