//! What `gilmatrix install` has built.

use super::search_place::{SearchPlace, pythons_in, subfolders};
use super::surroundings::Surroundings;
use crate::interpreter::cache_dir::{MARKER, interpreters};

/// Only folders with the marker, which is written last: an interrupted build has none.
pub(crate) fn places(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let Some(cache) = &surroundings.cache else { return Vec::new() };
    let root = interpreters(cache);
    let whole = subfolders(&root).into_iter().filter(|dir| dir.join(MARKER).is_file());
    let candidates = whole.flat_map(|dir| pythons_in(&dir.join("bin"))).collect();
    vec![SearchPlace { provider: "gilmatrix", root, candidates }]
}
