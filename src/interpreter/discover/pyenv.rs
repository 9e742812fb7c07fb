//! pyenv, through its versions folder: its shims run whatever the current folder says.

use super::place::Place;
use super::surroundings::Surroundings;

pub fn places(surroundings: &Surroundings) -> Vec<Place> {
    let root = surroundings.folder("PYENV_ROOT").or_else(|| surroundings.in_home(".pyenv"));
    root.map(|root| Place::of_versions("pyenv", root.join("versions"))).into_iter().collect()
}
