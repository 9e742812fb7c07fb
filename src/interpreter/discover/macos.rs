//! Homebrew's kegs and the framework builds of python.org, free-threaded ones included.

use super::search_place::{SearchPlace, pythons_in, subfolders};
use super::surroundings::Surroundings;

pub(crate) fn places(surroundings: &Surroundings) -> Vec<SearchPlace> {
    if std::env::consts::OS != "macos" {
        return Vec::new();
    }
    let mut places = Vec::new();
    for opt in ["/opt/homebrew/opt", "/usr/local/opt"] {
        let root = surroundings.system(opt);
        let kegs = subfolders(&root).into_iter().filter(|keg| {
            let name = keg.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("python") || name.starts_with("pypy")
        });
        let candidates = kegs.flat_map(|keg| pythons_in(&keg.join("bin"))).collect();
        places.push(SearchPlace { provider: "homebrew", root, candidates });
    }
    for framework in ["Python.framework", "PythonT.framework"] {
        let root = surroundings.system("/Library/Frameworks").join(framework).join("Versions");
        places.push(SearchPlace::of_versions("framework", root));
    }
    places
}
