//! What tells the processes of one run from all others.
//!
//! The limit on file locks (`RLIMIT_LOCKS`) means nothing since Linux 2.6, is inherited by every
//! child whatever session, group or environment it gives itself, and anyone may read it: lowered to
//! a number of our own it is a mark that no daemon sheds by accident. The environment carries the
//! same number for systems that don't show limits (some sandboxes).

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

const VARIABLE: &str = "GILMATRIX_RUN";
/// Below this a limit could be somebody's real one.
const SMALLEST: u64 = 1 << 40;

/// A number that no other run has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(pub(crate) u64);

impl Mark {
    /// Draws a number.
    pub(crate) fn new() -> Self {
        // Up to 2^62: where it is shown as a signed number it stays positive.
        Self(rand::random_range(SMALLEST..1 << 62))
    }

    /// Marks this process and what it starts from now on, until what this returns is dropped. Where the hard limit is
    /// in the way, or limits of other processes can't be read, the [variable](Self::variable) has to do.
    pub(crate) fn put_on(self) -> Marked {
        let before = getrlimit(Resource::Locks);
        // The hard limit stays: only the soft one can be raised again.
        let _ = setrlimit(Resource::Locks, Rlimit { current: Some(self.0), maximum: before.maximum });
        Marked { before }
    }

    /// Returns the variable that marks whatever has it in its environment.
    pub(crate) fn variable(self) -> (String, String) {
        (VARIABLE.to_owned(), self.0.to_string())
    }

    /// Returns whether a process carries it.
    pub(crate) fn is_on(self, pid: u32) -> bool {
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap_or_default();
        if soft_limit(&limits) == Some(self.0) {
            return true;
        }
        let wanted = format!("{VARIABLE}={}", self.0);
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|variable| variable == wanted.as_bytes())
    }
}

/// This process carries a mark as long as this lives.
#[derive(Debug)]
pub(crate) struct Marked {
    /// The limit that the mark replaced.
    before: Rlimit,
}

impl Drop for Marked {
    fn drop(&mut self) {
        let _ = setrlimit(Resource::Locks, self.before);
    }
}

/// Reads the soft limit of the line `Max file locks            unlimited            unlimited            locks`.
fn soft_limit(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max file locks"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_read() {
        let line = "Max realtime timeout      unlimited            unlimited            us        \n\
                    Max file locks            1099511627777        unlimited            locks     \n";
        assert_eq!(soft_limit(line), Some(1_099_511_627_777));
        assert_eq!(
            soft_limit("Max file locks            unlimited            unlimited            locks"),
            None
        );
        assert_eq!(soft_limit(""), None);
    }

    #[test]
    fn nobody_has_a_new_mark() {
        let mark = Mark::new();
        assert_ne!(Mark::new(), mark);
        assert!(!mark.is_on(std::process::id()));
    }
}
