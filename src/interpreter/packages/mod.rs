//! Packages for workloads: one isolated environment for each interpreter and list of requirements, made
//! once in the cache.

mod environment;
mod inspect;
mod installed;
mod key;
mod make;
mod pip;
mod project;

pub(crate) use environment::{Environment, environment_key, of_environment_key, recorded};
pub(crate) use inspect::gil_switched_on_by;
pub(crate) use installed::installed;
pub(crate) use key::{Requirements, overridden};
pub(crate) use make::{PackageOptions, environment, standing};
pub(crate) use project::excluded;

use std::path::{Path, PathBuf};

/// Returns the folder of a cache's environments, one folder each, named by their key.
pub(crate) fn environments(cache: &Path) -> PathBuf {
    cache.join("environments")
}

/// Returns a program that some environment of the cache brought, whatever it was made for.
pub(crate) fn program(cache: &Path, name: &str) -> Option<PathBuf> {
    let places = std::fs::read_dir(environments(cache)).ok()?.flatten();
    let mut whole: Vec<PathBuf> = places
        .map(|place| place.path())
        .filter(|place| place.join(super::cache_dir::MARKER).exists())
        .map(|place| place.join("bin").join(name))
        .filter(|program| program.is_file())
        .collect();
    whole.sort();
    whole.into_iter().next()
}
