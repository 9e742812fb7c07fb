//! What discovery reads of its environment, in one place so that tests can make their own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// The environment that is searched.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The user's own folder.
    pub home: Option<PathBuf>,
    /// The environment variables whose names are text.
    pub variables: BTreeMap<String, OsString>,
    /// The cache of gilmatrix; `None`: there is no place for one.
    pub cache: Option<PathBuf>,
    /// The `bin` of the virtual environment that gilmatrix itself is installed in: its Python is there to install
    /// programs, not to be measured.
    pub own_environment: Option<PathBuf>,
    /// The folder that stands before absolute system folders; empty but in tests.
    pub root: PathBuf,
}

impl Surroundings {
    /// Reads this process's own.
    pub fn of_this_process() -> Self {
        Self {
            home: etcetera::home_dir().ok(),
            variables: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
                .collect(),
            cache: crate::interpreter::cache_dir::cache_dir(),
            own_environment: own_environment(),
            root: PathBuf::from("/"),
        }
    }

    /// Returns a variable that holds a folder; an empty one counts as unset.
    pub fn folder(&self, variable: &str) -> Option<PathBuf> {
        self.variables.get(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// Returns a folder below the user's own.
    pub fn in_home(&self, relative: &str) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join(relative))
    }

    /// Returns `$XDG_DATA_HOME`, else `~/.local/share`.
    pub fn data_home(&self) -> Option<PathBuf> {
        self.folder("XDG_DATA_HOME").or_else(|| self.in_home(".local/share"))
    }

    /// Returns an absolute folder of the system.
    pub fn system(&self, absolute: &str) -> PathBuf {
        self.root.join(absolute.trim_start_matches('/'))
    }
}

/// Installers of programs (uv, pipx, pip) put gilmatrix beside a Python of its own.
fn own_environment() -> Option<PathBuf> {
    let bin = std::env::current_exe().ok()?.parent()?.to_path_buf();
    bin.parent()?.join("pyvenv.cfg").is_file().then_some(bin)
}
