//! From what was kept of a cell to its line in the results.

use rayon::prelude::*;

use crate::doubts::Ledger;
use crate::interpreter::difference_texts;
use crate::plan::PlannedCell;
use crate::record::{Outcome, Phases, RunInfo, RunStatus};
use crate::stats;

use super::cell_pairs::{BlockValue, CellPairs};
use super::cell_ratios::CellRatios;
use super::figures::Figure;
use super::steadiness;
use super::tally::Tally;
use super::{CellResult, Counts, Estimate};
use super::{budget_hint, ratio};
use crate::pairing::Roles;

/// Every cell of the plan. Takes the timelines out of the tallies.
pub(super) fn cells(
    run: &RunInfo,
    roles: &Roles,
    tallies: &mut [Tally],
    pairs: &CellPairs,
    ledger: &Ledger,
) -> Vec<CellResult> {
    let each = run.plan.cells.iter().zip(&*tallies);
    let mut cells: Vec<CellResult> = each.map(|(planned, tally)| figures(run, planned, tally)).collect();
    for (index, cell) in cells.iter_mut().enumerate().filter(|(_, cell)| cell.outcome == Outcome::Completed) {
        cell.doubts = ledger.doubts(index);
    }
    let comparable: Vec<bool> = cells.iter().map(CellResult::is_comparable).collect();
    cells.par_iter_mut().enumerate().for_each(|(cell, result)| {
        let valid = comparable[cell];
        add_ratios(result, &CellRatios { run, roles, tallies, pairs, cell, valid }, &comparable);
    });
    for (cell, tally) in cells.iter_mut().zip(tallies) {
        let sampled = tally.take_timeline();
        (cell.timeline, cell.processes) = (sampled.samples, sampled.processes);
    }
    cells
}

/// Adds the ratios of a cell, and what would make one distrust them.
fn add_ratios(result: &mut CellResult, ratios: &CellRatios<'_>, comparable: &[bool]) {
    let CellRatios { run, roles, tallies, pairs, cell, valid } = *ratios;
    let sound = |cell: Option<usize>| cell.filter(|cell| comparable[*cell]);
    let (base, own) = (sound(roles.base[cell]), sound(roles.own[cell]));
    let measured = pairs.measured_base[cell] == roles.base[cell];
    result.speedup = if measured { ratios.of(base, &pairs.over_base[cell]) } else { ratios.rebased(base) };
    result.speedup_self = ratios.of(own, &pairs.over_own[cell]);
    result.speedup_total = ratios.of_totals(base);
    let workers = f64::from(result.workers.max(1));
    result.efficiency = result.speedup_self.as_ref().map(|speedup| speedup.ratio / workers);
    result.efficiency_ci95 =
        result.speedup_self.as_ref().and_then(|speedup| Some(speedup.ci95?.map(|end| end / workers)));
    if valid {
        let logs = ratio::logs(&pairs.over_base[cell]);
        let times: Vec<f64> = result.values_ns.iter().map(|ns| *ns as f64).collect();
        result.warnings.extend(steadiness::warnings(&logs, &times));
        let over_own = ratio::logs(&pairs.over_own[cell]);
        let process = |cell: usize| stats::median(&tallies[cell].process_ns);
        let pair_ns = process(cell).zip(base.and_then(process)).map(|(own, base)| own + base);
        let precision = run.matrix.run.precision;
        result.warnings.extend(budget_hint::warning([&logs, &over_own], precision, pair_ns));
        let logs_of_times: Vec<f64> = times.iter().map(|time| time.ln()).collect();
        result.outliers = stats::outliers(&logs_of_times);
        result.cpu_over_self = own.and_then(|own| cpu(cell, own, &pairs.cpu_over_own[cell]));
        let over_base = &pairs.cpu_over_base[cell];
        result.cpu_over_base = base.filter(|_| measured).and_then(|base| cpu(cell, base, over_base));
    }
    if result.speedup.is_some() || result.speedup_total.is_some() {
        result.warnings.extend(unlike_baseline(run, &roles.baseline, &result.interpreter));
    }
    if result.oversubscribed {
        let cpus = run.matrix.effective_cpus_of(&result.environment, run.host.effective_cpus);
        let threads = run.matrix.threads_by_worker(&result.environment);
        let of_each = if threads > 1 { format!(" × {threads} BLAS threads") } else { String::new() };
        let cpus = run.host.usable_cpus(cpus);
        let warning = format!("{} workers{of_each}, usable CPUs: {cpus}", result.workers);
        result.warnings.push(warning);
    }
}

/// CPU time over that of another cell.
fn cpu(cell: usize, base: usize, values: &[BlockValue]) -> Option<Figure> {
    if cell == base {
        return Some(Figure { value: 1.0, ci95: Some([1.0, 1.0]) });
    }
    let logs = ratio::logs(values);
    let ci95 = stats::log_ratio_interval(&logs).map(ratio::ends);
    Some(Figure { value: stats::mean(&logs)?.exp(), ci95 })
}

/// In what a ratio over the baseline compares builds and not only Pythons.
fn unlike_baseline(run: &RunInfo, baseline: &str, interpreter: &str) -> Vec<String> {
    let find = |name: &str| run.interpreters.iter().find(|found| found.name == name);
    match (find(baseline), find(interpreter)) {
        (Some(baseline), Some(own)) => difference_texts(baseline, own),
        _ => Vec::new(),
    }
}

pub(super) fn counts(cells: &[CellResult]) -> Counts {
    let count =
        |wanted: &dyn Fn(&CellResult) -> bool| cells.iter().filter(|cell| wanted(cell)).count() as u32;
    Counts {
        completed: count(&|cell| cell.outcome == Outcome::Completed),
        settled: count(&|cell| cell.speedup.as_ref().is_some_and(|speedup| speedup.settled)),
        disturbed: 0,
        failed: count(&|cell| cell.outcome.is_failure()),
        skipped: count(&|cell| cell.outcome == Outcome::Skipped),
        not_reached: count(&|cell| matches!(cell.outcome, Outcome::NotReached | Outcome::Cancelled)),
        invocations: cells.iter().map(|cell| cell.invocations).sum(),
    }
}

fn verdict(run: &RunInfo, planned: &PlannedCell, tally: &Tally) -> (Outcome, Option<String>) {
    if let Some(failure) = &tally.failure {
        return (failure.outcome, Some(format!("{} (invocation {})", failure.reason, failure.id)));
    }
    if let Some(skipped) = &planned.skipped {
        return (Outcome::Skipped, Some(skipped.reason.clone()));
    }
    if tally.completed > 0 {
        return (Outcome::Completed, None);
    }
    if tally.cancelled > 0 || run.status == RunStatus::Interrupted {
        return (Outcome::Cancelled, Some("the run was interrupted before it was measured".to_owned()));
    }
    let reason = match run.status {
        RunStatus::Completed | RunStatus::Interrupted => "the budget ended before its turn",
        RunStatus::Running => "the run ended without a word before its turn; go on with `--resume`",
        RunStatus::Failed => "the machine refused before its turn",
    };
    (Outcome::NotReached, Some(reason.to_owned()))
}

fn figures(run: &RunInfo, planned: &PlannedCell, tally: &Tally) -> CellResult {
    let (outcome, reason) = verdict(run, planned, tally);
    let mut medians = tally.medians.clone();
    medians.sort_unstable_by_key(|(id, _)| *id);
    let values: Vec<f64> = medians.into_iter().map(|(_, value)| value).collect();
    let totals: Vec<f64> = tally.totals.iter().map(|(_, _, total)| *total as f64).collect();
    CellResult {
        cell: planned.cell.clone(),
        oversubscribed: planned.oversubscribed,
        outcome,
        reason,
        invocations: tally.invocations,
        wall_ns: estimate(&values),
        phases_ns: phases(&tally.phases),
        total_ns: estimate(&totals),
        cpu_ns: middle(&tally.cpu),
        cpu_cores_used: stats::median(&tally.cores),
        peak_rss_bytes: tally.peak_rss,
        peak_pss_bytes: tally.peak_pss,
        peaks: tally.peaks.iter().map(|&peak| peak.into()).collect(),
        loop_lag_ns: middle(&tally.lags),
        loop_lag_ci95: estimate(&tally.lags).and_then(|found| found.ci95),
        loop_lag_p99_ns: middle(&tally.lag_p99s),
        repeats: tally.repeats.max(1),
        warm_ups: middle(&tally.warm_ups).map(|rounds| rounds as u32),
        gc: tally.gc.as_ref().map(|(_, gc)| gc.clone()),
        blas: tally.blas.as_ref().map(|(_, blas)| blas.clone()),
        gil: tally.gil,
        checksum: tally.checksum(),
        warnings: tally.notes.clone(),
        values_ns: values.iter().map(|value| value.round() as u64).collect(),
        // The rest needs other cells.
        ..CellResult::default()
    }
}

fn estimate(values: &[f64]) -> Option<Estimate> {
    let ci95 = stats::median_interval(values).map(|(low, high)| [low.round() as u64, high.round() as u64]);
    Some(Estimate { median: middle(values)?, ci95 })
}

fn middle(values: &[f64]) -> Option<u64> {
    stats::median(values).map(|value| value.round() as u64)
}

fn phases(all: &[Phases]) -> Phases {
    let of = |part: fn(&Phases) -> Option<u64>| {
        let times: Vec<f64> = all.iter().filter_map(part).map(|time| time as f64).collect();
        middle(&times)
    };
    Phases {
        start: of(|phases| phases.start),
        imports: of(|phases| phases.imports),
        pool: of(|phases| phases.pool),
        warmup: of(|phases| phases.warmup),
        first: of(|phases| phases.first),
        work: of(|phases| phases.work),
        teardown: of(|phases| phases.teardown),
    }
}
