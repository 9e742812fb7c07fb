//! Temporary folders that nobody has to tidy up after, however their program ended.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::platform::{semaphore_prefix, sweep_semaphores};

/// What their names begin with; nothing else is ever removed.
pub(crate) const FOLDER_PREFIX: &str = "gilmatrix-";
/// Locked for as long as the folder is in use.
const HELD: &str = ".held";

/// A temporary folder, gone with this. Where the program was killed, and its guard with it, the next one removes it.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: tempfile::TempDir,
    _held: File,
}

impl Scratch {
    /// Makes a folder whose name begins with [`FOLDER_PREFIX`] and `kind`.
    ///
    /// # Errors
    /// The disk is full, or the like.
    pub(crate) fn new(kind: &str) -> io::Result<Self> {
        sweep(&std::env::temp_dir());
        let folder = tempfile::Builder::new().prefix(&format!("{FOLDER_PREFIX}{kind}")).tempdir()?;
        // Under its name only once it is locked.
        let unheld = folder.path().join(".unheld");
        let held = File::create(&unheld)?;
        // Where there are no locks nobody else has one, and the folder is its owner's alone to remove.
        if held.try_lock().is_ok() {
            fs::rename(&unheld, folder.path().join(HELD))?;
        }
        Ok(Self { folder, _held: held })
    }

    /// Returns the folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders that a killed program left in `place`, and the semaphores that are named after them.
fn sweep(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(FOLDER_PREFIX);
        let folder = entry.path();
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        // Another user's can't be opened, and what is held can't be locked.
        let Ok(held) = File::open(folder.join(HELD)) else { continue };
        if held.try_lock().is_ok() {
            sweep_semaphores(&semaphore_prefix(&folder));
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_is_removed_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let folder = |name: &str, held: bool| {
            let folder = place.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("spec.json"), "{}").unwrap();
            held.then(|| File::create(folder.join(HELD)).unwrap())
        };
        // Its program was killed; it lives; it isn't ready yet; it isn't ours.
        drop(folder("gilmatrix-dead", true));
        let alive = folder("gilmatrix-alive", true).unwrap();
        alive.try_lock().unwrap();
        folder("gilmatrix-young", false);
        folder("other", true);
        sweep(place.path());
        let mut names: Vec<_> =
            fs::read_dir(place.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["gilmatrix-alive", "gilmatrix-young", "other"]);
    }

    #[test]
    fn a_folder_in_use_is_held() {
        let scratch = Scratch::new("test-").unwrap();
        sweep(&std::env::temp_dir());
        assert!(scratch.path().join(HELD).exists());
        let path = scratch.path().to_owned();
        drop(scratch);
        assert!(!path.exists());
    }
}
