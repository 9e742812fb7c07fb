//! The cells that charts compare first: threads without the GIL, threads with it, and processes.

use crate::analysis::CellResult;
use crate::cell::{ModeKind, PLAIN};

use super::view::View;

impl<'a> View<'a> {
    /// The measured mode that stands for its kind: the one that is called as the kind, else the first in the
    /// matrix's order.
    pub(crate) fn mode_of(&self, kind: ModeKind) -> Option<&'a str> {
        let modes = || self.measured().map(|cell| cell.cell.mode.as_str());
        let mut of_kind = modes().filter(|mode| self.kind(mode) == Some(kind));
        modes()
            .find(|mode| *mode == kind.as_str() && self.kind(mode) == Some(kind))
            .or_else(|| of_kind.next())
    }

    /// Cells of the thread mode on a workload at the focus number of workers, in the matrix's order.
    pub(crate) fn thread_cells(&self, workload: &str) -> Vec<&'a CellResult> {
        let mode = self.mode_of(ModeKind::Threads);
        self.cells_of(workload)
            .filter(|cell| Some(cell.mode.as_str()) == mode && cell.workers == self.focus_workers)
            .filter(|cell| cell.has_numbers() && cell.environment == PLAIN)
            .collect()
    }

    /// The workload that tells most about threads: the first one, unless another's threads gain clearly
    /// more over their own `single`, settled figures only.
    pub(crate) fn telling_workload(&self) -> Option<&'a str> {
        let best = |workload: &str| {
            let cells = self.thread_cells(workload).into_iter();
            let settled =
                cells.filter_map(|cell| cell.speedup_self.as_ref().filter(|speedup| speedup.settled));
            settled.map(|speedup| speedup.ratio).fold(0.0, f64::max)
        };
        let mut workloads = self.workload_names.iter().copied();
        let first = workloads.next()?;
        Some(workloads.fold(first, |kept, next| if best(next) > best(kept) * 1.1 { next } else { kept }))
    }
}
