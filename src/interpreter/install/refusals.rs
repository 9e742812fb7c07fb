//! Refusals remembered for a while, so that a second `run --install` doesn't wait for the same
//! downloads to fail again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Provider;
use crate::atomic::write_with_folder;

/// How long a refusal is remembered: a run repeated the same day asks no more, the next day's asks again.
const LASTS_SECONDS: i64 = 6 * 3600;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct RememberedRefusal {
    reason: String,
    /// When it was refused, in seconds of Unix time.
    at: i64,
}

/// `refusals.json` in the cache; a corrupt file is as good as none.
#[derive(Debug)]
pub(super) struct Refusals {
    file: PathBuf,
    entries: BTreeMap<String, RememberedRefusal>,
}

impl Refusals {
    pub(super) fn read(cache: &Path) -> Self {
        let file = cache.join("refusals.json");
        let read = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { file, entries: read.unwrap_or_default() }
    }

    /// Returns the reason, if this was refused lately.
    pub(super) fn get(&self, provider: Provider, request: &str) -> Option<String> {
        let entry = self.entries.get(&key(provider, request))?;
        let age = jiff::Timestamp::now().as_second() - entry.at;
        (0..LASTS_SECONDS).contains(&age).then(|| format!("{} (asked {} min ago)", entry.reason, age / 60))
    }

    pub(super) fn remember(&mut self, provider: Provider, request: &str, reason: &str) {
        let at = jiff::Timestamp::now().as_second();
        self.entries.insert(key(provider, request), RememberedRefusal { reason: reason.to_owned(), at });
        self.save();
    }

    pub(super) fn forget(&mut self, provider: Provider, request: &str) {
        if self.entries.remove(&key(provider, request)).is_some() {
            self.save();
        }
    }

    /// Writes the file; that it can't be written only costs time.
    fn save(&self) {
        let entries = serde_json::to_vec_pretty(&self.entries);
        let _ = entries.map(|bytes| write_with_folder(&self.file, &bytes));
    }
}

fn key(provider: Provider, request: &str) -> String {
    format!("{} {request}", provider.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_remembered_and_forgotten() -> std::io::Result<()> {
        let cache = tempfile::tempdir()?;
        let mut refusals = Refusals::read(cache.path());
        refusals.remember(Provider::Uv, "3.14t", "no network");
        let again = Refusals::read(cache.path());
        assert_eq!(again.get(Provider::Uv, "3.14t").as_deref(), Some("no network (asked 0 min ago)"));
        assert_eq!(again.get(Provider::Mise, "3.14t"), None);
        refusals.forget(Provider::Uv, "3.14t");
        assert_eq!(Refusals::read(cache.path()).get(Provider::Uv, "3.14t"), None);
        Ok(())
    }

    #[test]
    fn an_old_or_corrupt_memory_counts_for_nothing() -> std::io::Result<()> {
        let cache = tempfile::tempdir()?;
        fs::write(cache.path().join("refusals.json"), r#"{"uv 3.14t": {"reason": "x", "at": 1}}"#)?;
        assert_eq!(Refusals::read(cache.path()).get(Provider::Uv, "3.14t"), None);
        fs::write(cache.path().join("refusals.json"), "not json")?;
        assert_eq!(Refusals::read(cache.path()).get(Provider::Uv, "3.14t"), None);
        Ok(())
    }
}
