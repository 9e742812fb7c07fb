//! Interpreters that uv manages.

use super::place::Place;
use super::surroundings::Surroundings;

pub fn places(surroundings: &Surroundings) -> Vec<Place> {
    let default = || surroundings.data_home().map(|data| data.join("uv/python"));
    let root = surroundings.folder("UV_PYTHON_INSTALL_DIR").or_else(default);
    root.map(|root| Place::of_versions("uv", root)).into_iter().collect()
}
