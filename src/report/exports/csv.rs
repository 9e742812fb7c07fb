//! `results.csv`: one row a cell, skipped ones too, in the matrix's order. Raw figures, nanoseconds
//! and bytes; an empty field is a figure that doesn't exist. Columns are only ever added at the end.
//! `derived.csv`: one row a figure that follows from several cells, where there is one. A value without end is empty,
//! as is such an end of its interval.

use crate::analysis::CellResult;
use crate::analysis::metrics::{CellMetric, METRICS};
use crate::record::GilBuild;

use super::super::artifact::{Artifact, Drawing};
use super::super::view::View;
use super::super::{characters, methodology};
use super::Exporter;
use super::figures::{self, Derived};

pub(crate) const EXPORTER: Exporter = Exporter { name: "csv", default: true, draws: false, export };

/// The columns in the order in which they came: whoever reads them by their place still can.
const COLUMNS: &str = "\
    interpreter workload mode workers variant start_method environment oversubscribed outcome reason \
    invocations wall_ns wall_ns_low wall_ns_high speedup speedup_low speedup_high speedup_settled \
    speedup_baseline speedup_self speedup_self_low speedup_self_high speedup_self_settled efficiency \
    total_ns total_ns_low total_ns_high speedup_total speedup_total_low speedup_total_high start_ns \
    imports_ns pool_ns first_ns teardown_ns cpu_ns cpu_cores_used peak_rss_bytes peak_pss_bytes \
    loop_lag_ns gil_build gil_enabled_before gil_enabled_after warnings loop_lag_p99_ns repeats \
    warm_ups gc_enabled blas_threads blas_source efficiency_low efficiency_high cpu_over_self \
    cpu_over_self_low cpu_over_self_high cpu_over_base cpu_over_base_low cpu_over_base_high \
    loop_lag_ns_low loop_lag_ns_high outliers doubts";

/// The names of all columns: figures that are new to the table of figures come last.
fn columns() -> Vec<String> {
    let mut names: Vec<String> = COLUMNS.split_whitespace().map(str::to_owned).collect();
    for column in METRICS.iter().filter_map(|metric| metric.column) {
        if !names.iter().any(|known| known == column) {
            names.extend(["", "_low", "_high"].map(|end| format!("{column}{end}")));
        }
    }
    names
}

/// What stands in a column: what is no figure here, else a figure of the table or an end of its interval.
fn field(c: &CellResult, name: &str) -> String {
    match name {
        "interpreter" => c.interpreter.clone(),
        "workload" => c.workload.clone(),
        "mode" => c.mode.clone(),
        "workers" => c.workers.to_string(),
        "variant" => c.variant().to_string(),
        "start_method" => text(c.start_method),
        "environment" => c.environment.clone(),
        "oversubscribed" => c.oversubscribed.to_string(),
        // As in `results.json`.
        "outcome" => text(serde_json::to_value(c.outcome).ok().as_ref().and_then(serde_json::Value::as_str)),
        "reason" => c.reason.clone().unwrap_or_default(),
        "invocations" => c.invocations.to_string(),
        "speedup_settled" => text(c.speedup.as_ref().map(|s| s.settled)),
        "speedup_baseline" => text(c.speedup.as_ref().map(|s| s.baseline.clone())),
        "speedup_self_settled" => text(c.speedup_self.as_ref().map(|s| s.settled)),
        "gil_build" => text(c.gil.map(|gil| match gil.build {
            GilBuild::Gil => "gil",
            GilBuild::FreeThreaded => "free-threaded",
        })),
        "gil_enabled_before" => text(c.gil.map(|gil| gil.enabled_before)),
        "gil_enabled_after" => text(c.gil.map(|gil| gil.enabled_after)),
        "warnings" => c.warnings.join("; "),
        "doubts" => c.doubts_text(),
        "repeats" => text(c.wall_ns.as_ref().map(|_| c.repeats)),
        "warm_ups" => text(c.warm_ups),
        "gc_enabled" => text(c.gc.as_ref().map(|gc| gc.enabled)),
        "blas_threads" => text(c.blas.as_ref().and_then(methodology::blas_threads)),
        "blas_source" => text(c.blas.as_ref().map(|blas| blas.source.clone())),
        "outliers" => text(c.wall_ns.as_ref().map(|_| c.outliers.len())),
        _ => figure(c, name),
    }
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
    ("unit", |d| d.unit_name().to_owned()),
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

/// Returns `results.csv` of several runs, each row begun with its run's label, id and host.
pub(crate) fn several<'a>(runs: impl Iterator<Item = (&'a str, &'a View<'a>)>) -> Vec<u8> {
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
        let _ = writer.write_record(row.map(|field| characters::csv(&field)));
    }
    writer.into_inner().unwrap_or_default()
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
