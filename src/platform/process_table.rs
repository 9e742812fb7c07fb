//! The processes of this machine: who descends from whom, which are alive, what they are and what they used.

use std::collections::HashMap;
use std::fs;

use indexmap::IndexSet;

/// Lists every process of the machine; nothing where the system doesn't show them.
pub(crate) fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Lists the direct children of a process; nothing for one that is gone. A system that doesn't keep such lists has to
/// look through all processes for their parents.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    // Each thread has a list of its own; a process without extra threads has one.
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| child_list(&list).collect::<Vec<u32>>()).collect()
}

/// Reads the pids of a file `children`.
pub(super) fn child_list(list: &str) -> impl Iterator<Item = u32> {
    list.split_ascii_whitespace().filter_map(|pid| pid.parse().ok())
}

/// Lists a process and all that descends from it, parents before their children.
pub(crate) fn descendants(root: u32) -> Vec<u32> {
    let mut tree = IndexSet::from([root]);
    let mut next = 0;
    while let Some(&pid) = tree.get_index(next) {
        tree.extend(children(pid));
        next += 1;
    }
    tree.into_iter().collect()
}

/// Returns whether a process is there, and not just a zombie that waits to be reaped.
pub(crate) fn lives(pid: u32) -> bool {
    // The state stands behind the name.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = after_name(&stat).and_then(|(_, rest)| rest.trim_start().chars().next());
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}

/// Returns the command line of a process, its arguments apart by spaces; empty for one that is gone or another
/// user's.
pub(crate) fn command_line(pid: u32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

/// A process and what it has used so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProcessTimes {
    /// Its short name.
    pub(crate) name: String,
    /// Its priority: above 0 it gives way to others.
    pub(crate) nice: i64,
    /// CPU time since its start, in nanoseconds, as exact as the kernel's ticks of 10 ms.
    pub(crate) cpu_ns: u64,
}

/// Reads what every process of the machine but this one has used so far, by pid.
pub(crate) fn process_times() -> HashMap<u32, ProcessTimes> {
    let others = pids().filter(|pid| *pid != std::process::id());
    others
        .filter_map(|pid| Some((pid, parse_times(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?)))
        .collect()
}

/// Reads fields 2 (name), 14 and 15 (ticks), and 19 (nice) of `stat`.
fn parse_times(stat: &str) -> Option<ProcessTimes> {
    let (name, rest) = after_name(stat)?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(ProcessTimes {
        name: name.to_owned(),
        nice: fields.get(16)?.parse().ok()?,
        cpu_ns: (ticks(11)? + ticks(12)?) * tick_ns(),
    })
}

/// Splits `stat` into the name, which may hold anything, parentheses too, and the fields from the third on.
pub(super) fn after_name(stat: &str) -> Option<(&str, &str)> {
    let (head, rest) = stat.rsplit_once(')')?;
    Some((head.split_once('(')?.1, rest))
}

/// Returns how long a tick of the kernel's accounting is, in nanoseconds.
pub(super) fn tick_ns() -> u64 {
    1_000_000_000 / rustix::param::clock_ticks_per_second().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_anything() {
        let ticks = 2_000_000_000 / tick_ns();
        let stat = format!("7 (a (b) c) S 1 1 1 0 0 0 0 0 0 0 {ticks} 0 0 0 20 19 1 0 9");
        let expected = ProcessTimes { name: "a (b) c".to_owned(), nice: 19, cpu_ns: 2_000_000_000 };
        assert_eq!(parse_times(&stat), Some(expected));
        assert_eq!(parse_times("7 (a"), None);
    }

    #[test]
    fn this_process_is_among_its_parents_children() {
        let me = std::process::id();
        assert!(lives(me) && pids().any(|pid| pid == me));
        assert!(children(std::os::unix::process::parent_id()).contains(&me));
        assert!(!process_times().contains_key(&me));
        assert!(!lives(u32::MAX - 1) && children(u32::MAX - 1).is_empty());
    }
}
