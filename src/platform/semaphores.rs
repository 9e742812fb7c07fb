//! Named semaphores that processes left behind.
//!
//! multiprocessing opens one, then tells its resource tracker: killed between the two, or killed together
//! with a tracker that has only just been forked, a pool leaves it behind for as long as the machine runs.
//! So the harness's have names of our own, by which they are found again.

use std::path::Path;

/// Where Linux keeps them, and what their files' names begin with.
const FOLDER: &str = "/dev/shm";
const FILE: &str = "sem.";

/// Returns what the names of a run's semaphores begin with; `folder` is its temporary one, whose name nobody else has.
pub(crate) fn semaphore_prefix(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    format!("{}-", name.unwrap_or_default())
}

/// Says why processes can't share semaphores and memory here; `None` where they can, and on systems that need no folder
/// for them.
pub(crate) fn no_shared_memory() -> Option<String> {
    let error = tempfile::tempfile_in(FOLDER).err().filter(|_| cfg!(target_os = "linux"))?;
    Some(format!("nothing can be made in {FOLDER}: {error}"))
}

/// Removes the semaphores whose names begin so; nobody may use them any more. Where the system doesn't show them as
/// files, they stay.
pub(crate) fn sweep_semaphores(prefix: &str) {
    // A prefix that could be another's is none.
    if prefix.len() < 8 {
        return;
    }
    let Ok(entries) = std::fs::read_dir(FOLDER) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours =
            name.to_str().and_then(|name| name.strip_prefix(FILE)).is_some_and(|it| it.starts_with(prefix));
        if ours {
            // Gone meanwhile is gone.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ones_own_are_swept() {
        let prefix = semaphore_prefix(Path::new(&format!("/tmp/gilmatrix-test{}", std::process::id())));
        let file = |name: String| Path::new(FOLDER).join(name);
        let (ours, other) = (file(format!("{FILE}{prefix}1-ab")), file(format!("{prefix}1-ab")));
        for path in [&ours, &other] {
            std::fs::write(path, "").unwrap();
        }
        sweep_semaphores("");
        sweep_semaphores(&format!("{prefix}2-"));
        assert!(ours.exists());
        sweep_semaphores(&prefix);
        assert!(!ours.exists() && other.exists());
        std::fs::remove_file(other).unwrap();
    }
}
