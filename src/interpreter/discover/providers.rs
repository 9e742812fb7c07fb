//! Whoever keeps interpreters in folders of its own, and the usual prefixes.

use super::search_place::{SearchPlace, pythons_in, subfolders};
use super::surroundings::Surroundings;
use crate::interpreter::cache_dir::{MARKER, interpreters};

/// What `gilmatrix install` has built: folders with the marker, which is written last. An interrupted build has none.
pub(super) fn own(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let Some(cache) = &surroundings.cache else { return Vec::new() };
    let root = interpreters(cache);
    let whole = subfolders(&root).into_iter().filter(|dir| dir.join(MARKER).is_file());
    let candidates = whole.flat_map(|dir| pythons_in(&dir.join("bin"))).collect();
    vec![SearchPlace { provider: "gilmatrix", root, candidates }]
}

/// Interpreters that uv manages.
pub(super) fn uv(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let default = || surroundings.data_home().map(|data| data.join("uv/python"));
    let root = surroundings.folder("UV_PYTHON_INSTALL_DIR").or_else(default);
    root.map(|root| SearchPlace::of_versions("uv", root)).into_iter().collect()
}

/// pyenv, through its versions folder: its shims run whatever the current folder says.
pub(super) fn pyenv(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let root = surroundings.folder("PYENV_ROOT").or_else(|| surroundings.in_home(".pyenv"));
    root.map(|root| SearchPlace::of_versions("pyenv", root.join("versions"))).into_iter().collect()
}

/// Interpreters that mise manages; its links (`3.12` beside `3.12.1`, `latest`) lead to the same files.
pub(super) fn mise(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let default = || surroundings.data_home().map(|data| data.join("mise"));
    let root = surroundings.folder("MISE_DATA_DIR").or_else(default);
    let installs =
        surroundings.folder("MISE_INSTALLS_DIR").or_else(|| root.map(|root| root.join("installs")));
    installs.map(|installs| SearchPlace::of_versions("mise", installs.join("python"))).into_iter().collect()
}

/// The usual prefixes: Debian's and deadsnakes' names, `/usr/local`, and what lies below `/opt`, as
/// `/opt/python-3.13/bin`, and `/opt/python/cp313-cp313t/bin` in the manylinux images.
pub(super) fn system(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let bins = ["/usr/bin", "/usr/local/bin"].into_iter();
    let opt = surroundings.system("/opt");
    let folders = subfolders(&opt).into_iter().flat_map(|folder| {
        let inner = subfolders(&folder);
        std::iter::once(folder).chain(inner)
    });
    let candidates = folders.flat_map(|folder| pythons_in(&folder.join("bin"))).collect();
    bins.map(|bin| SearchPlace::of_bin("system", surroundings.system(bin)))
        .chain([SearchPlace { provider: "system", root: opt, candidates }])
        .collect()
}
