//! Signals to other processes, and which of them this process takes.

use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, kill_process, kill_process_group, pidfd_open, pidfd_send_signal, setsid,
};

pub(crate) use rustix::process::Signal;

/// The number of the signal that no process can refuse.
pub(crate) const SIGKILL: i32 = libc::SIGKILL;

/// Signals a process that is `still` what it was found to be.
///
/// The pidfd is opened before `still` is asked, so that the signal never meets another process that has the pid by
/// now; a system without pidfds leaves a moment in which it may.
pub(crate) fn send(pid: u32, signal: Signal, still: fn(u32) -> bool) {
    let Some(raw) = Pid::from_raw(pid.cast_signed()) else { return };
    // Gone meanwhile, or another user's: nothing to be done.
    match pidfd_open(raw, PidfdFlags::empty()) {
        Ok(pidfd) if still(pid) => drop(pidfd_send_signal(&pidfd, signal)),
        Err(error) if error != Errno::SRCH && still(pid) => drop(kill_process(raw, signal)),
        _ => {}
    }
}

/// Sends a signal to a whole process group, and wakes what was stopped, which takes it only when it goes on. A
/// group that is gone is fine.
pub(crate) fn signal_group(leader: u32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(leader.cast_signed()) {
        let _ = kill_process_group(pid, signal);
        let _ = kill_process_group(pid, Signal::CONT);
    }
}

/// Gives this process a session of its own and makes it deaf to what a terminal or a service manager sends to
/// everybody.
pub(crate) fn ignore_signals_in_own_session() {
    let _ = setsid();
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT, libc::SIGPIPE] {
        // SAFETY: ignoring a signal runs no code of ours.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
}

/// A file that may grow no further refuses a write, as a full disk does, and ends nothing.
pub(crate) fn ignore_file_size() {
    // SAFETY: ignoring a signal runs no code of ours.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
}

/// Whether this process was started with the signal ignored, as `nohup` does for the one of a closed terminal. It is
/// then to stay so.
pub(crate) fn is_ignored(signal: i32) -> bool {
    // SAFETY: a `sigaction` of zeros is valid, and with no new action the call only fills it in.
    unsafe {
        let mut current: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut current) == 0
            && current.sa_sigaction == libc::SIG_IGN
    }
}

/// From now on Ctrl-C ends this process at once, whatever handler was there before.
pub(crate) fn interrupt_kills() {
    // SAFETY: the default action runs no code of ours.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
}

/// Returns a signal's name, as `SIGSEGV`, or `signal 40` for one without a name that people know.
pub(crate) fn signal_name(signal: i32) -> String {
    let names = [
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGINT, "SIGINT"),
        (libc::SIGHUP, "SIGHUP"),
        (libc::SIGTRAP, "SIGTRAP"),
        (libc::SIGXCPU, "SIGXCPU"),
    ];
    let known = names.iter().find(|(number, _)| *number == signal);
    known.map_or_else(|| format!("signal {signal}"), |(_, name)| (*name).to_owned())
}
