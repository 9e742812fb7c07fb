//! The usual prefixes: Debian's and deadsnakes' names, `/usr/local`, and what lies below `/opt`.

use super::place::{Place, subfolders};
use super::surroundings::Surroundings;

pub fn places(surroundings: &Surroundings) -> Vec<Place> {
    let mut places: Vec<Place> = ["/usr/bin", "/usr/local/bin"]
        .into_iter()
        .map(|bin| Place::of_bin("system", surroundings.system(bin)))
        .collect();
    // `/opt/python-3.13/bin`, and `/opt/python/cp313-cp313t/bin` as in the manylinux images.
    let opt = surroundings.system("/opt");
    let mut below = Place { provider: "system", root: opt.clone(), candidates: Vec::new() };
    for folder in subfolders(&opt) {
        below.candidates.extend(super::place::pythons_in(&folder.join("bin")));
        for inner in subfolders(&folder) {
            below.candidates.extend(super::place::pythons_in(&inner.join("bin")));
        }
    }
    places.push(below);
    places
}
