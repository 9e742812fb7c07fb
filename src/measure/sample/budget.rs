//! What sampling may cost. Pure.

use std::time::Duration;

/// CPU that is granted at a steady rate and may be spent at once, up to a little store: over any time `t`
/// at most `share × t + store` is spent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    store_ns: f64,
    balance_ns: f64,
    at: Duration,
    /// What one reading takes, smoothed.
    cost_ns: f64,
}

impl Allowance {
    /// Begins with a full store.
    pub(crate) fn new(store: Duration) -> Self {
        let store_ns = store.as_nanos() as f64;
        Self { store_ns, balance_ns: store_ns, at: Duration::ZERO, cost_ns: 0.0 }
    }

    /// Notes at time `now` that a reading took `cost_ns`.
    pub(crate) fn spend(&mut self, now: Duration, share: f64, cost_ns: u64) {
        self.grant(now, share);
        self.balance_ns -= cost_ns as f64;
        // Quick to believe that it became dearer, slow to believe that it became cheaper.
        let weight = if cost_ns as f64 > self.cost_ns { 0.5 } else { 0.1 };
        self.cost_ns += weight * (cost_ns as f64 - self.cost_ns);
    }

    /// Returns how long it takes from `now` until another reading can be afforded.
    pub(crate) fn wait(&mut self, now: Duration, share: f64) -> Duration {
        self.grant(now, share);
        let missing_ns = self.cost_ns - self.balance_ns;
        Duration::from_nanos((missing_ns / share).clamp(0.0, 60e9) as u64)
    }

    fn grant(&mut self, now: Duration, share: f64) {
        let granted = share * now.saturating_sub(self.at).as_nanos() as f64;
        self.balance_ns = (self.balance_ns + granted).min(self.store_ns.max(self.cost_ns));
        self.at = now;
    }
}

/// Returns the share of one core that reading CPU and RSS of so many processes may take: 0.5 % up to 5, 1.5 % from 33 on.
pub(crate) fn share(processes: usize) -> f64 {
    0.005 + 0.010 * (processes.clamp(5, 33) - 5) as f64 / 28.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_grows_with_the_tree() {
        assert_eq!([0, 5, 19, 33, 500].map(|n| (share(n) * 1e4).round()), [50.0, 50.0, 100.0, 150.0, 150.0]);
    }

    /// Readings every 50 ms as far as they are affordable; gives the CPU spent and the readings made.
    fn spent(cost_ns: u64, share: f64, store: Duration, seconds: u64) -> (u64, u64) {
        let mut allowance = Allowance::new(store);
        let (mut now, mut readings) = (Duration::ZERO, 0);
        while now < Duration::from_secs(seconds) {
            allowance.spend(now, share, cost_ns);
            readings += 1;
            now += Duration::from_millis(50).max(allowance.wait(now, share));
        }
        (cost_ns * readings, readings)
    }

    #[test]
    fn what_is_cheap_is_never_held_back() {
        assert_eq!(spent(100_000, 0.005, Duration::from_millis(5), 10), (20_000_000, 200));
    }

    #[test]
    fn what_is_dear_is_read_less_often() {
        for cost_ns in [300_000, 1_000_000, 40_000_000] {
            let (spent, readings) = spent(cost_ns, 0.005, Duration::from_millis(5), 100);
            // The first reading can't be foreseen.
            assert!(spent as f64 <= 0.005 * 100e9 + 5e6 + cost_ns as f64, "{cost_ns}: {spent}");
            assert!(spent as f64 >= 0.8 * 0.005 * 100e9, "{cost_ns}: {spent} in {readings}");
        }
    }
}
