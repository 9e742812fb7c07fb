//! Files that are either old or new, never half.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes beside the file, syncs, then renames: a reader sees the old file or the new one whole.
///
/// # Errors
/// Whatever the file system says; the old file is then untouched.
pub(crate) fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_atomic_with(path, |file| file.write_all(bytes))
}

/// Writes a file as [`write_atomic`] does, from what need not be in memory as a whole.
///
/// # Errors
/// What `write` or the file system says; the old file is then untouched.
pub(crate) fn write_atomic_with<T, E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<T, E>,
) -> Result<T, E> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new().prefix(".gilmatrix-").tempfile_in(folder)?;
    let mut buffered = BufWriter::new(file.as_file_mut());
    let written = write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    // tempfile makes files private; results are for sharing.
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(written)
}
