//! Interpreters that uv manages.

use super::search_place::SearchPlace;
use super::surroundings::Surroundings;

pub(crate) fn places(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let default = || surroundings.data_home().map(|data| data.join("uv/python"));
    let root = surroundings.folder("UV_PYTHON_INSTALL_DIR").or_else(default);
    root.map(|root| SearchPlace::of_versions("uv", root)).into_iter().collect()
}
