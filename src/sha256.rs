//! SHA-256, hexadecimal in lower case.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Returns the hash of a file.
///
/// # Errors
/// The file can't be read.
pub(crate) fn of_file(path: &Path) -> io::Result<String> {
    // A device or a pipe may have no end.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(hasher)),
            read => hasher.update(&buffer[..read]),
        }
    }
}

pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    hexadecimal(Sha256::new_with_prefix(bytes))
}

/// Takes names and contents of files one after the other, and their lengths too, so that moving bytes from one to the
/// next changes the hash.
#[derive(Default)]
pub(crate) struct FilesHash(Sha256);

impl FilesHash {
    pub(crate) fn add(&mut self, name: &str, contents: &[u8]) {
        for part in [name.as_bytes(), contents] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    pub(crate) fn finish(self) -> String {
        hexadecimal(self.0)
    }
}

fn hexadecimal(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hash_covers_names_contents_and_boundaries() {
        let of = |files: &[(&str, &str)]| {
            let mut hash = FilesHash::default();
            files.iter().for_each(|(name, text)| hash.add(name, text.as_bytes()));
            hash.finish()
        };
        let one = of(&[("a.py", "xy"), ("b.py", "z")]);
        assert_eq!(one.len(), 64);
        assert_ne!(one, of(&[("a.py", "x"), ("b.py", "yz")]));
        assert_ne!(one, of(&[("a.py", "xy"), ("c.py", "z")]));
        assert!(of_file(Path::new("/dev/zero")).is_err(), "it has no end");
    }
}
