use crate::analysis::Results;
use crate::record::Outcome;
use crate::report::artifact::Artifact;
use crate::report::fixture::results;

use super::differences::Differences;
use super::{SideBySide, render, terminal};

/// The fixture, and the same on another machine, half as fast, with another build, one failure and one cell less.
fn two() -> [Results; 2] {
    let one = results();
    let mut other = one.clone();
    other.run_id = "20261124-010203-abcd".to_owned();
    other.host.hostname = Some("vm-2".to_owned());
    other.host.cpu_model = "Another CPU".to_owned();
    let build = other.interpreters.last_mut().expect("interpreters");
    build.facts.compiler = Some("Clang 20".to_owned());
    for cell in &mut other.cells {
        cell.wall_ns.iter_mut().for_each(|wall| wall.median *= 2);
    }
    let threads = other.cells.iter().position(|cell| cell.mode == "threads" && cell.workers > 1);
    other.cells[threads.expect("threads")].outcome = Outcome::Crashed;
    let last = other.cells.iter().rposition(|cell| cell.outcome == Outcome::Completed).expect("a cell");
    other.cells.remove(last);
    [one, other]
}

fn text(files: &[Artifact], name: &str) -> String {
    let found = files.iter().find(|file| file.path.to_string_lossy() == name);
    String::from_utf8_lossy(found.unwrap_or_else(|| panic!("{name}")).bytes.as_ref().expect("drawn"))
        .into_owned()
}

#[test]
fn on_a_phone_what_differs_names_its_run() {
    let mut other = results();
    other.run_id = "later".to_owned();
    other.host.cpu_model = "Another".to_owned();
    let files = render(&[results(), other], |format| format == "html");
    let html = String::from_utf8(files[0].bytes.clone().expect("drawn")).expect("UTF-8");
    assert!(html.contains("<td data-h=\"B\">Another</td>"), "each card says whose it is");
}

#[test]
fn what_differs_is_said_first_and_machines_are_named() {
    let runs = two();
    let several = SideBySide::new(&runs);
    let labels: Vec<&str> = several.runs.iter().map(|run| run.label.as_str()).collect();
    assert_eq!(labels, ["A", "B"], "one id is long");
    let found = Differences::of(&several);
    assert!(
        found.said[0].starts_with("2 machines: A on ") && found.said[0].contains("B on vm-2: Another CPU")
    );
    assert!(found.said[0].contains("no ratio is formed between machines"), "{:?}", found.said);
    let name = &runs[0].interpreters.last().unwrap().name;
    assert!(found.said.iter().any(|text| *text == format!("{name} isn't the same build in all runs")));
    assert!(
        found
            .unlike
            .iter()
            .any(|aspect| aspect.name == "CPU" && aspect.values[1].as_deref() == Some("Another CPU"))
    );
    assert!(found.alike.iter().any(|aspect| aspect.name == "baseline"));

    let same = [runs[0].clone(), runs[0].clone()];
    let alike = Differences::of(&SideBySide::new(&same));
    assert!(alike.said[0].starts_with("one machine") && alike.said.len() == 1, "{:?}", alike.said);
    assert!(alike.unlike.is_empty());
}

#[test]
fn every_cell_has_a_row_and_every_run_its_place_in_it() {
    let runs = two();
    let several = SideBySide::new(&runs);
    let tried = runs[0].cells.iter().filter(|cell| cell.outcome != Outcome::Skipped).count();
    assert_eq!(several.rows.len(), tried, "what only one run lacks stays");
    let lacking = several.rows.iter().filter(|row| row.cells[1].is_none()).count();
    assert_eq!(lacking, 1);
    let groups = several.rows.chunk_by(|a, b| a.cell.workload == b.cell.workload).count();
    assert_eq!(groups, several.workloads().len(), "a workload's cells stand together");
}

#[test]
fn every_format_has_all_runs_and_no_ratio_between_them() {
    let runs = two();
    let files = render(&runs, |_| true);
    let mut names: Vec<_> = files.iter().map(|file| file.path.to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    let expected =
        ["charts/side-by-side.png", "charts/side-by-side.svg", "report.html", "report.md", "results.csv"];
    assert_eq!(names, expected);
    for name in ["report.html", "report.md"] {
        let shown = text(&files, name);
        let differs = shown.find("no ratio is formed between machines").expect(name);
        assert!(
            differs < shown.find("run's answers").or(shown.find("Answers of")).expect("answers"),
            "{name}: differences come first"
        );
        assert!(
            shown.contains("vm-2") && shown.contains("crashed") && shown.contains("not in this run"),
            "{name}"
        );
        // The other machine takes twice the time: nobody is told.
        assert!(!shown.contains("2.00×") && !shown.contains("0.50×"), "{name}");
    }
    let rows = text(&files, "results.csv");
    assert_eq!(rows.lines().count(), 1 + runs[0].cells.len() + runs[1].cells.len());
    assert!(rows.lines().last().unwrap().starts_with("B,20261124-010203-abcd,vm-2,"));
    assert_eq!(render(&runs, |_| true), files, "the same bytes");
    assert_eq!(render(&runs, |format| format == "csv").len(), 1);
}

#[test]
fn the_table_fits_and_says_it_too() {
    let runs = two();
    for columns in [60, 80] {
        let table = terminal(&runs, columns);
        let widest = table.lines().map(unicode_width::UnicodeWidthStr::width).max();
        assert!(widest <= Some(columns), "{widest:?}\n{table}");
        assert!(table.contains("2 machines") && table.contains("over its own single"), "{table}");
    }
}

/// Found by the writers' fuzz target, input 40.
#[test]
fn a_sum_of_odd_letters_is_shown_all_the_same() {
    let mut runs = two();
    runs[0].harness_sha256 = Some("ẞ e\u{301}🏳️‍🌈".to_owned());
    let found = Differences::of(&SideBySide::new(&runs));
    let harness = found.unlike.iter().find(|aspect| aspect.name == "harness").expect("they differ");
    assert_eq!(harness.values[0].as_deref(), runs[0].harness_sha256.as_deref());
}
