//! pyenv, through its versions folder: its shims run whatever the current folder says.

use super::search_place::SearchPlace;
use super::surroundings::Surroundings;

pub(crate) fn places(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let root = surroundings.folder("PYENV_ROOT").or_else(|| surroundings.in_home(".pyenv"));
    root.map(|root| SearchPlace::of_versions("pyenv", root.join("versions"))).into_iter().collect()
}
