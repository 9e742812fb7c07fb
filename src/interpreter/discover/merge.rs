//! From candidates to interpreters: symlinks, hard links, shims and virtual environments of one
//! interpreter are that interpreter.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Broken, Found, Place};
use crate::interpreter::probe::{ProbeError, Probed};
use crate::interpreter::prober::Prober;

/// One file, with everything that leads to it.
struct Group {
    /// Symlinks resolved.
    real: PathBuf,
    provider: &'static str,
    aliases: Vec<PathBuf>,
}

pub fn merge(places: &[Place], prober: &Prober) -> (Vec<Found>, Vec<Broken>) {
    let mut groups: Vec<Group> = Vec::new();
    let mut broken = Vec::new();
    let mut by_file = BTreeMap::new();
    for place in places {
        let root = fs::canonicalize(&place.root).unwrap_or_else(|_| place.root.clone());
        for path in &place.candidates {
            match fs::canonicalize(path) {
                Ok(real) => {
                    let index = *by_file.entry(identity(&real)).or_insert_with(|| {
                        groups.push(Group {
                            real: real.clone(),
                            provider: place.provider,
                            aliases: Vec::new(),
                        });
                        groups.len() - 1
                    });
                    let group = &mut groups[index];
                    // Whoever really holds the file is its provider, not who links to it.
                    if real.starts_with(&root) && !holds(places, group.provider, &group.real) {
                        group.provider = place.provider;
                    }
                    if !group.aliases.contains(path) {
                        group.aliases.push(path.clone());
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
    let paths: Vec<PathBuf> = groups.iter().map(|group| group.real.clone()).collect();
    let answers = prober.probe_all(&paths);
    let mut found: Vec<Found> = Vec::new();
    let mut indirect = Vec::new();
    for (group, answer) in groups.into_iter().zip(answers) {
        match answer {
            Err(error) => broken.push(refused(&group, error)),
            Ok(probed) if probed.base != group.real && identity(&probed.base) != identity(&group.real) => {
                indirect.push((group, probed));
            }
            Ok(probed) => found.push(into_found(group, probed)),
        }
    }
    follow(indirect, prober, &mut found, &mut broken);
    (found, broken)
}

/// Shims and copied virtual environments: what counts is the interpreter behind them.
fn follow(indirect: Vec<(Group, Probed)>, prober: &Prober, found: &mut Vec<Found>, broken: &mut Vec<Broken>) {
    for (group, probed) in indirect {
        let base = identity(&probed.base);
        if let Some(known) = found.iter_mut().find(|found| identity(&found.path) == base) {
            known.aliases.extend(group.aliases);
            continue;
        }
        match prober.probe(&probed.base) {
            Ok(behind) => {
                let group = Group { real: probed.base, ..group };
                found.push(into_found(group, behind));
            }
            Err(error) => broken.push(refused(&group, error)),
        }
    }
}

fn into_found(group: Group, probed: Probed) -> Found {
    let Group { real, provider, mut aliases } = group;
    aliases.retain(|alias| *alias != real);
    Found { path: real, provider, probed, aliases }
}

fn refused(group: &Group, error: ProbeError) -> Broken {
    let version = match &error {
        ProbeError::TooOld { version, .. } => Some(version.clone()),
        ProbeError::Broken(_) => None,
    };
    let path = group.aliases.first().unwrap_or(&group.real).clone();
    Broken { path, provider: group.provider, reason: error.to_string(), version }
}

/// Whether the file lies in one of the provider's own folders.
fn holds(places: &[Place], provider: &str, real: &Path) -> bool {
    places
        .iter()
        .filter(|place| place.provider == provider)
        .any(|place| fs::canonicalize(&place.root).is_ok_and(|root| real.starts_with(root)))
}

/// Device and inode; hard links share them.
fn identity(path: &Path) -> (u64, u64, Option<PathBuf>) {
    match fs::metadata(path) {
        Ok(metadata) => (metadata.dev(), metadata.ino(), None),
        Err(_) => (0, 0, Some(path.to_owned())),
    }
}
