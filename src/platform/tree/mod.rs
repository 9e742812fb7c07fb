//! The seam between the sampler and the system.

use super::Reading;
/// Reads a whole tree at once.
pub trait TreeReader: Send {
    /// CPU and memory of every process of the tree; empty when it is gone.
    fn read(&mut self, root: u32) -> Vec<Reading>;

    /// Proportional set size of each of these processes, shared pages counted once over all of them; `None`
    /// where the system doesn't give it for every one.
    fn pss(&mut self, pids: &[u32]) -> Option<Vec<(u32, u64)>> {
        let mut all = Vec::with_capacity(pids.len());
        for &pid in pids {
            let Ok(rollup) = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else {
                // Gone since it was listed: it holds nothing any more. Anything else: not given.
                if std::path::Path::new(&format!("/proc/{pid}")).exists() {
                    return None;
                }
                continue;
            };
            // A process that is ending has an empty file.
            all.push((pid, pss_of(&rollup).unwrap_or(0)));
        }
        all.iter().any(|(_, bytes)| *bytes > 0).then_some(all)
    }

    /// For the record.
    fn name(&self) -> &'static str;
}

/// The command line of a process, its arguments apart by spaces; empty for one that is gone.
pub fn command_line(pid: u32) -> String {
    let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

/// The `Pss:` line of `smaps_rollup`, in bytes.
fn pss_of(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::super::{LinuxReader, SysinfoReader};
    use super::*;
    use crate::measure::process::descendants;

    #[test]
    fn pss_is_read_from_the_rollup() {
        let text =
            "55d0-7ffd ---p 00000000 00:00 0 [rollup]\nRss:   9000 kB\nPss:   1234 kB\nPss_Dirty: 5 kB\n";
        assert_eq!(pss_of(text), Some(1234 * 1024));
        assert_eq!(pss_of(""), None);
    }

    fn readers() -> [Box<dyn TreeReader>; 2] {
        [Box::new(LinuxReader::default()), Box::new(SysinfoReader::new().unwrap())]
    }

    #[test]
    fn both_backends_agree_on_a_tree() {
        // A shell and its child, both at rest.
        let mut shell = std::process::Command::new("sh")
            .args(["-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 60 & wait"])
            .spawn()
            .unwrap();
        let root = shell.id();
        let at_rest = || descendants(root).len() == 2;
        for _ in 0..500 {
            if at_rest() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let read: Vec<Vec<Reading>> = readers().iter_mut().map(|reader| reader.read(root)).collect();
        let tree = descendants(root);
        shell.kill().unwrap();
        shell.wait().unwrap();
        for pid in tree.iter().filter(|pid| **pid != root) {
            let pid = rustix::process::Pid::from_raw(*pid as i32).unwrap();
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        assert_eq!(read[0].len(), 2, "{read:?}");
        for (lean, sysinfo) in read[0].iter().zip(&read[1]) {
            assert_eq!(lean.pid, sysinfo.pid);
            assert_eq!((lean.rss_bytes, lean.parent), (sysinfo.rss_bytes, sysinfo.parent));
            // sysinfo counts in the kernel's ticks.
            assert!(lean.cpu_ns.abs_diff(sysinfo.cpu_ns) <= 25_000_000, "{lean:?} {sysinfo:?}");
        }
        assert!(read[0][0].cpu_ns > 0);
        assert_eq!((read[0][0].parent, read[0][1].parent), (None, Some(root)));
        assert_eq!(read[0].iter().map(|one| one.threads).collect::<Vec<_>>(), [Some(1), Some(1)]);
    }

    #[test]
    fn pss_of_this_process_is_given() {
        let me = std::process::id();
        for mut reader in readers() {
            let pss = reader.pss(&[me]).unwrap_or_default();
            assert!(matches!(pss.as_slice(), [(pid, bytes)] if *pid == me && *bytes > 100_000), "{pss:?}");
        }
    }

    #[test]
    fn a_process_that_is_gone_reads_as_nothing() {
        for mut reader in readers() {
            assert!(reader.read(u32::MAX - 1).is_empty());
        }
    }
}
