//! The one cell that the filters leave.

use super::ProfileArgs;
use crate::cell::Cell;
use crate::commands::prepare::Prepared;
use crate::commands::{Exit, Failure};
use crate::plan::{PlannedCell, SkipKind};

/// The number of cells that a message names.
const SHOWN: usize = 12;

/// Returns whether the command line's words fit the cell.
fn names(args: &ProfileArgs, cell: &Cell) -> bool {
    args.filters.names(cell)
        && args.start_method.is_none_or(|method| cell.start_method == Some(method))
        && args.variant.as_ref().is_none_or(|variant| cell.environment == *variant)
}

/// Returns the one cell that the command line leaves.
///
/// # Errors
/// Exit 2: more than one cell is left, or none; 3: its interpreter or package is missing.
pub(super) fn one_cell<'a>(prepared: &'a Prepared, args: &ProfileArgs) -> Result<&'a Cell, Failure> {
    let named: Vec<&PlannedCell> = prepared.plan.cells.iter().filter(|it| names(args, &it.cell)).collect();
    let can_run: Vec<&Cell> = named.iter().filter(|it| it.skipped.is_none()).map(|it| &it.cell).collect();
    match can_run.as_slice() {
        [only] => Ok(only),
        [] => Err(none(&named)),
        several => Err(Exit::Usage.because(which(several))),
    }
}

fn none(named: &[&PlannedCell]) -> Failure {
    let skipped = named.iter().find_map(|it| Some((&it.cell, it.skipped.as_ref()?)));
    match skipped {
        Some((cell, skipped)) => {
            let missing = matches!(skipped.kind, SkipKind::InterpreterMissing | SkipKind::PackageMissing);
            let exit = if missing { Exit::Missing } else { Exit::Usage };
            exit.because(format!("{cell} can't be run: {}", skipped.reason))
        }
        None => Exit::Usage
            .because("no cell of the matrix fits these filters together: `gilmatrix plan` lists them"),
    }
}

/// Writes each cell as the options that name it and no other.
fn which(cells: &[&Cell]) -> String {
    let mut lines = vec![format!("{} cells fit; a profile is of one. Narrow it to one of", cells.len())];
    let differ = |of: fn(&Cell) -> String| cells.iter().any(|cell| of(cell) != of(cells[0]));
    let methods = differ(|cell| cell.start_method.map(|it| it.to_string()).unwrap_or_default());
    let variants = differ(|cell| cell.environment.clone());
    for cell in cells.iter().take(SHOWN) {
        let mut line = format!("  -p {} -w {} -m {}", cell.interpreter, cell.workload, cell.mode);
        if cells.iter().any(|other| other.mode == cell.mode && other.workers != cell.workers) {
            line.push_str(&format!(" -n {}", cell.workers));
        }
        if let Some(method) = cell.start_method.filter(|_| methods) {
            line.push_str(&format!(" --start-method {method}"));
        }
        if variants {
            line.push_str(&format!(" --variant {}", cell.environment));
        }
        lines.push(line);
    }
    if cells.len() > SHOWN {
        lines.push(format!("  and {} more", cells.len() - SHOWN));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::StartMethod;

    fn cell(mode: &str, workers: u32, method: Option<StartMethod>, environment: &str) -> Cell {
        Cell {
            interpreter: "3.13".to_owned(),
            workload: "fib".to_owned(),
            mode: mode.to_owned(),
            workers,
            start_method: method,
            environment: environment.to_owned(),
        }
    }

    #[test]
    fn only_what_tells_cells_apart_is_asked_for() {
        let threads: Vec<Cell> = [1, 2].map(|workers| cell("threads", workers, None, "plain")).to_vec();
        let text = which(&threads.iter().collect::<Vec<_>>());
        assert_eq!(
            text,
            "2 cells fit; a profile is of one. Narrow it to one of\n  -p 3.13 -w fib -m threads -n 1\n  -p 3.13 -w fib -m threads -n 2"
        );
        let others = [
            cell("mp", 2, Some(StartMethod::Fork), "plain"),
            cell("mp", 2, Some(StartMethod::Spawn), "plain"),
            cell("single", 1, None, "jit"),
        ];
        let text = which(&others.iter().collect::<Vec<_>>());
        let lines: Vec<&str> = text.lines().skip(1).map(str::trim).collect();
        assert_eq!(
            lines,
            [
                "-p 3.13 -w fib -m mp --start-method fork --variant plain",
                "-p 3.13 -w fib -m mp --start-method spawn --variant plain",
                "-p 3.13 -w fib -m single --variant jit",
            ]
        );
    }

    #[test]
    fn many_are_not_all_listed() {
        let cells: Vec<Cell> = (1..=40).map(|workers| cell("threads", workers, None, "plain")).collect();
        let text = which(&cells.iter().collect::<Vec<_>>());
        assert!(text.ends_with("and 28 more"), "{text}");
    }
}
