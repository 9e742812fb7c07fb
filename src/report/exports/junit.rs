//! JUnit's XML for the test tabs of CI systems: one suite a workload, one case a cell. What is derived from several
//! cells are properties of its workload's suite; what is of no single workload, of a suite without cases. A run that was
//! held against a base has a last suite with what fails the gate.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::analysis::CellResult;
use crate::analysis::run_diff::{Changes, of_gate};
use crate::record::Outcome;

use super::super::artifact::{Artifact, Drawing};
use super::super::characters::xml;
use super::super::view::View;
use super::super::wording::outcome;
use super::Exporter;
use super::figures::{self, Derived};

pub(super) const EXPORTER: Exporter = Exporter { name: "junit", default: false, draws: false, export };

fn export(view: &View<'_>, _: &[Drawing]) -> Vec<Artifact> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all: Vec<&CellResult> = view.cells.iter().collect();
    let gate = of_gate(view);
    let (cases, of_gate) = gate.as_ref().map(gate_cases).unwrap_or_default();
    let of_cells = counts(&all);
    let whole = attributes(std::array::from_fn(|place| of_cells[place] + of_gate[place]));
    let _ = writeln!(out, "<testsuites name=\"gilmatrix {}\" {whole}>", xml(&view.run_id));
    let mut derived: BTreeMap<Option<String>, Vec<Derived<'_>>> = BTreeMap::new();
    for one in figures::all(view) {
        derived.entry(one.workload().map(str::to_owned)).or_default().push(one);
    }
    for workload in &view.workload_names {
        let cells: Vec<&CellResult> = view.cells_of(workload).collect();
        let own = derived.remove(&Some((*workload).to_owned())).unwrap_or_default();
        suite(&mut out, view, workload, &cells, &own);
    }
    if !derived.is_empty() {
        let several: Vec<_> = derived.into_values().flatten().collect();
        suite(&mut out, view, "several workloads", &[], &several);
    }
    if let Some(gate) = &gate {
        let name = xml(&format!("against {}", gate.base));
        let _ = writeln!(out, "  <testsuite name=\"{name}\" {}>\n{cases}  </testsuite>", attributes(of_gate));
    }
    out.push_str("</testsuites>\n");
    vec![Artifact::new("junit.xml", out)]
}

fn suite(out: &mut String, view: &View<'_>, name: &str, cells: &[&CellResult], derived: &[Derived<'_>]) {
    let _ = writeln!(out, "  <testsuite name=\"{}\" {}>", xml(name), attributes(counts(cells)));
    // The schema wants no empty list.
    if !derived.is_empty() {
        out.push_str("    <properties>\n");
        for one in derived {
            let who = if one.workload() == Some(name) { one.who(view) } else { one.full_name(view) };
            let name = xml(&format!("{who} {}", one.name));
            let _ = writeln!(out, "      <property name=\"{name}\" value=\"{}\"/>", xml(&one.text()));
        }
        out.push_str("    </properties>\n");
    }
    for cell in cells {
        case(out, view, cell);
    }
    out.push_str("  </testsuite>\n");
}

/// A failing case for each change that fails the gate, or one that passes; and how many there are.
fn gate_cases(gate: &Changes) -> (String, CaseCounts) {
    let case = |name: &str, rest: &str| {
        format!("    <testcase classname=\"gate\" name=\"{}\" time=\"0\"{rest}\n", xml(name))
    };
    let failure = |name: &str, kind: &str, why: &str| {
        case(name, &format!("><failure type=\"{kind}\" message=\"{}\"/></testcase>", xml(why)))
    };
    let failing = gate.changes.iter().filter(|change| gate.fails(change));
    let mut cases: Vec<String> = failing
        .map(|change| {
            let kind = change.kind.word();
            failure(&format!("{} {kind}", change.cell), kind, &change.text)
        })
        .collect();
    if gate.compared == 0 {
        cases.push(failure("gate", "not measured", "nothing was compared"));
    }
    let failures = cases.len();
    if failures == 0 {
        let said = xml(&format!("{}: {}", gate.verdict(), gate.summary()));
        cases.push(case("gate", &format!("><system-out>{said}</system-out></testcase>")));
    }
    (cases.concat(), [cases.len(), failures, 0])
}

/// A suite's cases, the failures among them, and the skipped ones.
type CaseCounts = [usize; 3];

fn attributes([tests, failures, skipped]: CaseCounts) -> String {
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"")
}

fn counts(cells: &[&CellResult]) -> CaseCounts {
    let failures = cells.iter().filter(|cell| cell.outcome.is_failure()).count();
    let skipped = cells.iter().filter(|cell| silent(cell)).count();
    [cells.len(), failures, skipped]
}

/// Neither a number nor a failure of its own.
fn silent(cell: &CellResult) -> bool {
    !cell.has_numbers() && !cell.outcome.is_failure()
}

fn case(out: &mut String, view: &View<'_>, cell: &CellResult) {
    let seconds = cell.wall_ns.as_ref().map_or(0.0, |wall| wall.median as f64 / 1e9);
    let _ = write!(
        out,
        "    <testcase classname=\"{}.{}\" name=\"{}\" time=\"{seconds:.9}\"",
        xml(&cell.workload),
        xml(&cell.interpreter),
        xml(&view.how(cell)),
    );
    let why = xml(&cell.why_none());
    let kind = outcome(cell.outcome);
    let _ = match cell.outcome {
        Outcome::Completed => {
            writeln!(out, "><system-out>{}</system-out></testcase>", xml(&cell.figures_text()))
        }
        outcome if outcome.is_failure() => {
            writeln!(out, "><failure type=\"{kind}\" message=\"{why}\"/></testcase>")
        }
        _ => writeln!(out, "><skipped message=\"{why}\"/></testcase>"),
    };
}
