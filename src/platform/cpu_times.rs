//! The kernel's count of where all CPUs' time went.

/// Ticks of all CPUs together, since boot or over a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticks {
    /// Neither idle nor waiting for a disk; stolen time is in it.
    busy: u64,
    /// Taken by the hypervisor for others; `None`: this kernel doesn't count it.
    steal: Option<u64>,
    all: u64,
}

impl Ticks {
    pub fn now() -> Option<Self> {
        Self::parse(&super::read("/proc/stat")?)
    }

    /// The fields of `cpu` are user, nice, system, idle, iowait, irq, softirq, steal; guest time is part of user.
    fn parse(stat: &str) -> Option<Self> {
        let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let ticks: Vec<u64> =
            line.split_ascii_whitespace().take(8).filter_map(|tick| tick.parse().ok()).collect();
        let idle = ticks.get(3)? + ticks.get(4)?;
        let all: u64 = ticks.iter().sum();
        Some(Self { busy: all - idle, steal: ticks.get(7).copied(), all })
    }

    pub fn since(self, before: Self) -> Self {
        Self {
            busy: self.busy.saturating_sub(before.busy),
            steal: self.steal.zip(before.steal).map(|(after, before)| after.saturating_sub(before)),
            all: self.all.saturating_sub(before.all),
        }
    }

    /// Of all CPUs' time, 0 to 1; `None`: no tick has passed.
    pub fn busy_share(self) -> Option<f64> {
        (self.all > 0).then(|| self.busy as f64 / self.all as f64)
    }

    /// The same of stolen time.
    pub fn steal_share(self) -> Option<f64> {
        self.steal.filter(|_| self.all > 0).map(|steal| steal as f64 / self.all as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_ticks_are_told_from_idle_ones() {
        let stat = "cpu  10 1 5 100 20 2 3 4 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assert_eq!(Ticks::parse(stat), Some(Ticks { busy: 25, steal: Some(4), all: 145 }));
        assert_eq!(Ticks::parse("intr 1 2"), None);
    }

    #[test]
    fn stolen_time_is_a_share_of_all() {
        let stat = |steal: u64, idle: u64| Ticks::parse(&format!("cpu  0 0 0 {idle} 0 0 0 {steal} 0 0\n"));
        let passed = stat(10, 90).unwrap().since(stat(0, 0).unwrap());
        assert_eq!((passed.steal_share(), passed.busy_share()), (Some(0.1), Some(0.1)));
        assert_eq!(passed.since(passed).steal_share(), None);
    }
}
