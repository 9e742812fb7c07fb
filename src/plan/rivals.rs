//! Which cells the advice will compare, so that they can meet each other directly.

use crate::cell::{Cell, ModeKind};

/// A cell that has been measured a little.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contender<'a> {
    pub cell: &'a Cell,
    /// Mean log speedup over the baseline so far: larger is faster.
    pub log_speedup: f64,
    pub free_threaded: bool,
    /// What its mode's workers are; `None`: unknown.
    pub kind: Option<ModeKind>,
    pub oversubscribed: bool,
}

/// The question that gilmatrix exists for, asked of one workload: the fastest threads
/// of a free-threaded process, against the fastest pool of processes on a GIL build. Where
/// only one of the two is here, against the fastest of everything else with several workers. Empty
/// when there aren't two.
pub(crate) fn rivals(contenders: &[Contender<'_>]) -> Vec<Cell> {
    let parallel: Vec<&Contender<'_>> =
        contenders.iter().filter(|one| one.cell.workers > 1 && !one.oversubscribed).collect();
    let threads =
        fastest(parallel.iter().filter(|one| one.free_threaded && one.kind == Some(ModeKind::Threads)));
    let processes =
        fastest(parallel.iter().filter(|one| !one.free_threaded && one.kind == Some(ModeKind::Processes)));
    let pair = match (threads, processes) {
        (Some(left), Some(right)) => Some((left, right)),
        (Some(one), None) | (None, Some(one)) => {
            fastest(parallel.iter().filter(|other| other.cell != one.cell)).map(|other| (one, other))
        }
        (None, None) => None,
    };
    pair.map(|(left, right)| vec![left.cell.clone(), right.cell.clone()]).unwrap_or_default()
}

fn fastest<'a, 'b: 'a>(contenders: impl Iterator<Item = &'a &'a Contender<'b>>) -> Option<&'a Contender<'b>> {
    contenders.copied().max_by(|left, right| left.log_speedup.total_cmp(&right.log_speedup))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::PLAIN;
    use crate::harness::Catalogue;

    fn cell(interpreter: &str, mode: &str, workers: u32) -> Cell {
        Cell {
            interpreter: interpreter.into(),
            workload: "fib".into(),
            mode: mode.into(),
            workers,
            start_method: None,
            environment: PLAIN.into(),
        }
    }

    fn contender(cell: &Cell, log_speedup: f64, oversubscribed: bool) -> Contender<'_> {
        Contender {
            cell,
            log_speedup,
            free_threaded: cell.interpreter.ends_with('t'),
            kind: Catalogue::embedded().mode(&cell.mode).map(|mode| mode.kind),
            oversubscribed,
        }
    }

    #[test]
    fn free_threads_meet_the_best_pool_on_a_gil_build() {
        let cells = [
            cell("3.13", "threads", 2),
            cell("3.13", "mp", 2),
            cell("3.12", "mp", 2),
            cell("3.13t", "mp", 2),
            cell("3.13t", "threads", 2),
            cell("3.13t", "threads", 4),
        ];
        let speeds = [0.0, 0.6, 0.5, 0.9, 0.3, 0.8];
        let all: Vec<_> =
            cells.iter().zip(speeds).map(|(cell, speed)| contender(cell, speed, cell.workers > 2)).collect();
        assert_eq!(rivals(&all), [cells[4].clone(), cells[1].clone()]);
    }

    #[test]
    fn alone_it_meets_the_next_best() {
        let cells = [cell("3.13", "mp", 2), cell("3.13", "threads", 2), cell("3.13", "single", 1)];
        let all: Vec<_> = cells.iter().map(|cell| contender(cell, 0.1, false)).collect();
        assert_eq!(rivals(&all), [cells[0].clone(), cells[1].clone()]);
        assert!(rivals(&all[2..]).is_empty());
        assert!(rivals(&[]).is_empty());
    }
}
