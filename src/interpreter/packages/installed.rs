//! What is installed in a prefix, so that it can be seen whether that changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::sha256::FilesHash;

/// Returns the folders of packages below a prefix (`/usr`, an environment), each with a hash over the names, sizes and times
/// of its files. Bytecode is left out: to import a package may write it.
pub(crate) fn installed(prefix: &Path) -> Vec<(PathBuf, String)> {
    let pythons = fs::read_dir(prefix.join("lib")).into_iter().flatten().flatten();
    let pythons = pythons.filter(|entry| entry.file_name().to_string_lossy().starts_with("python"));
    let of_each =
        pythons.flat_map(|entry| ["site-packages", "dist-packages"].map(|name| entry.path().join(name)));
    let mut found: Vec<(PathBuf, String)> =
        of_each.filter(|folder| folder.is_dir()).map(|folder| (folder.clone(), hash(&folder))).collect();
    found.sort();
    found
}

fn hash(folder: &Path) -> String {
    let (mut files, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            // No link is followed: it may lead anywhere.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && entry.file_name() != "__pycache__" {
                open.push(entry.path());
            } else if let Ok(facts) = entry.metadata().map_err(drop)
                && !kind.is_dir()
            {
                let modified = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                files.push((entry.path(), facts.len(), modified.unwrap_or_default().as_nanos()));
            }
        }
    }
    files.sort();
    let mut hash = FilesHash::default();
    for (path, bytes, modified) in files {
        hash.add(&path.to_string_lossy(), format!("{bytes} {modified}").as_bytes());
    }
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_changes_is_seen_and_its_bytecode_is_none() {
        let prefix = tempfile::tempdir().unwrap();
        let site = prefix.path().join("lib/python3.13/site-packages");
        fs::create_dir_all(site.join("fast/__pycache__")).unwrap();
        fs::write(site.join("fast/__init__.py"), "def crunch(): return 1\n").unwrap();
        let before = installed(prefix.path());
        assert_eq!((before.len(), &before[0].0), (1, &site));
        fs::write(site.join("fast/__pycache__/__init__.cpython-313.pyc"), "").unwrap();
        assert_eq!(installed(prefix.path()), before);
        fs::write(site.join("fast/__init__.py"), "def crunch(): return 21\n").unwrap();
        assert_ne!(installed(prefix.path()), before);
        assert_eq!(installed(Path::new("/no/such")), []);
    }
}
