//! `results.csv`: one row a cell, skipped ones too, in the matrix's order. Raw figures, nanoseconds
//! and bytes; an empty field is a figure that doesn't exist. Columns are only ever added at the end.
//! `derived.csv`: one row a figure that follows from several cells, where there is one. A value without end is empty,
//! as is such an end of its interval.

use crate::analysis::CellResult;
use crate::analysis::metrics::{CellMetric, METRICS, Unit};
use crate::record::GilBuild;

use super::super::artifact::{Artifact, Drawing};
use super::super::methodology;
use super::super::view::View;
use super::Exporter;
use super::figures::{self, Derived};

pub const EXPORTER: Exporter = Exporter { name: "csv", default: true, draws: false, export };

/// Name of a column, and what stands in it; `None`: a figure of the table of figures, or an end of its interval.
type Column = (&'static str, Option<fn(&CellResult) -> String>);

const COLUMNS: &[Column] = &[
    ("interpreter", Some(|c| c.interpreter.clone())),
    ("workload", Some(|c| c.workload.clone())),
    ("mode", Some(|c| c.mode.clone())),
    ("workers", Some(|c| c.workers.to_string())),
    ("variant", Some(|c| c.variant().to_string())),
    ("start_method", Some(|c| text(c.start_method))),
    ("environment", Some(|c| c.environment.clone())),
    ("oversubscribed", Some(|c| c.oversubscribed.to_string())),
    ("outcome", Some(|c| snake(c.outcome))),
    ("reason", Some(|c| c.reason.clone().unwrap_or_default())),
    ("invocations", Some(|c| c.invocations.to_string())),
    ("wall_ns", None),
    ("wall_ns_low", None),
    ("wall_ns_high", None),
    ("speedup", None),
    ("speedup_low", None),
    ("speedup_high", None),
    ("speedup_settled", Some(|c| text(c.speedup.as_ref().map(|s| s.settled)))),
    ("speedup_baseline", Some(|c| text(c.speedup.as_ref().map(|s| s.baseline.clone())))),
    ("speedup_self", None),
    ("speedup_self_low", None),
    ("speedup_self_high", None),
    ("speedup_self_settled", Some(|c| text(c.speedup_self.as_ref().map(|s| s.settled)))),
    ("efficiency", None),
    ("total_ns", None),
    ("total_ns_low", None),
    ("total_ns_high", None),
    ("speedup_total", None),
    ("speedup_total_low", None),
    ("speedup_total_high", None),
    ("start_ns", None),
    ("imports_ns", None),
    ("pool_ns", None),
    ("first_ns", None),
    ("teardown_ns", None),
    ("cpu_ns", None),
    ("cpu_cores_used", None),
    ("peak_rss_bytes", None),
    ("peak_pss_bytes", None),
    ("loop_lag_ns", None),
    (
        "gil_build",
        Some(|c| {
            text(c.gil.map(|gil| match gil.build {
                GilBuild::Gil => "gil",
                GilBuild::FreeThreaded => "free-threaded",
            }))
        }),
    ),
    ("gil_enabled_before", Some(|c| text(c.gil.map(|gil| gil.enabled_before)))),
    ("gil_enabled_after", Some(|c| text(c.gil.map(|gil| gil.enabled_after)))),
    ("warnings", Some(|c| c.warnings.join("; "))),
    ("loop_lag_p99_ns", None),
    ("repeats", Some(|c| text(c.wall_ns.as_ref().map(|_| c.repeats)))),
    ("warm_ups", Some(|c| text(c.warm_ups))),
    ("gc_enabled", Some(|c| text(c.gc.as_ref().map(|gc| gc.enabled)))),
    ("blas_threads", Some(|c| text(c.blas.as_ref().and_then(methodology::blas_threads)))),
    ("blas_source", Some(|c| text(c.blas.as_ref().map(|blas| blas.source.clone())))),
    ("efficiency_low", None),
    ("efficiency_high", None),
    ("cpu_over_self", None),
    ("cpu_over_self_low", None),
    ("cpu_over_self_high", None),
    ("cpu_over_base", None),
    ("cpu_over_base_low", None),
    ("cpu_over_base_high", None),
    ("loop_lag_ns_low", None),
    ("loop_lag_ns_high", None),
    ("outliers", Some(|c| text(c.wall_ns.as_ref().map(|_| c.outliers.len())))),
];

/// The names of all columns: figures that are new to the table come last.
fn columns() -> Vec<String> {
    let mut names: Vec<String> = COLUMNS.iter().map(|column| column.0.to_owned()).collect();
    for column in METRICS.iter().filter_map(|metric| metric.column) {
        if !COLUMNS.iter().any(|known| known.0 == column) {
            names.extend(["", "_low", "_high"].map(|end| format!("{column}{end}")));
        }
    }
    names
}

fn field(cell: &CellResult, name: &str) -> String {
    let column = COLUMNS.iter().find(|column| column.0 == name);
    column.and_then(|column| column.1).map_or_else(|| figure(cell, name), |text| text(cell))
}

fn figure(cell: &CellResult, name: &str) -> String {
    let reading = |column: &str| (CellMetric::of_column(column)?.of)(cell);
    let end = |suffix: &str, which: usize| Some(reading(name.strip_suffix(suffix)?)?.ci95?[which]);
    text(reading(name).map(|found| found.value).or_else(|| end("_low", 0)).or_else(|| end("_high", 1)))
}

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

fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let names = columns();
    let cells = view.cells.iter().map(|cell| names.iter().map(move |name| field(cell, name)));
    let mut files = vec![Artifact::new("results.csv", table(&names, cells))];
    let derived = figures::all(view);
    if !derived.is_empty() {
        let rows = derived.iter().map(|one| DERIVED.iter().map(move |column| column.1(one)));
        let names: Vec<String> = DERIVED.iter().map(|column| column.0.to_owned()).collect();
        files.push(Artifact::new("derived.csv", table(&names, rows)));
    }
    files
}

/// The same of several runs, each row begun with its run's label, id and host.
pub fn several<'a>(runs: impl Iterator<Item = (&'a str, &'a View<'a>)>) -> Vec<u8> {
    let names = columns();
    let rows = runs.flat_map(|(label, view)| {
        let run = [label.to_owned(), view.run_id.clone(), text(view.host.hostname.clone())];
        let names = &names;
        view.cells
            .iter()
            .map(move |cell| run.clone().into_iter().chain(names.iter().map(|name| field(cell, name))))
    });
    let head: Vec<String> =
        ["run", "run_id", "host"].map(str::to_owned).into_iter().chain(names.clone()).collect();
    table(&head, rows)
}

fn table(header: &[String], rows: impl Iterator<Item = impl Iterator<Item = String>>) -> Vec<u8> {
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
        Unit::Cpus => "CPUs",
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
