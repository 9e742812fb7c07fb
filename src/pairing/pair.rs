//! One pair of processes and what the one is to the other.

use crate::stats::{self, Meeting};

/// What the other side of a pair is to its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PairRole {
    /// The baseline interpreter's plain loop.
    Base,
    /// The plain loop of the cell's own interpreter.
    Own,
    /// Another contender of the same question.
    Contender,
    /// The cell alone; the cell's side are this many processes of it at once.
    Capacity { processes: u32 },
    /// The fixed piece of work that makes stored runs comparable.
    Reference,
    /// Its counterpart on the base side of `run --against`.
    Against,
}

/// Two processes that were alive in one block, or all of them in a block of capacity: the independent unit of every
/// interval.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pair {
    /// Index of the cell.
    pub cell: usize,
    /// Index of the other cell; `None` where the role says what it is.
    pub other: Option<usize>,
    pub role: PairRole,
    pub block: u64,
    /// CPUs that other processes kept busy meanwhile, 0 where the system doesn't count.
    pub others_cpus: f64,
    /// That, or time that the machine's owner took, may have changed the ratio.
    pub disturbed: bool,
    /// For each sweep, in order, the log of how many times as much work the cell does in a time as the other: above 0
    /// it is faster. Never empty.
    pub logs: Vec<f64>,
    /// For each sweep the log of how many times as much CPU time the cell takes for the same work: above 0 it burns
    /// more. Empty where one of the two didn't say it.
    pub cpu_logs: Vec<f64>,
    /// By how much the true log ratio may lie above `logs` (below, where this is below 0), since other work had CPUs and
    /// what one side's several workers waited for them isn't known.
    pub waiting: f64,
    /// One side has several workers, or is several processes at once.
    pub several: bool,
}

impl Pair {
    /// Returns what the sweeps say together: the pair's one value.
    pub(crate) fn value(&self) -> f64 {
        self.of_sweeps(&self.logs).unwrap_or_default()
    }

    /// Two plain loops differ by little but now and then a burst, which a median withstands best. Of several workers each
    /// sweep is noisy, since the kernel places them anew: there a location uses more of the sweeps.
    fn of_sweeps(&self, logs: &[f64]) -> Option<f64> {
        if self.several { stats::location(logs) } else { stats::median(logs) }
    }

    /// Returns what it says of two contenders of one question; `None` where it is for something else.
    pub(crate) fn meeting(&self) -> Option<Meeting> {
        let (one, other) = (self.cell, self.other.filter(|_| self.role == PairRole::Contender)?);
        let (value, waiting) = (self.value(), self.waiting);
        Some(Meeting { one, other, value, waiting, block: self.block, disturbed: self.disturbed })
    }

    /// Returns the same of CPU time; `None` where it isn't known.
    pub(crate) fn cpu_value(&self) -> Option<f64> {
        self.of_sweeps(&self.cpu_logs)
    }
}
