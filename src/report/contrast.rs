//! The cells that charts compare first: threads without the GIL, threads with it, and processes.

use crate::analysis::CellResult;
use crate::cell::PLAIN;

use super::view::View;

/// Modes whose workers share one interpreter, best known first: the ones that the GIL holds back.
const THREAD_MODES: [&str; 2] = ["threads", "executor"];

impl View<'_> {
    /// The thread mode that this run measured.
    pub fn thread_mode(&self) -> Option<&'static str> {
        THREAD_MODES.into_iter().find(|mode| self.measured().any(|cell| cell.mode == **mode))
    }
}

impl<'a> View<'a> {
    /// Cells of the thread mode on a workload at the focus number of workers, in the matrix's order.
    pub fn thread_cells(&self, workload: &str) -> Vec<&'a CellResult> {
        let mode = self.thread_mode();
        self.cells_of(workload)
            .filter(|cell| Some(cell.mode.as_str()) == mode && cell.workers == self.focus_workers())
            .filter(|cell| cell.has_numbers() && cell.environment == PLAIN)
            .collect()
    }

    /// The workload that tells most about threads: the first one, unless another's threads gain clearly
    /// more over their own `single`, settled figures only.
    pub fn telling_workload(&self) -> Option<&'a str> {
        let best = |workload: &str| {
            let cells = self.thread_cells(workload).into_iter();
            let settled =
                cells.filter_map(|cell| cell.speedup_self.as_ref().filter(|speedup| speedup.settled));
            settled.map(|speedup| speedup.ratio).fold(0.0, f64::max)
        };
        let mut workloads = self.workload_names().iter().copied();
        let first = workloads.next()?;
        Some(workloads.fold(first, |kept, next| if best(next) > best(kept) * 1.1 { next } else { kept }))
    }
}
