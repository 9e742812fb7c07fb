//! Interpreters that mise manages; its links (`3.12` beside `3.12.1`, `latest`) lead to the same files.

use super::search_place::SearchPlace;
use super::surroundings::Surroundings;

pub(crate) fn places(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let default = || surroundings.data_home().map(|data| data.join("mise"));
    let root = surroundings.folder("MISE_DATA_DIR").or_else(default);
    let installs =
        surroundings.folder("MISE_INSTALLS_DIR").or_else(|| root.map(|root| root.join("installs")));
    installs.map(|installs| SearchPlace::of_versions("mise", installs.join("python"))).into_iter().collect()
}
