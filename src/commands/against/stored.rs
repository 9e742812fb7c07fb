//! A base that was measured before: what it ran is found again and measured beside the new.

use std::path::Path;

use super::{matched, same};
use crate::commands::compare::load;
use crate::commands::prepare::Prepared;
use crate::commands::{Exit, Failure};
use crate::interpreter::Interpreter;
use crate::matrix::Workload;
use crate::record::{Against, Outcome};
use crate::sha256;

/// Finds the interpreters and scripts of a stored run again.
///
/// # Errors
/// Exit 2: this is no run's directory; 3: an interpreter or environment is gone; 6: one of them has changed since.
pub(super) fn of_run(path: &Path, prepared: &Prepared) -> Result<Against, Failure> {
    let load::Stored { results, run } = load::read(path)?;
    let run = run.ok_or_else(|| {
        Exit::Usage.because(format!(
            "`{}` is no run's directory: only `run.json` says how to measure it again",
            path.display()
        ))
    })?;
    let mut against = same(prepared);
    against.interpreters.clear();
    for one in &prepared.interpreters {
        if let Some(base) = run.interpreters.iter().find(|base| base.name == one.name) {
            still_there(base)?;
            against.interpreters.push(base.clone());
        }
    }
    let mut resized = Vec::new();
    for workload in &mut against.workloads {
        let Some(base) = run.matrix.workloads.iter().find(|base| base.name == workload.name) else {
            continue;
        };
        if (base.tasks, base.shown_args()) != (workload.tasks, workload.shown_args()) {
            resized.push(workload.name.clone());
        }
        unchanged(base, workload, &results.run_id)?;
    }
    let known = |cell: &crate::cell::Cell| run.plan.runnable().any(|base| base == cell);
    matched::cells(&mut against, &prepared.plan, |cell| match known(cell) {
        true if resized.contains(&cell.workload) => Some("the base has it with another size".to_owned()),
        true => None,
        false => Some("the base doesn't have it".to_owned()),
    });
    let planned = run.plan.cells.iter().zip(&results.cells);
    let completed = planned.filter(|(_, cell)| cell.outcome == Outcome::Completed);
    matched::vanished(&mut against, &prepared.plan, completed.map(|(planned, _)| &planned.cell));
    Ok(against)
}

fn still_there(base: &Interpreter) -> Result<(), Failure> {
    let path = &base.facts.executable;
    let gone =
        |command: &Vec<String>| command.first().is_some_and(|it| it.contains('/') && !Path::new(it).exists());
    if let Some((workload, _)) = base.environments.iter().find(|(_, one)| gone(&one.command)) {
        return Err(Exit::Missing.because(format!(
            "the base's environment of `{workload}` for `{}` is no longer in the cache: hold the run against a commit (`--against git:REF`) or a folder",
            base.name
        )));
    }
    // Behind a wrapper the path is another world's.
    if base.command.len() > 1 {
        return Ok(());
    }
    match sha256::of_file(path) {
        Ok(sum) if sum == base.facts.executable_sha256 => Ok(()),
        Ok(_) => {
            Err(Exit::NotComparable.because(format!(
                "`{}` (`{}`) is another program than the one that the base ran: to hold the new against the old, keep both and name the old one, as `--against {}=PATH`",
                base.name,
                path.display(),
                base.name
            )))
        }
        Err(_) => {
            let text =
                format!("the base's `{}` is missing: `{}` is no longer here", base.name, path.display());
            Err(Exit::Missing.because(text))
        }
    }
}

fn unchanged(base: &Workload, workload: &Workload, run: &str) -> Result<(), Failure> {
    match (&base.script, &workload.script) {
        (Some(base), Some(new)) if base.sha256 != new.sha256 => {
            Err(Exit::NotComparable.because(format!(
                "`{}` has changed since `{run}`, and the old one isn't kept with it: hold the run against a commit (`--against git:REF`) or a folder that has the old one",
                new.path.display()
            )))
        }
        _ => Ok(()),
    }
}
