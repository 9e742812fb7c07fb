//! Cells whose passes never come to rest, though their processes were warmed up.
//!
//! Counted passes that only get faster mean that the warm-up wasn't over, so that their median says how
//! many passes there were and not how fast the work is (Barrett et al., "Virtual machine warmup blows hot
//! and cold", 2017). In one process that happens by chance, 1 time in 120 with five passes; in two of three
//! processes or more, and each time by a clear margin, it doesn't.

use crate::stats;

/// Counted passes of a process from which on its order says anything.
const PASSES: usize = 3;
/// The last pass is faster than the first by at least this part.
const MARGIN: f64 = 0.1;
/// Share of a cell's processes that must have fallen so.
const SHARE: f64 = 2.0 / 3.0;
/// What chance may do at most to one cell: a false alarm is worse than a late one.
const CHANCE: f64 = 1e-6;

/// What was seen of one cell's processes.
#[derive(Debug, Default)]
pub(super) struct MonotoneRuns {
    judged: usize,
    /// Natural logarithm of the chance that passes in random order fall as those did: 1 / passes! for each.
    log_chance: f64,
    /// By how much each of the falling ones became faster, as a part of its first pass; and the first's number.
    by: Vec<f64>,
    first: Option<u64>,
}

impl MonotoneRuns {
    /// Takes the counted passes of one process, in their order.
    pub(super) fn take(&mut self, id: u64, times: &[f64]) {
        let [first, .., last] = times else { return };
        if times.len() < PASSES {
            return;
        }
        self.judged += 1;
        if times.is_sorted_by(|before, after| before > after) && *last <= first * (1.0 - MARGIN) {
            self.by.push(1.0 - last / first);
            self.log_chance -= (1..=times.len()).map(|n| (n as f64).ln()).sum::<f64>();
            self.first = Some(self.first.map_or(id, |known| known.min(id)));
        }
    }

    /// Returns the number of the first process and a reason, where the cell has no steady state.
    pub(super) fn objection(&self) -> Option<(u64, String)> {
        let (fallen, judged) = (self.by.len(), self.judged);
        let (id, by) = (self.first?, stats::median(&self.by)?);
        let many = fallen as f64 >= SHARE * judged as f64
            // Whichever of the processes they are: at most 2^judged choices.
            && self.log_chance + judged as f64 * 2f64.ln() < CHANCE.ln();
        let reason = || {
            format!(
                "in {fallen} of {judged} processes each pass was faster than the one before, by {:.0} % from the first to the last: warm-up wasn't over, and no time is its own",
                by * 100.0
            )
        };
        many.then(|| (id, reason()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(processes: &[[f64; 5]]) -> Option<String> {
        let mut runs = MonotoneRuns::default();
        for (id, times) in processes.iter().enumerate() {
            runs.take(id as u64 + 1, times);
        }
        runs.objection().map(|(_, reason)| reason)
    }

    const FALLING: [f64; 5] = [100.0, 90.0, 80.0, 70.0, 60.0];
    const NOISY: [f64; 5] = [100.0, 130.0, 99.0, 180.0, 97.0];

    #[test]
    fn passes_that_only_get_faster_have_no_steady_state() {
        let reason = reason(&[FALLING, NOISY, FALLING, FALLING, FALLING]).unwrap();
        assert!(reason.starts_with("in 4 of 5 processes") && reason.contains("40 %"), "{reason}");
    }

    #[test]
    fn chance_and_small_gains_are_no_reason() {
        assert_eq!(reason(&[FALLING, FALLING, FALLING]), None);
        assert_eq!(reason(&[FALLING, FALLING, FALLING, NOISY, NOISY]), None);
        assert_eq!(reason(&[[100.0, 99.0, 98.0, 97.0, 96.0]; 6]), None);
        assert_eq!(reason(&[[60.0, 70.0, 80.0, 90.0, 100.0]; 6]), None);
    }
}
