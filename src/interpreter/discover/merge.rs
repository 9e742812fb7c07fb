//! From candidates to interpreters: symlinks, hard links, shims and virtual environments of one
//! interpreter are that interpreter.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::{Broken, Found, SearchPlace};
use crate::interpreter::probe::{ProbeError, Probed};
use crate::interpreter::prober::Prober;

/// One file, with everything that leads to it.
struct ProgramFile {
    /// Symlinks resolved.
    real: PathBuf,
    provider: &'static str,
    aliases: Vec<PathBuf>,
}

/// Probes every candidate once, whatever leads to it.
pub(crate) fn merge(places: &[SearchPlace], prober: &Prober) -> (Vec<Found>, Vec<Broken>) {
    let mut files: IndexMap<FileIdentity, ProgramFile> = IndexMap::new();
    let mut broken = Vec::new();
    for place in places {
        let root = fs::canonicalize(&place.root).unwrap_or_else(|_| place.root.clone());
        for path in &place.candidates {
            match fs::canonicalize(path) {
                Ok(real) => {
                    let file = files.entry(identity(&real)).or_insert_with(|| ProgramFile {
                        real: real.clone(),
                        provider: place.provider,
                        aliases: Vec::new(),
                    });
                    // Whoever really holds the file is its provider, not who links to it.
                    if real.starts_with(&root) && !holds(places, file.provider, &file.real) {
                        file.provider = place.provider;
                    }
                    if !file.aliases.contains(path) {
                        file.aliases.push(path.clone());
                    }
                }
                Err(error) => broken.push(Broken {
                    path: path.clone(),
                    provider: place.provider,
                    reason: match fs::read_link(path) {
                        Ok(target) => format!("it is a broken symlink to `{}`", target.display()),
                        Err(_) => format!("it can't be read: {error}"),
                    },
                    version: None,
                }),
            }
        }
    }
    let paths: Vec<PathBuf> = files.values().map(|file| file.real.clone()).collect();
    let answers = prober.probe_all(&paths);
    let mut found: Vec<Found> = Vec::new();
    let mut indirect = Vec::new();
    for (file, answer) in files.into_values().zip(answers) {
        match answer {
            Err(error) => broken.push(refused(&file, error)),
            Ok(probed) if probed.base != file.real && identity(&probed.base) != identity(&file.real) => {
                indirect.push((file, probed));
            }
            Ok(probed) => found.push(into_found(file, probed)),
        }
    }
    follow(indirect, prober, &mut found, &mut broken);
    (found, broken)
}

/// Follows shims and copied virtual environments: what counts is the interpreter behind them.
fn follow(
    indirect: Vec<(ProgramFile, Probed)>,
    prober: &Prober,
    found: &mut Vec<Found>,
    broken: &mut Vec<Broken>,
) {
    for (file, probed) in indirect {
        let base = identity(&probed.base);
        if let Some(known) = found.iter_mut().find(|found| identity(&found.path) == base) {
            known.aliases.extend(file.aliases);
            continue;
        }
        match prober.probe(&probed.base) {
            Ok(behind) => {
                let file = ProgramFile { real: probed.base, ..file };
                found.push(into_found(file, behind));
            }
            Err(error) => broken.push(refused(&file, error)),
        }
    }
}

fn into_found(file: ProgramFile, probed: Probed) -> Found {
    let ProgramFile { real, provider, mut aliases } = file;
    aliases.retain(|alias| *alias != real);
    Found { path: real, provider, probed, aliases }
}

fn refused(file: &ProgramFile, error: ProbeError) -> Broken {
    let version = match &error {
        ProbeError::TooOld { version, .. } => Some(version.clone()),
        ProbeError::Broken(_) => None,
    };
    let path = file.aliases.first().unwrap_or(&file.real).clone();
    Broken { path, provider: file.provider, reason: error.to_string(), version }
}

/// Returns whether the file lies in one of the provider's own folders.
fn holds(places: &[SearchPlace], provider: &str, real: &Path) -> bool {
    places
        .iter()
        .filter(|place| place.provider == provider)
        .any(|place| fs::canonicalize(&place.root).is_ok_and(|root| real.starts_with(root)))
}

type FileIdentity = (u64, u64, Option<PathBuf>);

/// Returns device and inode, which hard links share; where there is none, the path.
fn identity(path: &Path) -> FileIdentity {
    match fs::metadata(path) {
        Ok(metadata) => (metadata.dev(), metadata.ino(), None),
        Err(_) => (0, 0, Some(path.to_owned())),
    }
}
