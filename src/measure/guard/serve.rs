//! What the guard does: waits for the runner's end, then ends the rest.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use super::NAME;
use super::mark::Mark;
use crate::measure::process::{Patience, descendants, end_all, lives, semaphores};

/// Said on standard output once nothing but the runner's end can end the guard.
pub const READY: &str = "ready\n";
/// Nobody waits for the guard.
const PATIENCE: Patience = Patience { all: Duration::from_secs(20), trackers: Duration::from_secs(5) };
/// What our own folders below the temporary one begin with; nothing else is ever removed.
pub const FOLDER_PREFIX: &str = "gilmatrix-";

/// Is the guard, where this program was started as one; to be asked before anything else is done.
pub fn serve_if_asked() -> Option<ExitCode> {
    let mut words = std::env::args_os();
    if words.next()? != OsStr::new(NAME) {
        return None;
    }
    let (Some(mark), folder) = (words.next().and_then(|word| word.to_str()?.parse().ok()), words.next())
    else {
        return Some(ExitCode::FAILURE);
    };
    Some(match serve(mark, folder.map(PathBuf::from)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

fn serve(mark: Mark, folder: Option<PathBuf>) -> io::Result<()> {
    let runner = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get() as u32);
    leave_the_terminal();
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
    // Twice: the second time nobody is taken for a stranger only because he was one before.
    for _ in 0..2 {
        let mut strangers: HashSet<u32> = [Some(std::process::id()), runner].into_iter().flatten().collect();
        end_all(|found| each_marked(mark, &mut strangers, found), PATIENCE);
    }
    if let Some(folder) = folder.filter(|folder| is_ours(folder)) {
        semaphores::sweep(&semaphores::of_run(&folder));
        // The runner, where it is alive, has done it already or will.
        let _ = std::fs::remove_dir_all(folder);
    }
    Ok(())
}

/// Finds every process that carries the mark, and all below them. `strangers` don't; most of a machine's
/// processes aren't ours, and one that forks and ends as fast as it can is only met by a quick reader.
fn each_marked(mark: Mark, strangers: &mut HashSet<u32>, found: &mut dyn FnMut(u32)) {
    let Ok(entries) = std::fs::read_dir("/proc") else { return };
    for pid in entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        if strangers.contains(&pid) {
            continue;
        }
        if !mark.is_on(pid) {
            strangers.insert(pid);
        } else if lives(pid) {
            descendants(pid).into_iter().filter(|&pid| lives(pid)).for_each(&mut *found);
        }
    }
}

fn is_ours(folder: &std::path::Path) -> bool {
    folder.is_absolute()
        && folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(FOLDER_PREFIX))
}

/// A session of its own, and deaf to what a terminal or a service manager sends to everybody: the
/// runner takes those, and its end is what counts.
fn leave_the_terminal() {
    let _ = rustix::process::setsid();
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT, libc::SIGPIPE] {
        // SAFETY: ignoring a signal runs no code of ours.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
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
