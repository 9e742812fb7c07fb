//! Where the time of all CPUs went, by the kernel's count.

/// The time of all CPUs together, in nanoseconds, since boot or over a stretch of time. The kernel counts in ticks
/// of 10 ms, by looking now and then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct CpuTimes {
    /// User, system and interrupts, of whatever process.
    pub(crate) busy_ns: u64,
    /// As much of `busy_ns` was work of low priority.
    pub(crate) nice_ns: u64,
    /// What the hypervisor took for others; `None` where this kernel doesn't count it.
    pub(crate) steal_ns: Option<u64>,
    /// Busy, stolen, idle or waiting for a disk.
    pub(crate) all_ns: u64,
    /// How many CPUs are online.
    pub(crate) cpus: u32,
}

impl CpuTimes {
    /// Reads the times since boot; `None` where the system doesn't count.
    pub(crate) fn now() -> Option<Self> {
        Self::parse(&super::read("/proc/stat")?, super::process_table::tick_ns())
    }

    /// Reads the line `cpu`: user, nice, system, idle, iowait, irq, softirq, steal in ticks (guest time is part of
    /// user). A line for each CPU follows.
    fn parse(stat: &str, tick_ns: u64) -> Option<Self> {
        let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let times: Vec<u64> = (line.split_ascii_whitespace().take(8))
            .map_while(|tick| Some(tick.parse::<u64>().ok()? * tick_ns))
            .collect();
        let at = |index: usize| times.get(index).copied();
        let is_cpu = |line: &&str| line.strip_prefix("cpu").is_some_and(|rest| !rest.starts_with(' '));
        Some(Self {
            busy_ns: at(0)? + at(1)? + at(2)? + at(5).unwrap_or(0) + at(6).unwrap_or(0),
            nice_ns: at(1)?,
            steal_ns: at(7),
            all_ns: times.iter().sum(),
            cpus: stat.lines().filter(is_cpu).count() as u32,
        })
    }

    /// Returns what has passed since `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            busy_ns: self.busy_ns.saturating_sub(before.busy_ns),
            nice_ns: self.nice_ns.saturating_sub(before.nice_ns),
            steal_ns: self.steal_ns.zip(before.steal_ns).map(|(after, before)| after.saturating_sub(before)),
            all_ns: self.all_ns.saturating_sub(before.all_ns),
            cpus: self.cpus,
        }
    }

    /// Returns the share of all CPUs' time, 0 to 1, that was busy or stolen; `None` where no tick has passed.
    pub(crate) fn busy_share(self) -> Option<f64> {
        let busy_ns = self.busy_ns + self.steal_ns.unwrap_or(0);
        (self.all_ns > 0).then(|| busy_ns as f64 / self.all_ns as f64)
    }

    /// Returns the share of all CPUs' time, 0 to 1, that was stolen; `None` where no tick has passed, or the kernel
    /// doesn't count it.
    pub(crate) fn steal_share(self) -> Option<f64> {
        self.steal_ns.filter(|_| self.all_ns > 0).map(|steal_ns| steal_ns as f64 / self.all_ns as f64)
    }
}

/// Reads how long a process's main thread (`None`: this thread) was ready to run and waited for a CPU, since it began;
/// `None` where the kernel doesn't tell.
pub(crate) fn run_delay_ns(pid: Option<u32>) -> Option<u64> {
    let of = pid.map_or_else(|| "thread-self".to_owned(), |pid| pid.to_string());
    super::read(format!("/proc/{of}/schedstat"))?.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Reads the CPU time of this process and of all its children that have ended and were waited for, in nanoseconds;
/// `None` where the system refuses.
pub(crate) fn own_cpu_ns() -> Option<u64> {
    Some(usage_ns(libc::RUSAGE_SELF)? + usage_ns(libc::RUSAGE_CHILDREN)?)
}

fn usage_ns(who: libc::c_int) -> Option<u64> {
    // SAFETY: all zeros is a valid rusage.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a live structure of the kernel's layout.
    let refused = unsafe { libc::getrusage(who, &raw mut usage) } != 0;
    (!refused).then(|| timeval_ns(usage.ru_utime) + timeval_ns(usage.ru_stime))
}

/// Converts the C library's seconds and microseconds.
pub(super) fn timeval_ns(time: libc::timeval) -> u64 {
    (time.tv_sec.max(0) as u64) * 1_000_000_000 + (time.tv_usec.max(0) as u64) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_line_is_read() {
        let stat = "cpu  10 1 5 100 20 2 3 4 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\ncpu1 1 1\nintr 1\n";
        let expected = CpuTimes { busy_ns: 210, nice_ns: 10, steal_ns: Some(40), all_ns: 1450, cpus: 2 };
        assert_eq!(CpuTimes::parse(stat, 10), Some(expected));
        assert_eq!(CpuTimes::parse("intr 1 2", 10), None);
    }

    #[test]
    fn busy_ticks_are_told_from_idle_ones() {
        let stat =
            |steal: u64, idle: u64| CpuTimes::parse(&format!("cpu  0 0 0 {idle} 0 0 0 {steal} 0 0\n"), 1);
        let passed = stat(10, 90).unwrap().since(stat(0, 0).unwrap());
        assert_eq!((passed.steal_share(), passed.busy_share()), (Some(0.1), Some(0.1)));
        assert_eq!(passed.since(passed).steal_share(), None);
    }
}
