//! Processes held to some CPUs.

use std::io;

use rustix::process::Pid;
use rustix::thread::{CpuSet as Mask, sched_getaffinity, sched_setaffinity};

use super::CpuSet;

/// Returns the CPUs that this process may run on; `None` where the system holds no process to any: then nothing can
/// be pinned either.
pub(crate) fn affinity() -> Option<CpuSet> {
    let mask = sched_getaffinity(None).ok()?;
    CpuSet::new((0..Mask::MAX_CPU as u32).filter(|cpu| mask.is_set(*cpu as usize)))
}

/// Starts something while this thread is held to `cpus`: every process and thread that comes of it inherits that,
/// from its first instruction on. A system that can't do that refuses.
///
/// # Errors
/// `start` fails, or the kernel refuses: a CPU is gone, or not this process's to use.
pub(crate) fn pinned<T>(cpus: &CpuSet, start: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
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

/// Holds a process that runs already, all its threads, to one CPU; what they start inherits it.
///
/// # Errors
/// The process is gone, or the kernel refuses.
pub(crate) fn hold(pid: u32, cpu: u32) -> io::Result<()> {
    let mut mask = Mask::new();
    mask.set(cpu as usize);
    for entry in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let thread = entry?.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
        if let Some(thread) = thread {
            sched_setaffinity(Some(thread), &mask)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_process_is_held() {
        let cpu = *affinity().unwrap().cpus().last().unwrap();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        hold(child.id(), cpu).unwrap();
        let mask = sched_getaffinity(Pid::from_raw(child.id() as i32)).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(mask.count() == 1 && mask.is_set(cpu as usize));
        assert!(hold(child.id(), cpu).is_err(), "it is gone");
    }

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
