//! Who becomes the parent of a process whose own parent has ended.

use std::io;

/// Makes this process the parent of every orphan below it, so that none escapes and each can be accounted for.
///
/// Without a subreaper the system's first process adopts them: they are then found by their [mark](super::Mark)
/// alone, and what they cost isn't known, so that a tree's CPU time is "at least" what was counted.
///
/// # Errors
/// The kernel refuses.
pub(crate) fn adopt_orphans() -> io::Result<()> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    Ok(())
}
