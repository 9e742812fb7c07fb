//! Whether anybody is left who could see what is printed.

use std::io::{IsTerminal, stderr};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{FileType, fstat};
use rustix::io::Errno;

/// Waits until nobody can see standard error any more: its terminal was closed, or whoever read its pipe has gone. Gives
/// false, sooner or later, where it leads elsewhere (a file, the system's log) or can't be watched. Blocks.
pub(crate) fn wait_for_closed_stderr() -> bool {
    let stream = stderr();
    let piped = fstat(&stream).is_ok_and(|it| FileType::from_raw_mode(it.st_mode) == FileType::Fifo);
    if !piped && !stream.is_terminal() {
        return false;
    }
    // Nothing is asked for: the end is told all the same.
    let mut watched = [PollFd::new(&stream, PollFlags::empty())];
    loop {
        match poll(&mut watched, None) {
            Ok(_) => return watched[0].revents().intersects(PollFlags::HUP | PollFlags::ERR),
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}
