//! What would make one distrust the run as a whole.

use crate::interpreter::difference_texts;
use crate::record::{Host, Outcome, RunInfo};
use crate::stats;

use super::cell_pairs::CellPairs;
use super::ratio;
use super::{Capacity, CellResult, Results, Warning};
use crate::pairing::Roles;

/// Chance of one false alarm about drift in a whole run.
const DRIFT_LEVEL: f64 = 0.05;

pub(super) fn all(
    run: &RunInfo,
    roles: &Roles,
    results: &Results,
    pairs: &CellPairs,
    late: u32,
    unplanned: u32,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut say = |kind: &str, text: String| warnings.push(Warning { kind: kind.to_owned(), text });
    for text in &run.warnings {
        say("run", text.clone());
    }
    for missing in &run.missing {
        let hint = missing.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        say("interpreter_missing", format!("`{}` was left out: {}{hint}", missing.name, missing.reason));
    }
    baselines(roles, results).into_iter().for_each(|text| say("baseline_failed", text));
    comparability(results).into_iter().for_each(|text| say("comparability", text));
    let host = &run.host;
    let oversubscribed = results.cells.iter().filter(|cell| cell.oversubscribed && ran(cell.outcome)).count();
    if oversubscribed > 0 {
        say(
            "oversubscribed",
            format!(
                "{} more workers, or threads of theirs, than usable CPUs ({})",
                have(oversubscribed),
                host.usable_cpus(host.effective_cpus)
            ),
        );
    }
    let unsettled = results.counts.completed - results.counts.settled.min(results.counts.completed);
    if unsettled > 0 {
        let percent = (results.precision * 1e5).round() / 1e3;
        say("unsettled", format!("{} not settled to ±{percent} %", be(unsettled as usize)));
    }
    drift(results, pairs).into_iter().for_each(|text| say("drift", text));
    if let Some(busy) = host.busy_cpus.filter(|busy| *busy > 0.2) {
        say(
            "high_load",
            format!(
                "other work kept CPUs busy when the run started ({busy:.1} of {}); stop it and repeat",
                host.all_cpus()
            ),
        );
    }
    results
        .capacity
        .iter()
        .filter_map(|one| low_capacity(host, one))
        .for_each(|text| say("capacity_low", text));
    if late > 0 {
        say("late_records", format!("invocations that came too late in the record to be paired: {late}"));
    }
    if unplanned > 0 {
        say("unknown_cell", format!("invocations that belong to no cell of the plan: {unplanned}"));
    }
    warnings
}

/// Returns a line for a capacity that lies far below the CPUs.
pub(super) fn low_capacity(host: &Host, Capacity { cell, ratio, .. }: &Capacity) -> Option<String> {
    let cpus = host.effective_cpus;
    let whole = f64::from(cell.workers).min(cpus);
    let cause = if host.is_quota(cpus) { format!(" ({})", host.usable_cpus(cpus)) } else { String::new() };
    (*ratio < 0.8 * whole).then(|| {
        format!(
            "{} independent processes of {} {} together did {ratio:.2}× the work of one, not {whole}×{cause}: no mode can reach more here",
            cell.workers, cell.interpreter, cell.workload,
        )
    })
}

fn ran(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Skipped | Outcome::NotReached | Outcome::Cancelled)
}

fn have(count: usize) -> String {
    if count == 1 { "1 cell has".to_owned() } else { format!("{count} cells have") }
}

fn be(count: usize) -> String {
    if count == 1 { "1 completed cell is".to_owned() } else { format!("{count} completed cells are") }
}

fn baselines(roles: &Roles, results: &Results) -> Vec<String> {
    let mut texts = Vec::new();
    for workload in &results.workloads {
        // A workload that was skipped as a whole needs no ratios.
        let wanted = |cell: &&CellResult| cell.workload == workload.name && ran(cell.outcome);
        let index = results.cells.iter().position(|cell| wanted(&cell));
        let Some(index) = index else { continue };
        let state = match roles.base[index].map(|base| &results.cells[base]) {
            Some(base) if base.outcome == Outcome::Completed => continue,
            Some(base) => base.reason.clone().unwrap_or_else(|| "it was not measured".to_owned()),
            None => "it is not in the plan".to_owned(),
        };
        let (name, baseline, mode) = (&workload.name, &results.baseline, results.cells[index].base_mode());
        texts.push(format!("no speedup over {baseline} {name} {mode} can be shown: {state}"));
    }
    texts
}

/// Each interpreter against the baseline.
fn comparability(results: &Results) -> Vec<String> {
    let Some(baseline) = results.interpreter(&results.baseline) else { return Vec::new() };
    let others = results.interpreters.iter().filter(|other| other.name != baseline.name);
    others
        .filter_map(|other| {
            let list = difference_texts(baseline, other).join("; ");
            let text = || format!("{} and {} are not quite comparable: {list}", other.name, baseline.name);
            (!list.is_empty()).then(text)
        })
        .collect()
}

/// Cells whose ratio wanders from round to round; p values are held together by Holm's correction.
fn drift(results: &Results, pairs: &CellPairs) -> Vec<String> {
    let mut found = Vec::new();
    for (cell, values) in results.cells.iter().zip(&pairs.over_base) {
        let logs = ratio::logs(values);
        if let (Some(trend), Outcome::Completed) = (stats::spearman_trend(&logs), cell.outcome) {
            found.push((cell, logs, trend.p));
        }
    }
    let adjusted = stats::holm(&found.iter().map(|(_, _, p)| *p).collect::<Vec<_>>());
    found
        .iter()
        .zip(adjusted)
        .filter(|(_, p)| *p < DRIFT_LEVEL)
        .filter_map(|((cell, logs, _), _)| {
            let (early, late) = logs.split_at(logs.len() / 2);
            let (early, late) = (stats::mean(early)?.exp(), stats::mean(late)?.exp());
            Some(format!(
                "{} drifts over the rounds: {early:.2}× in the first half, {late:.2}× in the second",
                ***cell
            ))
        })
        .collect()
}
