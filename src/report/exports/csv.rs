//! `results.csv`: one row a cell, skipped ones too, in the matrix's order. Raw figures, nanoseconds
//! and bytes; an empty field is a figure that doesn't exist. Columns are only ever added at the end.
//! `derived.csv`: one row a figure that follows from several cells, where there is one. A value without end is empty,
//! as is such an end of its interval.

use crate::analysis::{CellResult, Estimate, Speedup};
use crate::record::GilBuild;

use super::super::export::{Artifact, Drawing, Exporter};
use super::super::how;
use super::super::view::View;
use super::figures::{self, Derived, Unit};

pub struct Csv;

/// Name of a column and what stands in it.
type Column = (&'static str, fn(&CellResult) -> String);

const COLUMNS: &[Column] = &[
    ("interpreter", |c| c.interpreter.clone()),
    ("workload", |c| c.workload.clone()),
    ("mode", |c| c.mode.clone()),
    ("workers", |c| c.workers.to_string()),
    ("variant", |c| c.variant().to_string()),
    ("start_method", |c| text(c.start_method)),
    ("environment", |c| c.environment.clone()),
    ("oversubscribed", |c| c.oversubscribed.to_string()),
    ("outcome", |c| snake(c.outcome)),
    ("reason", |c| c.reason.clone().unwrap_or_default()),
    ("invocations", |c| c.invocations.to_string()),
    ("wall_ns", |c| text(c.wall_ns.as_ref().map(|e| e.median))),
    ("wall_ns_low", |c| text(end(c.wall_ns.as_ref(), 0))),
    ("wall_ns_high", |c| text(end(c.wall_ns.as_ref(), 1))),
    ("speedup", |c| ratio(c.speedup.as_ref())),
    ("speedup_low", |c| bound(c.speedup.as_ref(), 0)),
    ("speedup_high", |c| bound(c.speedup.as_ref(), 1)),
    ("speedup_settled", |c| text(c.speedup.as_ref().map(|s| s.settled))),
    ("speedup_baseline", |c| text(c.speedup.as_ref().map(|s| s.baseline.clone()))),
    ("speedup_self", |c| ratio(c.speedup_self.as_ref())),
    ("speedup_self_low", |c| bound(c.speedup_self.as_ref(), 0)),
    ("speedup_self_high", |c| bound(c.speedup_self.as_ref(), 1)),
    ("speedup_self_settled", |c| text(c.speedup_self.as_ref().map(|s| s.settled))),
    ("efficiency", |c| text(c.efficiency)),
    ("total_ns", |c| text(c.total_ns.as_ref().map(|e| e.median))),
    ("total_ns_low", |c| text(end(c.total_ns.as_ref(), 0))),
    ("total_ns_high", |c| text(end(c.total_ns.as_ref(), 1))),
    ("speedup_total", |c| ratio(c.speedup_total.as_ref())),
    ("speedup_total_low", |c| bound(c.speedup_total.as_ref(), 0)),
    ("speedup_total_high", |c| bound(c.speedup_total.as_ref(), 1)),
    ("start_ns", |c| text(c.phases_ns.start)),
    ("imports_ns", |c| text(c.phases_ns.imports)),
    ("pool_ns", |c| text(c.phases_ns.pool)),
    ("first_ns", |c| text(c.phases_ns.first)),
    ("teardown_ns", |c| text(c.phases_ns.teardown)),
    ("cpu_ns", |c| text(c.cpu_ns)),
    ("cpu_cores_used", |c| text(c.cpu_cores_used)),
    ("peak_rss_bytes", |c| text(c.peak_rss_bytes)),
    ("peak_pss_bytes", |c| text(c.peak_pss_bytes)),
    ("loop_lag_ns", |c| text(c.loop_lag_ns)),
    ("gil_build", |c| {
        text(c.gil.map(|gil| match gil.build {
            GilBuild::Gil => "gil",
            GilBuild::FreeThreaded => "free-threaded",
        }))
    }),
    ("gil_enabled_before", |c| text(c.gil.map(|gil| gil.enabled_before))),
    ("gil_enabled_after", |c| text(c.gil.map(|gil| gil.enabled_after))),
    ("warnings", |c| c.warnings.join("; ")),
    ("loop_lag_p99_ns", |c| text(c.loop_lag_p99_ns)),
    ("repeats", |c| text(c.wall_ns.as_ref().map(|_| c.repeats))),
    ("warm_ups", |c| text(c.warm_ups)),
    ("gc_enabled", |c| text(c.gc.as_ref().map(|gc| gc.enabled))),
    ("blas_threads", |c| text(c.blas.as_ref().and_then(how::blas_threads))),
    ("blas_source", |c| text(c.blas.as_ref().map(|blas| blas.source.clone()))),
    ("efficiency_low", |c| text(c.efficiency_ci95.map(|ci| ci[0]))),
    ("efficiency_high", |c| text(c.efficiency_ci95.map(|ci| ci[1]))),
    ("cpu_over_self", |c| text(c.cpu_over_self.map(|figure| figure.value))),
    ("cpu_over_self_low", |c| text(c.cpu_over_self.and_then(|figure| Some(figure.ci95?[0])))),
    ("cpu_over_self_high", |c| text(c.cpu_over_self.and_then(|figure| Some(figure.ci95?[1])))),
    ("cpu_over_base", |c| text(c.cpu_over_base.map(|figure| figure.value))),
    ("cpu_over_base_low", |c| text(c.cpu_over_base.and_then(|figure| Some(figure.ci95?[0])))),
    ("cpu_over_base_high", |c| text(c.cpu_over_base.and_then(|figure| Some(figure.ci95?[1])))),
    ("loop_lag_ns_low", |c| text(c.loop_lag_ci95.map(|ci| ci[0]))),
    ("loop_lag_ns_high", |c| text(c.loop_lag_ci95.map(|ci| ci[1]))),
    ("outliers", |c| text(c.wall_ns.as_ref().map(|_| c.outliers.len()))),
];

type DerivedColumn = (&'static str, fn(&Derived<'_>) -> String);

const DERIVED: &[DerivedColumn] = &[
    ("figure", |d| d.name.to_owned()),
    ("workload", |d| text(d.workload())),
    ("interpreter", |d| d.cell.interpreter.clone()),
    ("mode", |d| d.cell.mode.clone()),
    ("workers", |d| text(Some(d.cell.workers).filter(|workers| *workers > 0))),
    ("variant", |d| d.cell.variant().to_string()),
    ("against", |d| text(d.against)),
    ("unit", |d| unit(d.unit).to_owned()),
    ("value", |d| text(d.figure.value)),
    ("low", |d| text(d.figure.low)),
    ("high", |d| text(d.figure.high)),
    ("settled", |d| text(d.settled)),
];

impl Exporter for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn default(&self) -> bool {
        true
    }

    fn export(&self, view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
        let cells = view.cells.iter().map(|cell| COLUMNS.iter().map(move |column| column.1(cell)));
        let mut files = vec![Artifact::new("results.csv", table(names(COLUMNS), cells))];
        let derived = figures::all(view);
        if !derived.is_empty() {
            let rows = derived.iter().map(|one| DERIVED.iter().map(move |column| column.1(one)));
            files.push(Artifact::new("derived.csv", table(names(DERIVED), rows)));
        }
        files
    }
}

/// The same of several runs, each row begun with its run's label, id and host.
pub fn several<'a>(runs: impl Iterator<Item = (&'a str, &'a View<'a>)>) -> Vec<u8> {
    let rows = runs.flat_map(|(label, view)| {
        let first = [label.to_owned(), view.run_id.clone(), text(view.host.hostname.clone())];
        view.cells.iter().map(move |cell| {
            first.clone().into_iter().chain(COLUMNS.iter().map(move |column| column.1(cell)))
        })
    });
    table(["run", "run_id", "host"].into_iter().chain(names(COLUMNS)), rows)
}

fn names<F>(columns: &[(&'static str, F)]) -> impl Iterator<Item = &'static str> {
    columns.iter().map(|column| column.0)
}

fn table(
    header: impl Iterator<Item = &'static str>,
    rows: impl Iterator<Item = impl Iterator<Item = String>>,
) -> Vec<u8> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    // A Vec takes every byte, and all rows have the same length: there is no error to meet.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row.map(inert));
    }
    writer.into_inner().unwrap_or_default()
}

/// Text from the matrix that a spreadsheet would take for a formula gets an apostrophe before it.
fn inert(field: String) -> String {
    let formula = field.starts_with(['=', '+', '@', '\t', '\r'])
        || (field.starts_with('-') && field.parse::<f64>().is_err());
    if formula { format!("'{field}") } else { field }
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Share | Unit::SerialFraction | Unit::Ratio => "1",
        Unit::Workers => "workers",
        Unit::Nanoseconds => "ns",
        Unit::Bytes => "bytes",
    }
}

/// As in `results.json`.
fn snake(outcome: crate::record::Outcome) -> String {
    match serde_json::to_value(outcome) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

fn end(estimate: Option<&Estimate>, which: usize) -> Option<u64> {
    Some(estimate?.ci95?[which])
}

fn ratio(speedup: Option<&Speedup>) -> String {
    text(speedup.map(|speedup| speedup.ratio))
}

fn bound(speedup: Option<&Speedup>, which: usize) -> String {
    text(speedup.and_then(|speedup| Some(speedup.ci95?[which])))
}
