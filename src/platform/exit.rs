//! How a process ended and what it cost, by the kernel's own accounting.
//!
//! `wait4` and `waitid` give the time of a process *and of all children that it waited for*; a
//! forkserver's workers are nobody's waited-for children until the runner, as the subreaper,
//! inherits and waits for the forkserver itself. Summed over the root and every inherited orphan
//! the figures are exact.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use tokio::io::unix::AsyncFd;

use super::cpu_times::timeval_ns;

/// The CPU time and context switches of a process and of the children that it waited for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) user_ns: u64,
    pub(crate) system_ns: u64,
    pub(crate) voluntary_switches: u64,
    pub(crate) involuntary_switches: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.user_ns += other.user_ns;
        self.system_ns += other.system_ns;
        self.voluntary_switches += other.voluntary_switches;
        self.involuntary_switches += other.involuntary_switches;
    }
}

/// The end of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProcessExit {
    /// Its exit code or the signal that ended it.
    pub(crate) status: ExitStatus,
    /// When, on the monotonic clock.
    pub(crate) at_ns: u64,
    /// What it cost; `None` where the system doesn't tell: CPU time is then what samples saw, "at least".
    pub(crate) usage: Option<Usage>,
}

/// Asks once for what [`ExitWatch`] rests on, before anything is started that could then be neither watched nor ended.
///
/// # Errors
/// The kernel is too old for it, or a sandbox refuses.
pub(crate) fn exits_can_be_watched() -> io::Result<()> {
    use rustix::process::{PidfdFlags, getpid, pidfd_open};
    pidfd_open(getpid(), PidfdFlags::empty()).map(drop).map_err(|error| {
        let error = io::Error::from(error);
        let needed =
            "this needs Linux 5.3 or later, and of a container or sandbox a profile that allows `pidfd_open`";
        io::Error::new(error.kind(), format!("{error}; {needed}"))
    })
}

/// Waits for a child's end without reaping it, so that tokio's own `wait` still works. A system without pidfds has
/// other means (kqueue) or asks again and again.
#[derive(Debug)]
pub(crate) struct ExitWatch {
    pidfd: AsyncFd<OwnedFd>,
    pid: u32,
}

impl ExitWatch {
    /// Begins to watch a child.
    ///
    /// # Errors
    /// The process is no child of ours, or descriptors have run out.
    pub(crate) fn new(pid: u32) -> io::Result<Self> {
        use rustix::process::{Pid, PidfdFlags, pidfd_open};
        let raw = Pid::from_raw(pid as i32).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let pidfd = pidfd_open(raw, PidfdFlags::empty())?;
        // SAFETY: an OwnedFd is open for as long as it lives and always gives the same descriptor.
        let pidfd = unsafe { AsyncFd::register(pidfd) }?;
        Ok(Self { pidfd, pid })
    }

    /// Waits until the process has ended. Can be called again, and dropped half-way.
    ///
    /// # Errors
    /// The kernel refuses to wait for it.
    pub(crate) async fn ended(&self) -> io::Result<ProcessExit> {
        loop {
            let mut guard = self.pidfd.readable().await?;
            // WNOWAIT: leave it for tokio to reap.
            if let Some(exit) = waitid(self.pid, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT)? {
                return Ok(exit);
            }
            guard.clear_ready();
        }
    }
}

/// Reaps a child that has ended: gives how, or `None` where it hasn't ended yet.
///
/// # Errors
/// It is no child of ours, or was reaped already.
pub(crate) fn reap(pid: u32) -> io::Result<Option<ProcessExit>> {
    waitid(pid, libc::WEXITED | libc::WNOHANG)
}

/// Calls `waitid` with the rusage that the C library's wrapper hides.
fn waitid(pid: u32, flags: i32) -> io::Result<Option<ProcessExit>> {
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to live, zeroed structures of the kernel's layout.
    let result = unsafe {
        libc::syscall(libc::SYS_waitid, libc::P_PID, pid as libc::id_t, &raw mut info, flags, &raw mut usage)
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: after a successful waitid the union holds the child's fields; pid 0 means "none yet".
    let (child, status) = unsafe { (info.si_pid(), info.si_status()) };
    if child == 0 {
        return Ok(None);
    }
    let exited = info.si_code == libc::CLD_EXITED;
    Ok(Some(ProcessExit {
        status: ExitStatus::from_raw(if exited { (status & 0xff) << 8 } else { status & 0x7f }),
        at_ns: super::monotonic_ns(),
        usage: Some(Usage {
            user_ns: timeval_ns(usage.ru_utime),
            system_ns: timeval_ns(usage.ru_stime),
            voluntary_switches: u64::try_from(usage.ru_nvcsw).unwrap_or(0),
            involuntary_switches: u64::try_from(usage.ru_nivcsw).unwrap_or(0),
        }),
    }))
}
