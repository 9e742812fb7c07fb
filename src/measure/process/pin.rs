//! Processes held to some CPUs.

use std::io;

use rustix::thread::{CpuSet as Mask, sched_getaffinity, sched_setaffinity};

use crate::matrix::CpuSet;

/// Starts something while this thread is held to `cpus`: every process and thread that comes of it inherits
/// that, from its first instruction on.
///
/// # Errors
/// `start`'s own, or the kernel's refusal: a CPU is gone, or not this process's to use.
pub fn pinned<T>(cpus: &CpuSet, start: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let before = sched_getaffinity(None)?;
    let mut mask = Mask::new();
    for &cpu in cpus.cpus() {
        mask.set(cpu as usize);
    }
    sched_setaffinity(None, &mask).map_err(|error| {
        io::Error::new(io::Error::from(error).kind(), format!("CPUs {cpus} can't be used: {error}"))
    })?;
    let started = start();
    // What was there before can't be refused, unless a CPU is gone: then any of those left will do.
    let _ = sched_setaffinity(None, &before);
    started
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::host::affinity;

    #[test]
    fn a_child_inherits_what_this_thread_gives_back() {
        let all = affinity().unwrap();
        let one = CpuSet::new(all.cpus().last().copied()).unwrap();
        let status = |child: &std::process::Child| {
            let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
            let list = text.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
            CpuSet::parse(list.trim()).unwrap()
        };
        let mut child = pinned(&one, || std::process::Command::new("sleep").arg("60").spawn()).unwrap();
        let seen = status(&child);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!((seen, affinity()), (one, Some(all)));
        let nowhere = CpuSet::parse("1023").unwrap();
        let refused = pinned(&nowhere, || Ok(())).unwrap_err();
        assert!(refused.to_string().contains("CPUs 1023"), "{refused}");
    }
}
