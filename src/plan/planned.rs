//! The plan: every cell of the matrix, each to be run or skipped with its reason.

use serde::{Deserialize, Serialize};

use crate::cell::Cell;

/// Why a cell is not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipKind {
    /// The interpreter isn't on this machine.
    InterpreterMissing,
    /// The interpreter can't run this mode (too old, no such start method, ...).
    ModeUnsupported,
    /// The interpreter can't take this variant (for example `PYTHON_GIL=0` on a GIL build).
    VariantUnsupported,
    /// The workload needs a package that the interpreter lacks.
    PackageMissing,
    /// An `[[exclude]]` rule matches.
    Excluded,
    /// A filter of the command line, or `--quick`, leaves it out.
    Filtered,
    /// Another shard of the matrix measures it.
    OtherShard,
}

impl SkipKind {
    /// Nobody asks this run about the cell.
    pub(crate) fn is_unasked(self) -> bool {
        matches!(self, Self::Excluded | Self::Filtered | Self::OtherShard)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    pub kind: SkipKind,
    /// One line for a reader, lower case, no trailing period.
    pub reason: String,
}

/// One cell of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCell {
    pub cell: Cell,
    /// `None`: to be run.
    pub skipped: Option<Skipped>,
    /// More workers, times the threads of each one's math library, than CPUs that this process may really
    /// use.
    pub oversubscribed: bool,
}

/// Every cell of the matrix, skipped ones in place, in the matrix's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Every cell in the matrix's order, the skipped ones with their reason.
    pub cells: Vec<PlannedCell>,
}

impl Plan {
    /// The cells to run.
    pub fn runnable(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|planned| planned.skipped.is_none()).map(|planned| &planned.cell)
    }
}
