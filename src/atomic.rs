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

/// Writes a file as [`write_atomic`] does, and makes its folder where there is none.
///
/// # Errors
/// Whatever the file system says; the old file is then untouched.
pub(crate) fn write_with_folder(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder_of(path))?;
    write_atomic(path, bytes)
}

/// Returns the folder that a file lies in, as a path that can be opened.
pub(crate) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file as [`write_atomic`] does, from what need not be in memory as a whole.
///
/// # Errors
/// What `write` or the file system says; the old file is then untouched.
pub(crate) fn write_atomic_with<T, E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<T, E>,
) -> Result<T, E> {
    let mut file = tempfile::Builder::new().prefix(".gilmatrix-").tempfile_in(folder_of(path))?;
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
