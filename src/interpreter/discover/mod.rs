//! Every interpreter of this machine, each once.

mod conda;
mod merge;
pub(super) mod path;
mod providers;
mod search_place;
mod surroundings;

use std::path::{Path, PathBuf};

use indexmap::IndexSet;

pub(crate) use search_place::SearchPlace;
pub(crate) use surroundings::Surroundings;

use super::Facts;
use super::probe::{LIMIT, Probed};
use super::prober::Prober;

/// The providers; to add one is to add it here. Between equal builds the first is preferred.
const PROVIDERS: [fn(&Surroundings) -> Vec<SearchPlace>; 7] = [
    providers::own,
    providers::uv,
    providers::pyenv,
    providers::mise,
    conda::places,
    providers::system,
    path::places,
];

/// The variable that limits the search to the folders that it lists, written as PATH is: for a job that must not
/// depend on what else is on its machine.
pub(crate) const SEARCH_PATH: &str = "GILMATRIX_SEARCH_PATH";

/// An interpreter that answered.
#[derive(Debug, Clone)]
pub struct Found {
    /// The program to start.
    pub path: PathBuf,
    /// Who provides it, as `pyenv`.
    pub provider: &'static str,
    /// What it said.
    pub probed: Probed,
    /// Other paths that lead to it: symlinks, hard links, virtual environments.
    pub aliases: Vec<PathBuf>,
}

/// An executable that is no interpreter to measure.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Broken {
    /// What was started.
    pub path: PathBuf,
    /// Who provides it, as `pyenv`.
    pub provider: &'static str,
    /// Why, in one line.
    pub reason: String,
    /// Its version, known where it is merely too old.
    #[serde(skip)]
    pub version: Option<String>,
}

/// What is here, and where it was searched for.
#[derive(Debug)]
pub struct Discovery {
    /// What answered, in the order of preference of their providers.
    pub found: Vec<Found>,
    /// What is no interpreter to measure.
    pub broken: Vec<Broken>,
    /// The places that were searched, for messages: `pyenv (~/.pyenv/versions)`.
    pub searched: Vec<String>,
    pub(super) surroundings: Surroundings,
    pub(super) prober: Prober,
}

impl Discovery {
    /// Searches this machine.
    pub fn of_this_machine() -> Self {
        Self::within(Surroundings::of_this_process())
    }

    /// Searches what these surroundings name.
    pub fn within(surroundings: Surroundings) -> Self {
        let places: Vec<SearchPlace> = match surroundings.variables.get(SEARCH_PATH) {
            Some(only) => path::only(only),
            None => PROVIDERS.iter().flat_map(|places| places(&surroundings)).collect(),
        };
        let searched = searched(&places, &surroundings);
        let prober = Prober::new(surroundings.cache.as_deref(), LIMIT);
        let (found, broken) = merge::merge(&places, &prober);
        prober.save();
        Self { found, broken, searched, surroundings, prober }
    }

    /// Returns the facts of what was found, in its order.
    pub(crate) fn facts(&self) -> Vec<&Facts> {
        self.found.iter().map(|found| &found.probed.facts).collect()
    }
}

/// Names each place in one line; PATH, which has many folders, is one.
fn searched(places: &[SearchPlace], surroundings: &Surroundings) -> Vec<String> {
    let line = |place: &SearchPlace| match place.provider {
        "PATH" => "PATH".to_owned(),
        provider => format!("{provider} ({})", tilde(&place.root, surroundings)),
    };
    places.iter().map(line).collect::<IndexSet<_>>().into_iter().collect()
}

fn tilde(path: &Path, surroundings: &Surroundings) -> String {
    let home = surroundings.home.as_deref();
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(relative) => format!("~/{}", relative.display()),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests;
