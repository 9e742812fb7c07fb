//! A source tree of CPython, wherever it comes from.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::steps::Steps;
use crate::interpreter::unavailable::Unavailable;
use crate::sha256;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceTree {
    /// The folder with `configure`.
    pub dir: PathBuf,
    /// The version by the source itself: `3.13.5`.
    pub version: String,
    /// What vouches for it, one line.
    pub verified: String,
}

impl SourceTree {
    /// Takes a tarball or a folder given by the user.
    ///
    /// # Errors
    /// It holds no source of Python, or can't be unpacked.
    pub(super) fn given(path: &Path, scratch: &Path, steps: &mut Steps<'_>) -> Result<Self, Unavailable> {
        let path = fs::canonicalize(path).map_err(|error| {
            Unavailable::refused(format!("`--source {}` can't be read: {error}", path.display()))
        })?;
        if path.is_dir() {
            let verified = "nothing was verified: the folder given with `--source` is taken as it is";
            return Self::in_folder(&path, verified.to_owned());
        }
        Self::unpack(&path, scratch, None, steps)
    }

    /// Unpacks a tarball below `scratch`. Without `verified`, only its checksum is told.
    ///
    /// # Errors
    /// It holds no source of Python, or can't be unpacked.
    pub(super) fn unpack(
        tarball: &Path,
        scratch: &Path,
        verified: Option<String>,
        steps: &mut Steps<'_>,
    ) -> Result<Self, Unavailable> {
        let unreadable = |error: std::io::Error| Unavailable::refused(format!("can't unpack: {error}"));
        let verified = match verified {
            Some(verified) => verified,
            None => {
                let hash = sha256::of_file(tarball).map_err(unreadable)?;
                format!("nothing was verified: the tarball given with `--source` has SHA-256 {hash}")
            }
        };
        steps.say("unpacking the source".to_owned());
        let folder = scratch.join("source");
        fs::create_dir_all(&folder).map_err(unreadable)?;
        let mut tar = Command::new("tar");
        tar.arg("--no-same-owner").arg("-xf").arg(tarball).arg("-C").arg(&folder);
        steps.run(&mut tar)?;
        let mut inside: Vec<PathBuf> =
            fs::read_dir(&folder).map_err(unreadable)?.flatten().map(|entry| entry.path()).collect();
        inside.push(folder);
        match inside.iter().find(|dir| dir.join("configure").is_file()) {
            Some(dir) => Self::in_folder(dir, verified),
            None => Err(Unavailable::refused(format!("`{}` holds no source of Python", tarball.display()))),
        }
    }

    fn in_folder(dir: &Path, verified: String) -> Result<Self, Unavailable> {
        let header = fs::read_to_string(dir.join("Include/patchlevel.h")).unwrap_or_default();
        match version(&header) {
            Some(version) if dir.join("configure").is_file() => {
                Ok(Self { dir: dir.to_owned(), version, verified })
            }
            _ => Err(Unavailable::refused(format!("`{}` holds no source of Python", dir.display()))),
        }
    }
}

/// Returns the version of `#define PY_VERSION "3.13.5"`; a checkout between releases has a `+` behind it.
fn version(header: &str) -> Option<String> {
    let line = header.lines().find(|line| {
        line.strip_prefix("#define PY_VERSION").is_some_and(|rest| rest.starts_with([' ', '\t']))
    })?;
    Some(line.split('"').nth(1)?.trim_end_matches('+').to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_stands_in_a_header() {
        let header = "#define PY_VERSION_HEX 1\n#define PY_VERSION              \t\"3.14.0a1+\"\n";
        assert_eq!(super::version(header).as_deref(), Some("3.14.0a1"));
        assert_eq!(super::version(""), None);
    }
}
