//! What the control groups of this process allow it.

use std::path::{Path, PathBuf};

use super::{memory, read};

/// Where the two kinds of hierarchy are mounted, by all distributions' custom.
const MOUNT: &str = "/sys/fs/cgroup";

/// Returns the CPUs that the tightest quota over this process allows; `None` where nothing limits them.
pub(crate) fn cpu_quota() -> Option<f64> {
    let new = folders("").into_iter().filter_map(|folder| cpu_max(&read(folder.join("cpu.max"))?));
    let old = folders("cpu").into_iter().filter_map(|folder| {
        let quota = read(folder.join("cpu.cfs_quota_us"))?;
        cpu_max(&format!("{quota} {}", read(folder.join("cpu.cfs_period_us"))?))
    });
    new.chain(old).reduce(f64::min)
}

/// Returns the tightest limit of memory over this process, in bytes, where it is below what the machine has; `None`
/// where nothing limits it.
pub(crate) fn memory_limit() -> Option<u64> {
    let new = folders("").into_iter().map(|folder| folder.join("memory.max"));
    let old = folders("memory").into_iter().map(|folder| folder.join("memory.limit_in_bytes"));
    // `max`, or a number beyond all memory: no limit.
    let limits = new.chain(old).filter_map(|file| read(file)?.parse().ok());
    limits.min().filter(|limit| memory().is_none_or(|memory| *limit < memory.total))
}

/// Returns what this process and those beside it may still take before the tightest of their limits is reached, in bytes,
/// files that the kernel can drop from memory included; `None` where nothing limits them.
pub(crate) fn memory_left() -> Option<u64> {
    let left = |folder: &Path, [limit, used, droppable]: [&str; 3]| {
        let number = |file: &str| read(folder.join(file))?.trim().parse::<u64>().ok();
        let stat = read(folder.join("memory.stat")).unwrap_or_default();
        Some(left_of(number(limit)?, number(used)?, &stat, droppable))
    };
    let new = ["memory.max", "memory.current", "inactive_file "];
    let old = ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "];
    let new = folders("").into_iter().filter_map(|folder| left(&folder, new));
    let old = folders("memory").into_iter().filter_map(|folder| left(&folder, old));
    new.chain(old).min()
}

fn left_of(limit: u64, used: u64, stat: &str, droppable: &str) -> u64 {
    let files = stat.lines().find_map(|line| line.strip_prefix(droppable)?.trim().parse().ok());
    limit.saturating_sub(used.saturating_sub(files.unwrap_or(0)))
}

/// Lists this process's group in the hierarchy of `controller` (empty: the unified one) and those above it.
fn folders(controller: &str) -> Vec<PathBuf> {
    let groups = read("/proc/self/cgroup").unwrap_or_default();
    let Some(path) = path_of(&groups, controller) else { return Vec::new() };
    let mount = PathBuf::from(MOUNT).join(controller);
    let own = mount.join(path.trim_start_matches('/'));
    // Inside a container the path may be one outside of it: what is mounted is then the group itself.
    let all = own.ancestors().take_while(|folder| folder.starts_with(&mount));
    all.filter(|folder| folder.is_dir()).map(PathBuf::from).collect()
}

/// Finds the path in lines such as `4:memory:/a/b` or, of the unified hierarchy, `0::/a/b`.
fn path_of<'a>(groups: &'a str, controller: &str) -> Option<&'a str> {
    groups.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        controllers.split(',').any(|one| one == controller).then_some(path)
    })
}

/// Reads `max 100000` or `150000 100000` (quota and period, microseconds) as CPUs; `None` where it sets no limit.
fn cpu_max(line: &str) -> Option<f64> {
    let (quota, period) = line.trim().split_once(' ')?;
    let (quota, period): (f64, f64) = (quota.parse().ok()?, period.parse().ok()?);
    (period > 0.0 && quota > 0.0).then_some(quota / period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_read() {
        assert_eq!(cpu_max("max 100000"), None);
        assert_eq!(cpu_max("-1 100000"), None);
        assert_eq!(cpu_max("150000 100000"), Some(1.5));
        assert_eq!(cpu_max("0 100000"), None);
        assert_eq!(cpu_max(""), None);
    }

    #[test]
    fn what_is_left_of_a_limit_counts_files_that_can_be_dropped() {
        let stat = "anon 5\ninactive_file 300\ntotal_inactive_file 40\n";
        assert_eq!(left_of(1000, 700, stat, "inactive_file "), 600);
        assert_eq!(left_of(1000, 700, stat, "total_inactive_file "), 340);
        assert_eq!(left_of(1000, 1200, "", "inactive_file "), 0);
    }

    #[test]
    fn a_groups_path_is_found_in_its_hierarchy() {
        let groups = "4:memory:/a/b\n3:cpu,cpuacct:/c\n0::/d:e\n";
        assert_eq!(path_of(groups, "memory"), Some("/a/b"));
        assert_eq!(path_of(groups, "cpu"), Some("/c"));
        assert_eq!(path_of(groups, ""), Some("/d:e"));
        assert_eq!(path_of(groups, "pids"), None);
    }
}
