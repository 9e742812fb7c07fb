//! Time is conserved: what the harness's clock tells of its passes is held against the runner's own.

/// How long one pass took, with all that belongs to it: from the command to its row, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exchange {
    /// By the harness's clock.
    pub told_ns: u64,
    /// By the runner's clock. It also has the way there and back, and where other work has the CPUs the wait for one.
    pub seen_ns: u64,
}

/// How much more than was seen a clock may tell: the runner's reading lies around the harness's.
const EXCESS: f64 = 0.01;
const EXCESS_NS: f64 = 1e6;
/// How much less it may tell in each pass. Waiting hits some passes, a slow clock hits all: so what a single pass may
/// wait for in addition shrinks with the square of their number.
const SHORTFALL: f64 = 0.2;
const WAIT_NS: f64 = 50e6;

/// Returns what is wrong with the harness's clock, if something is.
pub(super) fn objection(passes: &[Exchange]) -> Option<String> {
    let wait = WAIT_NS / (passes.len() as f64).powi(2);
    let ahead = |it: &Exchange| it.told_ns as f64 > it.seen_ns as f64 * (1.0 + EXCESS) + EXCESS_NS;
    let behind = |it: &Exchange| (it.told_ns as f64) < it.seen_ns as f64 * (1.0 - SHORTFALL) - wait;
    let wrong = passes.iter().any(ahead) || !passes.is_empty() && passes.iter().all(behind);
    wrong.then(|| {
        let seconds = |of: fn(&Exchange) -> u64| passes.iter().map(of).sum::<u64>() as f64 / 1e9;
        let (told, seen) = (seconds(|it| it.told_ns), seconds(|it| it.seen_ns));
        format!(
            "its passes took {told:.3} s by its own clock and {seen:.3} s by the runner's: something there, its \
             code, a sitecustomize or a preloaded library, changes Python's clocks"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{Exchange, objection};

    fn passes(pairs: &[(u64, u64)]) -> Vec<Exchange> {
        pairs.iter().map(|&(told_ns, seen_ns)| Exchange { told_ns, seen_ns }).collect()
    }

    #[test]
    fn a_clock_at_another_speed_is_refused() {
        let slow = passes(&[(3_000_000, 6_100_000); 6]);
        assert!(
            objection(&slow).is_some_and(|reason| reason.contains("0.018 s by its own clock and 0.037 s"))
        );
        assert!(objection(&passes(&[(120_000_000, 240_000_000)])).is_some(), "one long pass is enough");
        assert!(objection(&passes(&[(9_000_000, 6_000_000), (6_000_000, 6_100_000)])).is_some());
    }

    #[test]
    fn who_waits_for_a_cpu_is_believed() {
        assert!(objection(&[]).is_none());
        assert!(objection(&passes(&[(3_000_000, 40_000_000)])).is_none(), "one short pass beside other work");
        let busy = passes(&[(3_000_000, 12_000_000), (3_000_000, 9_000_000), (3_000_000, 3_100_000)]);
        assert!(objection(&busy).is_none());
        assert!(objection(&passes(&[(3_000_000, 3_050_000); 20])).is_none());
    }
}
