//! What discovery reads of its environment, in one place so that tests can make their own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    pub home: Option<PathBuf>,
    pub variables: BTreeMap<String, OsString>,
    /// gilmatrix's own cache.
    pub cache: Option<PathBuf>,
    /// Stands before absolute system folders; empty but in tests.
    pub root: PathBuf,
}

impl Surroundings {
    pub fn of_this_process() -> Self {
        Self {
            home: etcetera::home_dir().ok(),
            variables: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
                .collect(),
            cache: crate::interpreter::cache_dir::cache_dir(),
            root: PathBuf::from("/"),
        }
    }

    /// A variable that holds a folder; an empty one counts as unset.
    pub fn folder(&self, variable: &str) -> Option<PathBuf> {
        self.variables.get(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    pub fn in_home(&self, relative: &str) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join(relative))
    }

    /// `$XDG_DATA_HOME`, else `~/.local/share`.
    pub fn data_home(&self) -> Option<PathBuf> {
        self.folder("XDG_DATA_HOME").or_else(|| self.in_home(".local/share"))
    }

    /// An absolute folder of the system.
    pub fn system(&self, absolute: &str) -> PathBuf {
        self.root.join(absolute.trim_start_matches('/'))
    }
}
