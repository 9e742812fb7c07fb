//! What the other tools get of a run that was held against a base.

use resvg::usvg::roxmltree::Document;

use super::super::super::fixture::results;
use super::super::super::tests::{files, text};
use super::export;
use crate::analysis::{AgainstCell, AgainstMemory, AgainstResult, GateVerdict, Results, UnmatchedCell};
use crate::record::UnmatchedKind;

/// The fixture as a run with a gate: one cell slower, one nobody knows of.
pub(crate) fn gated() -> Results {
    let mut results = results();
    let one = |cell, verdict, slowdown: f64| AgainstCell {
        cell,
        verdict,
        slowdown: Some(slowdown),
        ci95: Some([slowdown * 0.99, slowdown * 1.01]),
        pairs: 16,
        p: 0.001,
        max_slowdown: 0.03,
        reason: None,
        other_answers: None,
        memory: Some(AgainstMemory {
            verdict: GateVerdict::Cleared,
            growth: 1.0,
            ci95: None,
            pairs: 1,
            p: 1.0,
            max_memory: 0.1,
        }),
    };
    results.against = Some(AgainstResult {
        request: "git:main".to_owned(),
        commit: Some("0123456789abcdef".to_owned()),
        cells: vec![
            one(0, GateVerdict::Confirmed, 1.05),
            one(1, GateVerdict::Undecided, 1.04),
            one(2, GateVerdict::Cleared, 1.0),
        ],
        unmatched: Vec::new(),
        fail_on_undecided: false,
        allow_answers: false,
    });
    results
}

#[test]
fn how_the_gate_ended_stands_on_top_of_both_reports() {
    let written = files(&gated());
    let (markdown, page) = (text(&written, "report.md"), text(&written, "report.html"));
    let at = |text: &str, what: &str| text.find(what).unwrap_or_else(|| panic!("no `{what}`: {text}"));
    assert!(at(&markdown, "## Gate: failed: a regression") < at(&markdown, "## What to use"));
    assert!(markdown.contains("| **slower** | 3.13 fib single |"), "{markdown}");
    assert!(markdown.contains("against git:main (0123456789ab)"), "{markdown}");
    assert!(at(&page, "Gate: failed: a regression") < at(&page, "id=\"verdict\""));
    assert!(page.contains("<strong>undecided</strong>"));
    assert!(!text(&files(&results()), "report.md").contains("## Gate"));
}

#[test]
fn junit_fails_where_the_gate_does() {
    let xml = |results: &Results| {
        String::from_utf8(export(results, "junit").remove(0).bytes.expect("written")).expect("UTF-8")
    };
    let failing = xml(&gated());
    let document = Document::parse(&failing).expect("well-formed");
    let suite =
        document.descendants().find(|node| node.attribute("name") == Some("against git:main (0123456789ab)"));
    let suite = suite.expect("a suite of the gate");
    assert_eq!((suite.attribute("tests"), suite.attribute("failures")), (Some("1"), Some("1")));
    let case = suite.children().find(|node| node.has_tag_name("testcase")).expect("a case");
    assert_eq!(case.attribute("name"), Some("3.13 fib single slower"));
    let root = document.root_element();
    assert_eq!((root.attribute("tests"), root.attribute("failures")), (Some("25"), Some("3")));
    // Nothing was slower: one case that passes.
    let mut results = gated();
    results.against.as_mut().expect("a gate").cells.retain(|one| one.verdict == GateVerdict::Cleared);
    assert!(
        xml(&results)
            .contains("failures=\"0\" errors=\"0\" skipped=\"0\">\n    <testcase classname=\"gate\"")
    );
    // Nothing compared: it fails.
    results.against.as_mut().expect("a gate").cells.clear();
    assert!(xml(&results).contains("nothing was compared"));
}

#[test]
fn a_cell_that_the_base_lacks_and_that_fails_is_green_nowhere() {
    let mut results = gated();
    let failed = results.cells.iter().find(|cell| cell.outcome.is_failure()).expect("one").to_string();
    let gate = results.against.as_mut().expect("a gate");
    gate.cells.retain(|one| one.verdict == GateVerdict::Cleared);
    let reason = "the base has no such script".to_owned();
    gate.unmatched = vec![UnmatchedCell { cell: failed, kind: UnmatchedKind::Appeared, reason }];
    for (format, said) in [
        ("badge", "1 failed"),
        ("annotations", "::error"),
        ("junit", "base has no such script, and it fails"),
    ] {
        let bytes = export(&results, format).remove(0).bytes.expect("written");
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert!(text.contains(said), "{format}: {text}");
    }
}

#[test]
fn a_job_gets_its_summary_its_annotations_a_comment_and_a_badge() {
    let one = |results: &Results, format| {
        let file = export(results, format).remove(0);
        (file.path.display().to_string(), String::from_utf8(file.bytes.expect("written")).expect("UTF-8"))
    };
    for (results, annotation, badge) in [
        (gated(), "::error title=gilmatrix%3A 3.13 fib single slower::", "1 slower"),
        (results(), "::error title=gilmatrix::1 cell crashed", "2 cells failed"),
    ] {
        let (path, summary) = one(&results, "summary");
        assert_eq!(path, "summary.md");
        assert!(summary.starts_with("# gilmatrix: ") && !summary.contains("charts/"), "{summary}");
        let (path, comment) = one(&results, "pr-comment");
        assert_eq!(path, "pr-comment.md");
        assert!(comment.starts_with("<!-- gilmatrix -->\n# gilmatrix: ") && comment.len() < summary.len());
        let (path, annotations) = one(&results, "annotations");
        assert_eq!(path, "annotations.txt");
        assert!(annotations.starts_with(annotation), "{annotations}");
        assert!(annotations.lines().all(|line| line.starts_with("::")), "{annotations}");
        let (path, svg) = one(&results, "badge");
        assert_eq!(path, "badge.svg");
        assert!(svg.contains(&format!("gilmatrix: {badge}")), "{svg}");
    }
}
