//! Conda environments: those it has written down, and those below its usual roots.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::search_place::{SearchPlace, subfolders};
use super::surroundings::Surroundings;

pub(crate) fn places(surroundings: &Surroundings) -> Vec<SearchPlace> {
    let mut roots: Vec<PathBuf> = Vec::new();
    roots.extend(surroundings.folder("MAMBA_ROOT_PREFIX"));
    // `<root>/bin/conda`
    let executable = surroundings.folder("CONDA_EXE");
    roots.extend(executable.and_then(|exe| Some(exe.parent()?.parent()?.to_owned())));
    for name in ["miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba"] {
        roots.extend(surroundings.in_home(name));
    }
    roots.push(surroundings.system("/opt/conda"));

    let mut environments: Vec<PathBuf> = surroundings.folder("CONDA_PREFIX").into_iter().collect();
    if let Some(list) = surroundings.in_home(".conda/environments.txt") {
        let text = fs::read_to_string(list).unwrap_or_default();
        environments.extend(text.lines().map(|line| PathBuf::from(line.trim())));
    }
    for root in roots.into_iter().filter(|root| root.is_dir()) {
        environments.extend(subfolders(&root.join("envs")));
        environments.push(root);
    }
    let there = environments.into_iter().filter(|it| it.is_absolute() && it.is_dir());
    let there: BTreeSet<PathBuf> = there.collect();
    there.into_iter().map(|environment| SearchPlace::of_bin("conda", environment.join("bin"))).collect()
}
