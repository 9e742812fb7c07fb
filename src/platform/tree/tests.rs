use std::process::Command;
use std::time::Duration;

use super::*;
use crate::platform::process_table::after_name;
use crate::platform::{Signal, command_line, descendants, lives, send};

fn readers() -> [Box<dyn TreeReader>; 2] {
    [Box::new(LinuxReader::default()), Box::new(PortableReader::new().unwrap())]
}

#[test]
fn both_backends_agree_on_a_tree() {
    // A shell and its child, both at rest.
    let mut shell = Command::new("sh")
        .args(["-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 60 & wait"])
        .spawn()
        .unwrap();
    let root = shell.id();
    // The child begins as a second shell: only once it has become `sleep`, and sleeps, its memory stays as it is.
    let asleep = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        after_name(&stat).is_some_and(|(_, state)| state.trim_start().starts_with('S'))
    };
    let at_rest = || match descendants(root)[..] {
        [shell, child] => command_line(child).starts_with("sleep") && asleep(child) && asleep(shell),
        _ => false,
    };
    for _ in 0..1000 {
        if at_rest() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(at_rest());
    let read: Vec<Vec<ProcessReading>> = readers().iter_mut().map(|reader| reader.read(root)).collect();
    let tree = descendants(root);
    shell.kill().unwrap();
    shell.wait().unwrap();
    tree.iter().filter(|pid| **pid != root).for_each(|pid| send(*pid, Signal::KILL, lives));
    assert_eq!(read[0].len(), 2, "{read:?}");
    assert_eq!(read[1].len(), 2, "{read:?}");
    for (linux, portable) in read[0].iter().zip(&read[1]) {
        assert_eq!(linux.pid, portable.pid);
        assert_eq!((linux.rss_bytes, linux.parent), (portable.rss_bytes, portable.parent));
        // sysinfo counts in the kernel's ticks.
        assert!(linux.cpu_ns.abs_diff(portable.cpu_ns) <= 25_000_000, "{linux:?} {portable:?}");
    }
    assert!(read[0][0].cpu_ns > 0);
    assert_eq!((read[0][0].parent, read[0][1].parent), (None, Some(root)));
    assert_eq!(read[0].iter().map(|one| one.threads).collect::<Vec<_>>(), [Some(1), Some(1)]);
}

#[test]
fn pss_of_this_process_is_given_or_said_to_be_unknown() {
    let me = std::process::id();
    let [mut linux, mut portable] = readers();
    let pss = linux.pss(&[me]).unwrap_or_default();
    assert!(matches!(pss.as_slice(), [(pid, bytes)] if *pid == me && *bytes > 100_000), "{pss:?}");
    assert_eq!(portable.pss(&[me]), None);
}

#[test]
fn a_process_that_is_gone_reads_as_nothing() {
    for mut reader in readers() {
        assert!(reader.read(u32::MAX - 1).is_empty());
    }
}

/// A worker outlives the process that started it: it belongs to the tree nevertheless.
#[test]
fn orphans_stay_in_the_tree() {
    for mut reader in readers() {
        // Whoever reads its input ends with the pipe.
        let mut shell = Command::new("sh")
            .args([
                "-c",
                "exec 3<&0; sh -c 'exec 4<&3; cat <&4 >/dev/null & wait' & wait; cat <&3 >/dev/null",
            ])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let root = shell.id();
        let mut readings = Vec::new();
        for _ in 0..1000 {
            readings = reader.read(root);
            if readings.len() == 3 {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let pids: Vec<u32> = readings.iter().map(|reading| reading.pid).collect();
        assert_eq!(pids.len(), 3, "{}: {readings:?}", reader.name());
        send(pids[1], Signal::KILL, lives);
        for _ in 0..1000 {
            if !lives(pids[1]) {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let left = reader.read(root);
        drop(shell.stdin.take());
        shell.wait().unwrap();
        let orphan = left.iter().find(|reading| reading.pid == pids[2]);
        assert_eq!(orphan.map(|reading| reading.parent), Some(Some(pids[1])), "{}: {left:?}", reader.name());
    }
}
