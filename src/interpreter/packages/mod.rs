//! Packages for workloads: one isolated environment for each interpreter and list of requirements, made
//! once in the cache.

mod environment;
mod inspect;
mod key;
mod make;

pub use environment::{Environment, recorded};
pub use inspect::gil_switched_on_by;
pub use key::{Requirements, RequirementsError};
pub use make::{PackageError, PackageOptions, environment, standing};

use std::path::{Path, PathBuf};

/// The environments of a cache, one folder each, named by their key.
pub fn environments(cache: &Path) -> PathBuf {
    cache.join("environments")
}
