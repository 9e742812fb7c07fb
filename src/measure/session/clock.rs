//! Time is conserved: what the harness's clock tells of its passes is held against the runner's own.

/// How long one pass took, with all that belongs to it: from the command to its row, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exchange {
    /// By the harness's clock.
    pub told_ns: u64,
    /// By the runner's clock. It also has the way there and back.
    pub seen_ns: u64,
    /// For so long at most the way lasted because other work had the CPUs: the kernel's count of what the runner and the
    /// harness's main thread waited meanwhile. `None` where it doesn't tell.
    pub waited_ns: Option<u64>,
}

/// How much more than was seen a clock may tell: the runner's reading lies around the harness's.
const EXCESS: f64 = 0.01;
const EXCESS_NS: f64 = 1e6;
/// A pass that waited for less than this part of its time is calm, and tells of the clock.
const CALM: f64 = 0.25;
/// A clock that is right may tell so much less of a calm pass than was seen.
const SHORTFALL: f64 = 0.2;
/// And it may have lost so much besides, divided by the square of the number of calm passes: what delays an answer, but
/// isn't waiting for a CPU, hits a few passes, and a slow clock hits all.
const LOST_NS: f64 = 20e6;
/// The same where the kernel doesn't tell who waited, whatever their number.
const UNTOLD_NS: f64 = 50e6;

/// Returns what is wrong with the harness's clock, if something is. Beside other work passes that waited say nothing; if
/// all did, the clock is believed.
pub(super) fn objection(passes: &[Exchange]) -> Option<String> {
    let waited = |it: &Exchange| it.waited_ns.unwrap_or(0) as f64;
    let calm: Vec<&Exchange> = passes.iter().filter(|it| waited(it) < CALM * it.seen_ns as f64).collect();
    let lost = |it: &Exchange| match it.waited_ns {
        Some(waited) => waited as f64 + LOST_NS / (calm.len() as f64).powi(2),
        None => UNTOLD_NS,
    };
    let ahead = |it: &Exchange| it.told_ns as f64 > it.seen_ns as f64 * (1.0 + EXCESS) + EXCESS_NS;
    let behind = |it: &Exchange| (it.told_ns as f64) < it.seen_ns as f64 * (1.0 - SHORTFALL) - lost(it);
    let wrong = passes.iter().any(ahead) || !calm.is_empty() && calm.iter().all(|it| behind(it));
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

    fn passes(pairs: &[(u64, u64)], waited_ns: Option<u64>) -> Vec<Exchange> {
        pairs.iter().map(|&(told_ns, seen_ns)| Exchange { told_ns, seen_ns, waited_ns }).collect()
    }

    #[test]
    fn a_clock_at_another_speed_is_refused() {
        let slow = objection(&passes(&[(3_000_000, 6_100_000); 6], Some(100_000)));
        assert!(slow.is_some_and(|reason| reason.contains("0.018 s by its own clock and 0.037 s")));
        let long = passes(&[(120_000_000, 240_000_000)], None);
        assert!(objection(&long).is_some(), "one long pass is enough");
        assert!(objection(&passes(&[(9_000_000, 6_000_000), (6_000_000, 6_100_000)], Some(0))).is_some());
    }

    #[test]
    fn who_waits_for_a_cpu_is_believed() {
        assert!(objection(&[]).is_none());
        assert!(
            objection(&passes(&[(3_000_000, 40_000_000)], None)).is_none(),
            "one short pass beside other work"
        );
        let busy = [(3_000_000, 12_000_000), (3_000_000, 9_000_000), (3_000_000, 3_100_000)];
        assert!(objection(&passes(&busy, Some(0))).is_none());
        assert!(objection(&passes(&[(3_000_000, 3_050_000); 20], Some(0))).is_none());
        // One that waited clears no slow clock.
        let mut slow = passes(&[(4_000_000, 8_300_000); 8], Some(20_000));
        slow[3].waited_ns = Some(4_000_000);
        assert!(objection(&slow).is_some());
        // Nine processes on two CPUs: every pass waits, and the kernel says so.
        let crowded = [(7_000_000, 21_000_000); 20];
        assert!(objection(&passes(&crowded, Some(13_000_000))).is_none());
        assert!(objection(&passes(&crowded, Some(2_000_000))).is_some());
    }
}
