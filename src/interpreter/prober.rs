//! Probing many executables side by side, remembering the answers on disk.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::probe::{self, ProbeError, Probed};
use crate::atomic::write_with_folder;
use crate::sha256;

/// The state of a file, as far as it can be told from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    mtime_ns: i128,
    size: u64,
    inode: u64,
    device: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            mtime_ns: i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec()),
            size: metadata.size(),
            inode: metadata.ino(),
            device: metadata.dev(),
        })
    }
}

/// Answers that stay true as long as their files do.
type LastingAnswers = BTreeMap<PathBuf, (Stamp, Result<Probed, ProbeError>)>;

#[derive(Debug, Default, Serialize, Deserialize)]
struct CacheFile {
    /// What was asked: another version, or another script, may hear something else.
    key: String,
    entries: LastingAnswers,
}

/// Probes executables; answers are kept in `probes.json` of the cache's folder.
#[derive(Debug)]
pub(crate) struct Prober {
    file: Option<PathBuf>,
    known: Mutex<LastingAnswers>,
    limit: Duration,
}

impl Prober {
    /// Reads what is known; without a folder nothing is kept. A corrupt file is as good as none.
    pub(crate) fn new(cache: Option<&Path>, limit: Duration) -> Self {
        let file = cache.map(|cache| cache.join("probes.json"));
        let known = file.as_deref().and_then(read).unwrap_or_default();
        Self { file, known: Mutex::new(known), limit }
    }

    /// Probes them all, several at once, and gives the answers in the order of the paths.
    pub(crate) fn probe_all(&self, paths: &[PathBuf]) -> Vec<Result<Probed, ProbeError>> {
        let probe = || paths.par_iter().map(|path| self.probe(path)).collect();
        // More than there are CPUs: a probe mostly waits for its program to be read.
        let cpus = std::thread::available_parallelism().map_or(2, usize::from);
        match ThreadPoolBuilder::new().num_threads((cpus * 2).min(32)).build() {
            Ok(pool) => pool.install(probe),
            Err(_) => probe(),
        }
    }

    /// Probes one executable, unless its answer is known.
    ///
    /// # Errors
    /// It is no interpreter to measure.
    pub(crate) fn probe(&self, path: &Path) -> Result<Probed, ProbeError> {
        let stamp = Stamp::of(path);
        if let Some(stamp) = &stamp {
            let known = self.known.lock().unwrap_or_else(|poison| poison.into_inner());
            if let Some((_, answer)) = known.get(path).filter(|(then, _)| then == stamp) {
                return answer.clone();
            }
        }
        let result = probe::probe(&probe::program(path), self.limit);
        // What a script, a virtual environment or a broken file says can change with other files.
        let lasting = match &result {
            Ok(probed) => !probed.facts.virtual_env,
            Err(error) => matches!(error, ProbeError::TooOld { .. }),
        };
        if let Some(stamp) = stamp.filter(|_| lasting && !is_script(path)) {
            let mut known = self.known.lock().unwrap_or_else(|poison| poison.into_inner());
            known.insert(path.to_owned(), (stamp, result.clone()));
        }
        result
    }

    /// Keeps what was learnt, and forgets files that are gone. That it can't be written is no trouble:
    /// it only costs time.
    pub(crate) fn save(&self) {
        let Some(file) = &self.file else { return };
        let known = self.known.lock().unwrap_or_else(|poison| poison.into_inner());
        let mut entries = read(file).unwrap_or_default();
        let same = entries.len() == known.len()
            && known
                .iter()
                .all(|(path, (stamp, _))| entries.get(path).is_some_and(|(then, _)| then == stamp));
        if same {
            return;
        }
        entries.extend(known.iter().map(|(path, entry)| (path.clone(), entry.clone())));
        entries.retain(|path, (stamp, _)| Stamp::of(path).as_ref() == Some(stamp));
        let cache = serde_json::to_vec(&CacheFile { key: key(), entries });
        let _ = cache.map(|bytes| write_with_folder(file, &bytes));
    }
}

fn key() -> String {
    let script = sha256::of_bytes(probe::SCRIPT.as_bytes());
    format!("{}/{}", env!("CARGO_PKG_VERSION"), &script[..16])
}

fn read(file: &Path) -> Option<LastingAnswers> {
    let cached: CacheFile = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    (cached.key == key()).then_some(cached.entries)
}

fn is_script(path: &Path) -> bool {
    use std::io::Read;
    let mut start = [0_u8; 2];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && &start == b"#!"
}
