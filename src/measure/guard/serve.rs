//! What the guard does: waits for the runner's end, then ends the rest.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use super::NAME;
use crate::platform::{
    Mark, descendants, ignore_signals_in_own_session, lives, pids, semaphore_prefix, sweep_semaphores,
};
use crate::process::{FOLDER_PREFIX, Patience, end_all};

/// Said on standard output once nothing but the runner's end can end the guard.
pub(crate) const READY: &str = "ready\n";
/// The guard may take its time: nobody waits for it.
const PATIENCE: Patience = Patience { all: Duration::from_secs(20), trackers: Duration::from_secs(5) };

/// Serves as the guard, where this program was started as one; to be asked before anything else is done.
pub(crate) fn serve_if_asked() -> Option<ExitCode> {
    let mut words = std::env::args_os();
    if words.next()? != OsStr::new(NAME) {
        return None;
    }
    let number = words.next().and_then(|word| word.to_str()?.parse().ok());
    let (Some(mark), folder) = (number.map(Mark), words.next()) else {
        return Some(ExitCode::FAILURE);
    };
    Some(match serve(mark, folder.map(PathBuf::from)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

fn serve(mark: Mark, folder: Option<PathBuf>) -> io::Result<()> {
    let runner = std::os::unix::process::parent_id();
    // The runner takes what a terminal sends, and its end is what counts.
    ignore_signals_in_own_session();
    // Holds no folder of the user's in use.
    std::env::set_current_dir("/")?;
    let mut stdout = io::stdout();
    stdout.write_all(READY.as_bytes())?;
    stdout.flush()?;

    // Nothing is ever sent: the end of file is the runner's end, which the kernel reports whatever
    // it was. Only the runner has the other side, since programs that it starts don't inherit it.
    let mut ignored = [0; 64];
    let mut stdin = io::stdin();
    loop {
        match stdin.read(&mut ignored) {
            Ok(0) => break,
            Err(error) if error.kind() != io::ErrorKind::Interrupted => break,
            _ => {}
        }
    }
    // Twice: the second time nobody is taken for unmarked only because he was so before.
    for _ in 0..2 {
        let mut unmarked = HashSet::from([std::process::id(), runner]);
        end_all(|found| each_marked(mark, &mut unmarked, found), PATIENCE);
    }
    if let Some(folder) = folder.filter(|folder| is_ours(folder)) {
        sweep_semaphores(&semaphore_prefix(&folder));
        // The runner, where it is alive, has done it already or will.
        let _ = std::fs::remove_dir_all(folder);
    }
    Ok(())
}

/// Finds every process that carries the mark, and all below them. `unmarked` are known not to; most of a machine's
/// processes aren't ours, and one that forks and ends as fast as it can is only met by a quick reader.
fn each_marked(mark: Mark, unmarked: &mut HashSet<u32>, found: &mut dyn FnMut(u32)) {
    for pid in pids() {
        if unmarked.contains(&pid) {
            continue;
        }
        if !mark.is_on(pid) {
            unmarked.insert(pid);
        } else if lives(pid) {
            descendants(pid).into_iter().filter(|&pid| lives(pid)).for_each(&mut *found);
        }
    }
}

fn is_ours(folder: &std::path::Path) -> bool {
    folder.is_absolute()
        && folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(FOLDER_PREFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_folder_of_ours_is_removed() {
        for ours in ["/tmp/gilmatrix-ab12", "/var/tmp/gilmatrix-x"] {
            assert!(is_ours(ours.as_ref()), "{ours}");
        }
        for other in ["/", "/tmp", "/tmp/other", "gilmatrix-ab12", "/tmp/gilmatrix-x/.."] {
            assert!(!is_ours(other.as_ref()), "{other}");
        }
    }

    #[test]
    fn nobody_carries_a_new_mark() {
        each_marked(Mark::new(), &mut HashSet::new(), &mut |pid| panic!("{pid} carries it"));
    }
}
