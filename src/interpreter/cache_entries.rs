//! What gilmatrix keeps in its cache, and removing it.

use std::collections::HashSet;
use std::fs::{self, File, FileTimes};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Serialize;

use super::cache_dir::MARKER;

/// Folders of the cache whose entries can go one by one; everything in them can be made again.
const FOLDERS: [&str; 6] = ["interpreters", "environments", "harness", "pycache", "logs", "building"];

/// One thing that can be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CacheEntry {
    /// Its name: `interpreters/3.13.5t`.
    pub name: String,
    pub path: PathBuf,
    /// What its marker says, as `numpy==2.4.6 for 3.13t`; empty where nothing is known.
    pub what: String,
    /// The bytes on disk; a file with several names in it counts once.
    pub bytes: u64,
    /// When it was last used; where nobody notes that, when it was last written.
    #[serde(rename = "last_used_unix", serialize_with = "unix_seconds")]
    pub last_used: SystemTime,
}

fn unix_seconds<S: serde::Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

/// Returns everything in a cache, in the order of its folders, then of names. A cache that isn't there is empty.
pub(crate) fn cache_entries(cache: &Path) -> Vec<CacheEntry> {
    let mut all = Vec::new();
    for folder in FOLDERS {
        let entries = fs::read_dir(cache.join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| !name.ends_with(".lock"))
            .collect();
        names.sort();
        all.extend(names.iter().filter_map(|name| entry(cache, folder, name)));
    }
    all
}

fn entry(cache: &Path, folder: &str, name: &str) -> Option<CacheEntry> {
    let path = cache.join(folder).join(name);
    let mut size = Size::default();
    size.add(&path);
    let marker = path.join(MARKER);
    let noted = fs::metadata(&marker).and_then(|metadata| metadata.modified()).ok();
    Some(CacheEntry {
        name: format!("{folder}/{name}"),
        what: said(&marker).unwrap_or_default(),
        bytes: size.bytes,
        last_used: noted.or(size.newest)?,
        path,
    })
}

/// Returns what a build or an environment says of itself.
fn said(marker: &Path) -> Option<String> {
    let marker: serde_json::Value = serde_json::from_slice(&fs::read(marker).ok()?).ok()?;
    let version = marker["version"].as_str()?;
    if let Some(packages) = marker["packages"].as_array() {
        let names: Vec<&str> = packages.iter().filter_map(serde_json::Value::as_str).collect();
        return Some(format!("{} for {} ({version})", names.join(" "), marker["interpreter"].as_str()?));
    }
    let build = if marker["free_threaded"] == true { "free-threaded" } else { "with the GIL" };
    let flags = [("debug", ", debug"), ("optimized", ", PGO and LTO")];
    let more: String = flags.iter().filter(|(key, _)| marker[*key] == true).map(|(_, text)| *text).collect();
    Some(format!("{version}, {build}{more}"))
}

#[derive(Default)]
struct Size {
    bytes: u64,
    newest: Option<SystemTime>,
    seen: HashSet<(u64, u64)>,
}

impl Size {
    /// Adds a path and what is below it. Links aren't followed; what can't be read counts nothing.
    fn add(&mut self, path: &Path) {
        let Ok(metadata) = fs::symlink_metadata(path) else { return };
        if self.seen.insert((metadata.dev(), metadata.ino())) {
            self.bytes += metadata.blocks() * 512;
        }
        self.newest = self.newest.max(metadata.modified().ok());
        if metadata.is_dir() {
            for entry in fs::read_dir(path).into_iter().flatten().flatten() {
                self.add(&entry.path());
            }
        }
    }
}

/// Notes that a build or an environment is used now. That it can't be noted is no trouble.
pub(crate) fn note_use(place: &Path) {
    if let Ok(marker) = File::open(place.join(MARKER)) {
        let _ = marker.set_times(FileTimes::new().set_modified(SystemTime::now()));
    }
}

/// Removes an entry with one rename out of its place, so that no half of it is ever taken for the whole.
///
/// # Errors
/// It is being made right now, or the system refuses.
pub(crate) fn remove(cache: &Path, entry: &CacheEntry) -> io::Result<()> {
    let (folder, name) = entry.name.split_once('/').unwrap_or_default();
    let lock = match folder {
        "interpreters" | "building" => Some(cache.join("install.lock")),
        "environments" => Some(cache.join(folder).join(format!("{name}.lock"))),
        _ => None,
    };
    let _lock = lock.as_deref().map(take).transpose()?;
    if fs::symlink_metadata(&entry.path)?.is_dir() {
        let trash = tempfile::Builder::new().prefix(".removing-").tempdir_in(cache)?;
        fs::rename(&entry.path, trash.path().join("it"))?;
        trash.close()?;
    } else {
        fs::remove_file(&entry.path)?;
    }
    Ok(())
}

fn take(lock: &Path) -> io::Result<File> {
    let file = File::options().create(true).append(true).open(lock)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(io::Error::other("it is being made right now")),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> io::Result<tempfile::TempDir> {
        let cache = tempfile::tempdir()?;
        for (file, text) in [
            ("interpreters/3.13.5t/gilmatrix.json", r#"{"version": "3.13.5", "free_threaded": true}"#),
            (
                "environments/00ff/gilmatrix.json",
                r#"{"version": "3.13.5", "interpreter": "3.13t", "packages": ["a==1"]}"#,
            ),
            ("environments/00ff.lock", ""),
            ("logs/3.13t-1.log", "words"),
        ] {
            let path = cache.path().join(file);
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(path, text)?;
        }
        Ok(cache)
    }

    #[test]
    fn everything_is_listed_with_what_it_is() -> io::Result<()> {
        let cache = cache()?;
        let said: Vec<(String, String)> =
            cache_entries(cache.path()).into_iter().map(|entry| (entry.name, entry.what)).collect();
        let expected = [
            ("interpreters/3.13.5t", "3.13.5, free-threaded"),
            ("environments/00ff", "a==1 for 3.13t (3.13.5)"),
            ("logs/3.13t-1.log", ""),
        ];
        assert_eq!(said, expected.map(|(name, what)| (name.to_owned(), what.to_owned())));
        assert!(cache_entries(&cache.path().join("nowhere")).is_empty());
        Ok(())
    }

    #[test]
    fn what_is_being_made_stays() -> Result<(), Box<dyn std::error::Error>> {
        let cache = cache()?;
        let lock = File::create(cache.path().join("environments/00ff.lock"))?;
        lock.lock()?;
        let all = cache_entries(cache.path());
        let refused = remove(cache.path(), &all[1]).unwrap_err();
        assert_eq!(refused.to_string(), "it is being made right now");
        lock.unlock()?;
        for one in &all {
            remove(cache.path(), one)?;
        }
        assert!(cache_entries(cache.path()).is_empty());
        assert!(!cache.path().join("interpreters/3.13.5t").exists());
        Ok(())
    }

    #[test]
    fn use_is_noted() -> io::Result<()> {
        let cache = cache()?;
        let place = cache.path().join("interpreters/3.13.5t");
        let long_ago = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
        File::options()
            .write(true)
            .open(place.join(MARKER))?
            .set_times(FileTimes::new().set_modified(long_ago))?;
        assert_eq!(cache_entries(cache.path())[0].last_used, long_ago);
        note_use(&place);
        assert!(cache_entries(cache.path())[0].last_used > long_ago);
        Ok(())
    }
}
