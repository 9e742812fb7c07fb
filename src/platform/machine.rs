//! The system underneath: its names, its rules, the container around it.

use std::fs;
use std::path::Path;

use super::read;

/// What the system calls itself and the machine.
pub(crate) struct SystemNames {
    /// `None`: it has no name.
    pub(crate) hostname: Option<String>,
    /// The kernel's release, as `6.12.9-amd64`.
    pub(crate) kernel: String,
    /// The machine's architecture, as `x86_64`.
    pub(crate) architecture: String,
}

/// Returns what the system calls itself and the machine.
pub(crate) fn system_names() -> SystemNames {
    let uname = rustix::system::uname();
    let text = |value: &std::ffi::CStr| value.to_string_lossy().into_owned();
    SystemNames {
        hostname: Some(text(uname.nodename())).filter(|name| !name.is_empty()),
        kernel: text(uname.release()),
        architecture: text(uname.machine()),
    }
}

/// Returns the distribution's name and version; elsewhere the name of the system alone.
pub(crate) fn os_name() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let pretty = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    pretty.map_or_else(|| std::env::consts::OS.to_owned(), |name| name.trim_matches('"').to_owned())
}

/// Returns the name of the first CPU's model; `None` where the system doesn't tell.
pub(crate) fn cpu_model() -> Option<String> {
    let cpus = read("/proc/cpuinfo")?;
    cpu_field(&cpus, "model name").or_else(|| cpu_field(&cpus, "Hardware"))
}

/// Returns whether a hypervisor runs this system; `None` where the CPUs don't tell.
pub(crate) fn virtualised() -> Option<bool> {
    let cpus = read("/proc/cpuinfo")?;
    Some(cpu_field(&cpus, "flags").is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor")))
}

/// Returns the first CPU's line of this name in `/proc/cpuinfo`.
fn cpu_field(cpus: &str, name: &str) -> Option<String> {
    cpus.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}

/// Returns the load average over the last minute; `None` where the system keeps none.
pub(crate) fn load_1m() -> Option<f64> {
    read("/proc/loadavg")?.split(' ').next()?.parse().ok()
}

/// Returns how far addresses are randomised: 0 not, 1 without the heap, 2 with it; `None` where the system doesn't
/// tell.
pub(crate) fn aslr() -> Option<u8> {
    read("/proc/sys/kernel/randomize_va_space")?.parse().ok()
}

/// Returns Yama's rule on who may look into whose memory, 0 to 3; `None` where there is no such rule.
pub(crate) fn ptrace_scope() -> Option<u8> {
    read("/proc/sys/kernel/yama/ptrace_scope")?.parse().ok()
}

/// Returns what starts this very program again, even where its file has been replaced since it was started. A system
/// without such a link has to take the file's path.
pub(crate) fn own_program() -> &'static Path {
    Path::new("/proc/self/exe")
}

/// Returns the kind of container that this process is in: `docker`, `podman`, `lxc`, ...; `None` where it is in
/// none, as far as it shows.
pub(crate) fn container() -> Option<String> {
    container_of(
        |path| Path::new(path).exists(),
        &fs::read_to_string("/run/systemd/container").unwrap_or_default(),
        &fs::read_to_string("/proc/1/environ").unwrap_or_default(),
        &fs::read_to_string("/proc/self/cgroup").unwrap_or_default(),
    )
}

/// Tells the container by its traces. systemd and most engines say what they are (`/run/systemd/container`, `container=` of the first process);
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

/// Returns the C library that runs this program, as `glibc 2.41`, or `None` for one that doesn't say; the
/// interpreters' own is among their facts.
pub(crate) fn libc() -> Option<String> {
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
