//! What the machine stands in: heat, power, a container; and what the system underneath is like.

use std::fs;
use std::path::Path;

use super::read;

/// How far addresses are randomised: 0 not, 1 without the heap, 2 with it.
pub fn aslr() -> Option<u8> {
    read("/proc/sys/kernel/randomize_va_space")?.parse().ok()
}

pub fn clock_source() -> Option<String> {
    read("/sys/devices/system/clocksource/clocksource0/current_clocksource")
}

/// Times that any CPU was throttled for heat since boot.
pub fn throttle_count() -> Option<u64> {
    let cpus = fs::read_dir("/sys/devices/system/cpu").ok()?.flatten();
    let counts =
        cpus.filter_map(|cpu| read(cpu.path().join("thermal_throttle/core_throttle_count"))?.parse().ok());
    counts.reduce(|sum: u64, count| sum.saturating_add(count))
}

/// Of the hottest zone.
pub fn temperature() -> Option<f64> {
    let zones = fs::read_dir("/sys/class/thermal").ok()?.flatten();
    let thousandths = zones.filter_map(|zone| read(zone.path().join("temp"))?.parse::<f64>().ok());
    // Zones that are switched off say nonsense.
    thousandths.map(|found| found / 1000.0).filter(|degrees| (1.0..150.0).contains(degrees)).reduce(f64::max)
}

/// `None`: no mains are listed, as on most servers.
pub fn on_battery() -> Option<bool> {
    battery_of(Path::new("/sys/class/power_supply"))
}

fn battery_of(supplies: &Path) -> Option<bool> {
    let supplies = fs::read_dir(supplies).ok()?.flatten();
    let mains = supplies.filter_map(|supply| {
        let online = || read(supply.path().join("online"));
        (read(supply.path().join("type"))? == "Mains").then(online).flatten().map(|online| online == "1")
    });
    mains.reduce(|any, one| any || one).map(|plugged| !plugged)
}

/// Kind of the container that this process is in: `docker`, `podman`, `lxc`, ...; `None`: none, as far as
/// it shows.
pub fn container() -> Option<String> {
    container_of(
        |path| Path::new(path).exists(),
        &fs::read_to_string("/run/systemd/container").unwrap_or_default(),
        &fs::read_to_string("/proc/1/environ").unwrap_or_default(),
        &fs::read_to_string("/proc/self/cgroup").unwrap_or_default(),
    )
}

/// systemd and most engines say what they are (`/run/systemd/container`, `container=` of the first process);
/// docker leaves a file, Kubernetes and older engines only the names of their groups.
fn container_of(exists: impl Fn(&str) -> bool, systemd: &str, first: &str, groups: &str) -> Option<String> {
    let said = || first.split('\0').find_map(|variable| variable.strip_prefix("container="));
    let systemd = Some(systemd.trim()).filter(|name| !name.is_empty());
    if let Some(name) = systemd.or_else(said).filter(|name| !name.is_empty()) {
        return Some(name.to_owned());
    }
    let group = |word: &str| groups.lines().any(|line| line.contains(word));
    let signs = [
        (exists("/.dockerenv"), "docker"),
        (exists("/run/.containerenv"), "podman"),
        (group("/kubepods"), "kubernetes"),
        (group("/docker"), "docker"),
        (group("/lxc"), "lxc"),
    ];
    signs.into_iter().find(|(there, _)| *there).map(|(_, name)| name.to_owned())
}

/// The C library that runs this program, as `glibc 2.41`; the interpreters' own is among their facts.
pub fn libc() -> Option<String> {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: it gives a string that lives as long as the program.
        let version = unsafe { std::ffi::CStr::from_ptr(::libc::gnu_get_libc_version()) };
        Some(format!("glibc {}", version.to_string_lossy()))
    }
    #[cfg(not(target_env = "gnu"))]
    {
        cfg!(target_env = "musl").then(|| "musl".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mains_tell_whether_a_battery_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(battery_of(folder.path()), None);
        let mains = folder.path().join("AC");
        fs::create_dir(&mains).unwrap();
        fs::write(mains.join("type"), "Mains\n").unwrap();
        fs::write(mains.join("online"), "0\n").unwrap();
        assert_eq!(battery_of(folder.path()), Some(true));
    }

    #[test]
    fn containers_are_told_by_what_they_leave() {
        let none = |_: &str| false;
        let of = |exists: &dyn Fn(&str) -> bool, systemd, first, groups| {
            container_of(exists, systemd, first, groups)
        };
        assert_eq!(of(&none, "", "PATH=/bin\0", "0::/init.scope\n"), None);
        assert_eq!(of(&none, "podman\n", "", "").as_deref(), Some("podman"));
        assert_eq!(of(&none, "", "A=b\0container=lxc\0", "").as_deref(), Some("lxc"));
        assert_eq!(of(&|path| path == "/.dockerenv", "", "", "").as_deref(), Some("docker"));
        assert_eq!(of(&none, "", "", "0::/kubepods/x\n").as_deref(), Some("kubernetes"));
    }

    #[test]
    fn the_c_library_is_named() {
        if cfg!(target_env = "gnu") {
            assert!(libc().is_some_and(|name| name.starts_with("glibc 2.")), "{:?}", libc());
        }
    }
}
