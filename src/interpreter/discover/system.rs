//! The usual prefixes: Debian's and deadsnakes' names, `/usr/local`, and what lies below `/opt`.

use super::search_place::{SearchPlace, subfolders};
use super::surroundings::Surroundings;

pub(crate) fn places(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let mut places: Vec<SearchPlace> = ["/usr/bin", "/usr/local/bin"]
        .into_iter()
        .map(|bin| SearchPlace::of_bin("system", surroundings.system(bin)))
        .collect();
    // `/opt/python-3.13/bin`, and `/opt/python/cp313-cp313t/bin` as in the manylinux images.
    let opt = surroundings.system("/opt");
    let mut below = SearchPlace { provider: "system", root: opt.clone(), candidates: Vec::new() };
    for folder in subfolders(&opt) {
        below.candidates.extend(super::search_place::pythons_in(&folder.join("bin")));
        for inner in subfolders(&folder) {
            below.candidates.extend(super::search_place::pythons_in(&inner.join("bin")));
        }
    }
    places.push(below);
    places
}
