//! One call of the function before anything is compared: does it work, how long does it take?

use std::time::Duration;

use super::call::Call;
use crate::commands::engine::probe;
use crate::commands::prepare::Prepared;
use crate::commands::{Exit, Failure};
use crate::matrix::Workload;
use crate::record::{Invocation, Outcome};
use crate::report::format;

/// How long the function is kept at work.
const PROBE_TIME: Duration = Duration::from_millis(300);
/// How long it is kept at work once more, in another process, for what it returns there.
const AGAIN: Duration = Duration::from_millis(1);
/// A budget holds at least so many passes in `single`: a few for each cell.
const FEWEST_PASSES: u64 = 12;
/// The same of a command, each of whose processes runs it once more for its proof.
const FEWEST_RUNS: u64 = 30;
/// How much of a failure is shown: characters of the reason and of a line, and lines that were printed.
const LONGEST: usize = 160;
const LAST_LINES: usize = 8;

/// Calls the function a few times on the baseline. `None`: interrupted.
///
/// # Errors
/// Exit 4: it fails, answers differently each time, or takes too long for the budget.
pub(super) fn preflight(prepared: &Prepared, budget_ns: u64) -> Result<Option<Call>, Failure> {
    let workload = &prepared.matrix.workloads[0];
    let baseline = &prepared.matrix.interpreters.baseline;
    let cell = workload.base(baseline);
    if let Some(skipped) =
        prepared.plan.cells.iter().find(|it| it.cell == cell).and_then(|it| it.skipped.as_ref())
    {
        return Err(Exit::of_missing(&skipped.reason)
            .because(format!("can't try it on `{baseline}`: {}", skipped.reason)));
    }
    let Some(invocation) = probe(prepared, &cell, PROBE_TIME)? else { return Ok(None) };
    works(&invocation, workload, budget_ns)?;
    // Each run of a command is a process of its own.
    if workload.command.is_none() {
        let Some(again) = probe(prepared, &cell, AGAIN)? else { return Ok(None) };
        agree(&invocation, &again, &workload.name)?;
    }
    let busy = invocation.load_1m.is_some_and(|load| load + 1.0 > prepared.effective_cpus);
    let call = Call::from_passes(&invocation, workload.tasks, &prepared.matrix.modes.workers, busy);
    let pass_ns = call.ns.saturating_mul(call.tasks.into());
    let (what, fewest) = match workload.command {
        Some(_) => ("run", FEWEST_RUNS),
        None => ("call", FEWEST_PASSES),
    };
    let needed = pass_ns.saturating_mul(fewest);
    if needed > budget_ns {
        return Err(Exit::CellFailed.because(format!(
            "one {what} of `{}` takes {}, too long for a budget of {}: give it smaller arguments, or `--budget {}m`",
            workload.name,
            format::ns(call.ns),
            format::ns(budget_ns),
            needed.saturating_mul(3).div_ceil(60_000_000_000)
        )));
    }
    Ok(Some(call))
}

fn works(invocation: &Invocation, workload: &Workload, budget_ns: u64) -> Result<(), Failure> {
    let (name, is_command) = (&workload.name, workload.command.is_some());
    let on = &invocation.cell.interpreter;
    let reason = invocation.reason.as_deref().unwrap_or("no reason given");
    let failed = |text: String| Err(Exit::CellFailed.because(text));
    match invocation.outcome {
        Outcome::Completed => {}
        Outcome::TimedOut => {
            return failed(format!(
                "`{name}` takes too long on `{on}` for a budget of {} ({reason}): give it smaller arguments, or a larger `--budget`",
                format::ns(budget_ns)
            ));
        }
        _ => {
            // Only the class itself knows its methods.
            if let Some((_, said)) =
                reason.split_once("UsageError: ").filter(|it| it.1.contains("has no function"))
            {
                let said = said.trim_end_matches(" (imports)");
                return Err(Exit::Usage.because(format!("can't try `{name}`: {said}")));
            }
            let hint = match reason {
                _ if is_command && reason.contains("No module named") => {
                    "; `--packages NAME` or `--project DIR` installs it"
                }
                _ if is_command => "",
                _ if reason.contains("argument") && reason.contains("TypeError") => "; `--arg` gives it one",
                _ if reason.contains("ModuleNotFoundError") => "; `--packages NAME` installs what it imports",
                _ => "",
            };
            let printed = last_lines(&invocation.stderr_tail);
            let reason = format::clip(reason, LONGEST);
            return failed(format!("`{name}` fails on `{on}`: {reason}{hint}{printed}"));
        }
    }
    let mut checksums = invocation.values.iter().map(|value| &value.checksum);
    let first = checksums.next();
    if checksums.any(|other| Some(other) != first) {
        if is_command {
            return failed(format!(
                "`{name}` prints something else each time, so nothing tells right work from wrong: seed it, and keep what \
                 differs (times, addresses) from its standard output, as `-- sh -c '{{python}} … > /dev/null'` does"
            ));
        }
        return failed(format!(
            "`{name}` returns something else each time it is called, so no way of running it can be proved right: it keeps state between its calls, or draws on chance or the clock; seed it, or return what doesn't change"
        ));
    }
    Ok(())
}

/// Returns what was printed last, a line each, after a line break.
fn last_lines(printed: &str) -> String {
    let lines: Vec<&str> = printed.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
    last.iter().map(|line| format!("\n{}", clipped(line))).collect()
}

/// Returns the begin of a line, with the blanks that lead it.
fn clipped(line: &str) -> String {
    let lead: String = line.chars().take_while(|c| *c == ' ').take(LONGEST).collect();
    format!("{lead}{}", format::clip(line, LONGEST))
}

/// Refuses a function that returns something else in another process.
fn agree(one: &Invocation, other: &Invocation, name: &str) -> Result<(), Failure> {
    let first = |invocation: &Invocation| invocation.values.first().map(|value| value.checksum.clone());
    let (Some(here), Some(there)) = (first(one), first(other)) else { return Ok(()) };
    if here == there || other.outcome != Outcome::Completed {
        return Ok(());
    }
    Err(Exit::CellFailed.because(format!(
        "`{name}` returns something else in each process, so no way of running it can be proved right: what its file draws on as it is loaded (chance, the clock, a process id) differs; seed it, or return what doesn't change"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_printed_is_short() {
        assert_eq!(last_lines("  \n"), "");
        assert_eq!(last_lines("one\n\n  two\n"), "\none\n  two");
        let long = format!("{}\n{}", "gone\n".repeat(90), "x".repeat(5_000));
        let told = last_lines(&long);
        assert_eq!(told.lines().count(), LAST_LINES + 1);
        assert!(told.ends_with('…') && told.len() < 300, "{told}");
    }
}
