//! What an installation is asked, and what it tells.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::interpreter::Facts;
use crate::process::Cancel;

/// Who can bring an interpreter, in the order in which they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Provider {
    Uv,
    Mise,
    Pyenv,
    Source,
}

impl Provider {
    pub(crate) const ALL: [Self; 4] = [Self::Uv, Self::Mise, Self::Pyenv, Self::Source];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::Mise => "mise",
            Self::Pyenv => "pyenv",
            Self::Source => "source",
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct InstallOptions {
    /// The cache's folder: [`crate::interpreter::cache_dir`].
    pub cache: PathBuf,
    /// The providers in the order to try; empty: all of them, [`Provider::ALL`].
    pub providers: Vec<Provider>,
    /// A tarball or folder with the source: only a source build is made, from it. `None`: any provider may serve.
    pub source: Option<PathBuf>,
    /// A source build is made with PGO and LTO.
    pub optimized: bool,
    /// The GIL or free-threaded twin with the same flags is installed, too.
    pub with_twin: bool,
    /// A provider that refused the same request lately isn't asked again.
    pub remember_refusals: bool,
    /// It ends everything that is going on when it is set.
    pub cancel: Cancel,
}

/// What is told while it goes on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum InstallEvent {
    Trying { request: String, provider: Provider },
    Refused { request: String, provider: Provider, reason: String },
    Progress { step: String, fraction: f64, left: Option<Duration> },
    Note { text: String },
}

/// Why a provider could not serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    pub provider: Provider,
    pub reason: String,
}

/// An interpreter that is there now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Installed {
    pub executable: PathBuf,
    pub facts: Facts,
}

/// What a provider brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Served {
    /// The one asked for, then its twin where that was asked for too.
    pub interpreters: Vec<Installed>,
    /// What was verified, one line.
    pub verified: String,
    pub log: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub(crate) enum InstallOutcome {
    /// Nothing had to be done.
    AlreadyHere {
        interpreters: Vec<Installed>,
    },
    Installed {
        provider: Provider,
        #[serde(flatten)]
        served: Served,
        /// Who could not serve before.
        refusals: Vec<Refusal>,
    },
    /// No provider could serve; at least one entry.
    Refused {
        refusals: Vec<Refusal>,
    },
    /// The request itself is wrong, or names a place: nothing can be installed for it.
    NotInstallable {
        reason: String,
    },
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct InstallResult {
    /// The request as it was given.
    pub request: String,
    #[serde(flatten)]
    pub outcome: InstallOutcome,
}
