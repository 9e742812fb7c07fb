//! What a plan will probably take, before anything has run. Pure.

use std::time::Duration;

use super::cost;
use super::progress::Progress;
use crate::cell::Cell;
use crate::plan::Plan;
use crate::stats::MIN_PAIRS;

/// Counted sweeps where the budget is short.
const SWEEPS: u32 = 2;
/// The first round should leave at least so much of the budget.
const FIRST_ROUND: f64 = 0.5;

/// Guessed from what processes of small workloads take: an order of magnitude, no promise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Forecast {
    pub cells: usize,
    /// Every cell alone, once.
    pub first_ns: u64,
    /// Every cell in a block, once: one more pair for each ratio.
    pub round_ns: u64,
}

/// `active_ns`: how long a solo is kept at work.
pub(crate) fn forecast(plan: &Plan, baseline: &str, effective_cpus: f64, active_ns: u64) -> Forecast {
    let progress = Progress::new(&plan.cells, baseline, 0.05, |_| false);
    let cells: Vec<Cell> = progress.cells.iter().map(|known| known.cell.clone()).collect();
    Forecast {
        cells: cells.len(),
        first_ns: cells.len() as u64 * cost::predict_solo_ns(&progress, active_ns),
        round_ns: cost::predict_blocks_ns(&progress, &cells, SWEEPS, effective_cpus),
    }
}

impl Forecast {
    /// Why no ratio will come of `budget_ns`, and which budget would do; `None`: some will.
    pub(crate) fn warning(&self, budget_ns: u64) -> Option<String> {
        let Self { cells, first_ns, round_ns } = *self;
        let fits = first_ns as f64 <= FIRST_ROUND * budget_ns as f64 && first_ns + round_ns <= budget_ns;
        if fits || cells < 2 {
            return None;
        }
        let enough = first_ns + MIN_PAIRS as u64 * round_ns;
        Some(format!(
            "a budget of {} is too short for {cells} cells: running each alone takes about {}, ratios come after \
             that; fewer cells, or `--budget {}`, would do",
            typed(budget_ns),
            said(first_ns),
            budget(enough)
        ))
    }
}

/// `1m 30s`: a budget is said as it is.
fn typed(ns: u64) -> String {
    format!("{:#}", jiff::SignedDuration::from_nanos(i64::try_from(ns).unwrap_or(i64::MAX)))
}

fn said(ns: u64) -> String {
    indicatif::HumanDuration(Duration::from_nanos(ns)).to_string()
}

/// As it can be typed: rounded up to ten seconds, and to minutes from two on.
fn budget(ns: u64) -> String {
    let seconds = ns.div_ceil(1_000_000_000);
    if seconds <= 120 {
        format!("{}s", seconds.div_ceil(10) * 10)
    } else {
        format!("{}m", seconds.div_ceil(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::PlannedCell;

    fn plan(cells: u32) -> Plan {
        let cell = |number| match number {
            0 => Cell::single("3.13", "fib"),
            _ => Cell { mode: "threads".into(), workers: number, ..Cell::single("3.13", "fib") },
        };
        let planned = |number| PlannedCell { cell: cell(number), skipped: None, oversubscribed: false };
        Plan { cells: (0..cells).map(planned).collect() }
    }

    #[test]
    fn too_many_cells_for_the_budget_are_said_with_one_that_would_do() {
        let minute = 60_000_000_000;
        let few = forecast(&plan(10), "3.13", 2.0, 250_000_000);
        assert_eq!(few.warning(minute), None);
        let many = forecast(&plan(300), "3.13", 2.0, 0);
        assert!(many.first_ns > minute && many.round_ns > minute, "{many:?}");
        assert!(many.warning(500_000_000).unwrap().starts_with("a budget of 500ms is too short"));
        let text = many.warning(minute).unwrap();
        assert!(text.contains("300 cells") && text.contains("`--budget"), "{text}");
        let enough = many.first_ns + 5 * many.round_ns;
        assert_eq!(many.warning(enough), None, "what it asks for is enough");
        assert_eq!(forecast(&plan(1), "3.13", 2.0, 0).warning(1), None);
        assert_eq!(
            [budget(1), budget(119 * 1_000_000_000), budget(121 * 1_000_000_000)],
            ["10s", "120s", "3m"]
        );
    }
}
