//! Everything that only one system has: the only room that knows which system it is.
//!
//! Each function says what it promises, and what a system without it gives instead: mostly `None`, which whoever
//! asks has to show as "not known", never as 0.
//!
//! | file | what it needs of Linux |
//! | --- | --- |
//! | `affinity` | affinity masks of threads |
//! | `cgroup` | quotas and limits of control groups |
//! | `clock` | the clock since boot |
//! | `closed` | a terminal's or pipe's end told by `poll` |
//! | `cpu`, `cpu_times` | `/sys/devices/system/cpu`, `/proc/stat` |
//! | `exit` | pidfds, `waitid` with the usage of the ended |
//! | `fifo` | named pipes that one side may open both ways |
//! | `machine`, `memory`, `power` | `/proc` and `/sys` |
//! | `mark` | limits and environments of other processes |
//! | `orphans` | the subreaper |
//! | `process_table` | `/proc/<pid>` |
//! | `semaphores` | named semaphores as files |
//! | `signal` | pidfds, so that no signal meets a pid's next owner |
//! | `tree` | CPU clocks and memory of other processes; sysinfo where they can't be read |

#[cfg(not(target_os = "linux"))]
compile_error!(
    "gilmatrix measures on Linux so far: pidfds, /proc and the subreaper are what makes its figures exact"
);

mod affinity;
mod cgroup;
mod clock;
mod closed;
mod cpu;
mod cpu_set;
mod cpu_times;
mod exit;
mod fifo;
mod machine;
mod mark;
mod memory;
mod orphans;
mod power;
mod process_table;
mod semaphores;
mod signal;
mod tree;

use std::path::Path;

pub(crate) use affinity::{affinity, hold, pinned};
pub(crate) use cgroup::{cpu_quota, memory_limit};
pub(crate) use clock::unix_ns;
pub(crate) use clock::{boot_ns, monotonic_ns, thread_cpu_ns};
pub(crate) use closed::wait_for_closed_stderr;
pub(crate) use cpu::{
    CLOCK_SOURCE, SMT_CONTROL, TurboSwitch, clock_source, cpu_count, governor, smt, threads_per_core,
    turbo_switch,
};
pub(crate) use cpu_set::CpuSet;
pub(crate) use cpu_set::{CPUS_EXPECTED, MOST_CPUS};
pub(crate) use cpu_times::{CpuTimes, own_cpu_ns, run_delay_ns};
pub(crate) use exit::{ExitWatch, ProcessExit, Usage, exits_can_be_watched, reap};
pub(crate) use fifo::open_fifo;
pub(crate) use machine::{
    aslr, container, cpu_model, libc, load_1m, os_name, own_program, ptrace_scope, system_names, virtualised,
};
pub(crate) use mark::{Mark, Marked};
pub(crate) use memory::{MachineMemory, allowed_memory, memory, oom_kills};
pub(crate) use orphans::adopt_orphans;
pub(crate) use power::{on_battery, temperature, throttle_count};
pub(crate) use process_table::{
    ProcessTimes, children, command_line, descendants, lives, pids, process_times,
};
pub(crate) use semaphores::{no_shared_memory, semaphore_prefix, sweep_semaphores};
pub(crate) use signal::{
    SIGKILL, Signal, ignore_file_size, ignore_signals_in_own_session, interrupt_kills, is_ignored, send,
    signal_group, signal_name,
};
pub use tree::{LinuxReader, PortableReader, TreeReader};
pub(crate) use tree::{ProcessReading, tree_reader};

/// Returns a small file's text without the space around it; `None` where it can't be read.
fn read(path: impl AsRef<Path>) -> Option<String> {
    std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}
