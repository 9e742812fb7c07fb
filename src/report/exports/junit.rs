//! JUnit's XML for the test tabs of CI systems: one suite a workload, one case a cell. What is derived from several
//! cells are properties of its workload's suite; what is of no single workload, of a last suite without cases.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::analysis::CellResult;
use crate::record::Outcome;

use super::super::canvas::escape;
use super::super::export::{Artifact, Drawing, Exporter};
use super::super::format;
use super::super::view::{self, View};
use super::figures::{self, Derived};

pub struct Junit;

impl Exporter for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn export(&self, view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let all: Vec<&CellResult> = view.cells.iter().collect();
        let _ = writeln!(out, "<testsuites name=\"gilmatrix {}\" {}>", escape(&view.run_id), counts(&all));
        let mut derived: BTreeMap<Option<String>, Vec<Derived<'_>>> = BTreeMap::new();
        for one in figures::all(view) {
            derived.entry(one.workload().map(str::to_owned)).or_default().push(one);
        }
        for workload in view::workloads(view) {
            let cells: Vec<&CellResult> = view::of(view, workload).collect();
            let own = derived.remove(&Some(workload.to_owned())).unwrap_or_default();
            suite(&mut out, view, workload, &cells, &own);
        }
        if !derived.is_empty() {
            let several: Vec<_> = derived.into_values().flatten().collect();
            suite(&mut out, view, "several workloads", &[], &several);
        }
        out.push_str("</testsuites>\n");
        vec![Artifact::new("junit.xml", out.into_bytes())]
    }
}

fn suite(out: &mut String, view: &View<'_>, name: &str, cells: &[&CellResult], derived: &[Derived<'_>]) {
    let _ = writeln!(out, "  <testsuite name=\"{}\" {}>", escape(name), counts(cells));
    // The schema wants no empty list.
    if !derived.is_empty() {
        out.push_str("    <properties>\n");
        for one in derived {
            let who = if one.workload() == Some(name) { one.who(view) } else { one.full_name(view) };
            let name = escape(&format!("{who} {}", one.name));
            let _ = writeln!(out, "      <property name=\"{name}\" value=\"{}\"/>", escape(&one.text()));
        }
        out.push_str("    </properties>\n");
    }
    for cell in cells {
        case(out, view, cell);
    }
    out.push_str("  </testsuite>\n");
}

fn counts(cells: &[&CellResult]) -> String {
    let failures = cells.iter().filter(|cell| cell.outcome.is_failure()).count();
    let skipped = cells.iter().filter(|cell| silent(cell)).count();
    format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"", cells.len())
}

/// Neither a number nor a failure of its own.
fn silent(cell: &CellResult) -> bool {
    !view::has_numbers(cell) && !cell.outcome.is_failure()
}

fn case(out: &mut String, view: &View<'_>, cell: &CellResult) {
    let seconds = cell.wall_ns.as_ref().map_or(0.0, |wall| wall.median as f64 / 1e9);
    let _ = write!(
        out,
        "    <testcase classname=\"{}.{}\" name=\"{}\" time=\"{seconds:.9}\"",
        escape(&cell.workload),
        escape(&cell.interpreter),
        escape(&view::how(view, cell)),
    );
    let why = escape(&view::why_none(cell));
    let kind = view::outcome(cell.outcome);
    let _ = match cell.outcome {
        Outcome::Completed => {
            writeln!(out, "><system-out>{}</system-out></testcase>", escape(&figures(cell)))
        }
        outcome if outcome.is_failure() => {
            writeln!(out, "><failure type=\"{kind}\" message=\"{why}\"/></testcase>")
        }
        _ => writeln!(out, "><skipped message=\"{why}\"/></testcase>"),
    };
}

fn figures(cell: &CellResult) -> String {
    let mut parts = Vec::new();
    if let Some(wall) = &cell.wall_ns {
        parts.push(format::ns(wall.median));
    }
    for speedup in [&cell.speedup_self, &cell.speedup].into_iter().flatten() {
        let interval =
            view::interval(speedup).map_or_else(String::new, |ci| format!(" ({})", format::interval(ci)));
        let settled = if speedup.settled { "" } else { ", not settled" };
        parts.push(format!("{}{interval} over {}{settled}", format::ratio(speedup.ratio), speedup.baseline));
    }
    parts.extend(cell.total_ns.as_ref().map(|total| format!("cold, in all {}", format::ns(total.median))));
    parts.extend(cell.cpu_cores_used.map(|cores| format!("{} CPUs used", format::cores(cores))));
    let memory = cell.peak_pss_bytes.or(cell.peak_rss_bytes);
    parts.extend(memory.map(|bytes| format!("{} at most", format::bytes(bytes))));
    parts.extend(view::lag(cell).map(|lag| format!("event loop's longest stall {lag}")));
    parts.join("; ")
}
