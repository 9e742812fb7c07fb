//! What the other tools get, the verdict's first line, ASCII and runs side by side.

use resvg::usvg::roxmltree::Document;

use crate::analysis::Results;
use crate::cell::Cell;
use crate::record::Outcome;

use super::super::artifact::Artifact;
use super::super::fixture::results;
use super::super::tests::{files, text};
use super::super::{render_formats, side_by_side, terminal};

/// The one file of a format.
fn export(results: &Results, format: &str) -> Vec<Artifact> {
    render_formats(results, &[format.to_owned()])
}

fn json(artifact: &Artifact) -> serde_json::Value {
    serde_json::from_slice(&artifact.bytes).expect("JSON")
}

#[test]
fn pyperf_gets_one_file_an_interpreter_with_the_same_names_in_seconds() {
    let files = export(&results(), "pyperf");
    let paths: Vec<_> = files.iter().map(|file| file.path.to_string_lossy().into_owned()).collect();
    assert_eq!(paths, ["pyperf/3.13.json", "pyperf/3.13t.json"]);
    for file in &files {
        let suite = json(file);
        assert_eq!(suite["version"], "1.0");
        let benchmark = &suite["benchmarks"][0];
        assert_eq!(benchmark["metadata"]["name"], "fib single");
        assert_eq!(benchmark["runs"].as_array().map(Vec::len), Some(3));
    }
    assert_eq!(json(&files[0])["benchmarks"][0]["runs"][0]["values"][0], 0.04);
}

#[test]
fn trackers_get_every_completed_cell_and_nothing_else() {
    let results = plain();
    let github = json(&export(&results, "gha")[0]);
    let first = &github[0];
    assert_eq!((first["name"].as_str(), first["unit"].as_str()), (Some("fib 3.13 single"), Some("ms")));
    assert_eq!(first["value"], 40.0);
    let bencher = json(&export(&results, "bencher")[0]);
    assert_eq!(bencher.as_object().map(serde_json::Map::len), Some(13));
    assert_eq!(bencher["fib 3.13 single"]["latency"]["value"], 40_000_000);
    // Every measure has a value within its bounds, as Bencher's schema asks, and a slug of at most 64 letters.
    let mut names = std::collections::BTreeSet::new();
    for measures in bencher.as_object().into_iter().flat_map(serde_json::Map::values) {
        for (name, metric) in measures.as_object().expect("measures") {
            assert!(name.len() <= 64 && name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            let value = metric["value"].as_f64().expect("a number");
            let end = |name: &str| metric[name].as_f64();
            assert!(end("lower_value").is_none_or(|low| low <= value), "{name}: {metric}");
            assert!(end("upper_value").is_none_or(|high| value <= high), "{name}: {metric}");
            names.insert(name.clone());
        }
    }
    for name in ["latency", "cold-total", "speedup", "speedup-self", "peak-memory"] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
    let entries = github.as_array().expect("a list");
    assert!(entries.iter().any(|entry| entry["name"] == "fib 3.13 single cold, in all"));
    assert!(entries.iter().all(|entry| entry["value"].is_f64() && entry["unit"].is_string()));
    assert!(bencher.get("fib 3.13 mp×4").is_none());
}

#[test]
fn junit_names_failures_and_skips() {
    let mut results = results();
    results.cells[0].reason = Some("<&\"".to_owned());
    results.cells[0].outcome = Outcome::Crashed;
    let file = export(&results, "junit").remove(0);
    let xml = String::from_utf8(file.bytes).expect("UTF-8");
    let document = Document::parse(&xml).expect("well-formed");
    let count = |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).count();
    assert_eq!((count("testcase"), count("failure"), count("skipped")), (24, 3, 9));
    assert!(xml.contains("peak memory "), "memory is said, too: {xml}");
    let root = document.root_element();
    assert_eq!((root.attribute("failures"), root.attribute("skipped")), (Some("3"), Some("9")));
}

#[test]
fn a_format_that_was_not_named_is_not_written() {
    let paths: Vec<_> = export(&results(), "md").into_iter().map(|file| file.path).collect();
    assert_eq!(paths[0], std::path::Path::new("report.md"));
    assert!(paths[1..].iter().all(|path| path.extension().is_some_and(|kind| kind == "svg")), "{paths:?}");
    assert!(export(&results(), "nothing").is_empty());
    let read: Results = serde_json::from_slice(&export(&results(), "json")[0].bytes).expect("results");
    assert!(read == results());
}

#[test]
fn what_isnt_decided_is_told_with_what_to_do() {
    let mut results = results();
    results.answers[0].decided = false;
    results.answers[0].regret = Some(0.2);
    results.finished_unix_ns = Some(results.started_unix_ns + 60_000_000_000);
    results.host.busy_cpus = None;
    // ln 1.2 / ln 1.05 = 3.74, squared 13.96.
    let said = "to decide more of this, use about `--budget 14m`, or fewer cells";
    let table = terminal::table(&results, 200, false);
    assert!(table.contains(said) && table.contains("0 of 1 question answered"), "{table}");
    assert!(table.contains(&results.answers[0].text), "{table}");
    let files = files(&results);
    for name in ["report.md", "report.html"] {
        assert!(text(&files, name).contains(&results.answers[0].text), "{name}");
    }
    results.host.busy_cpus = Some(1.0);
    let table = terminal::table(&results, 200, false);
    assert!(table.contains("other programs kept 1.00 of"), "{table}");
}

#[test]
fn ascii_has_no_other_sign() {
    let table = terminal::ascii(&terminal::table(&results(), 76, true));
    assert!(table.is_ascii());
    assert!(!table.contains('?'), "{table}");
    assert!(table.contains("mp x2") || table.contains("mpx2"), "{table}");
}

#[test]
fn runs_stand_side_by_side() {
    let mut other = results();
    other.run_id = "later".to_owned();
    other.cells.truncate(1);
    let table = side_by_side::terminal(&[results(), other], 80);
    let line = table.lines().find(|line| line.starts_with("fib 3.13 single")).expect("a line");
    assert_eq!(line.matches("40.0 ms").count(), 2, "{table}");
    assert!(table.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 80), "{table}");
    assert!(table.contains("crashed"), "{table}");
}

/// The fixture as a run with a gate: one cell slower, one nobody knows of.
fn gated() -> Results {
    use crate::analysis::{AgainstCell, AgainstMemory, AgainstResult, GateVerdict};
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
    let files = files(&gated());
    let (markdown, page) = (text(&files, "report.md"), text(&files, "report.html"));
    let at = |text: &str, what: &str| text.find(what).unwrap_or_else(|| panic!("no `{what}`: {text}"));
    assert!(at(&markdown, "## Gate: failed: a regression") < at(&markdown, "## What to use"));
    assert!(markdown.contains("| **slower** | 3.13 fib single |"), "{markdown}");
    assert!(markdown.contains("against git:main (0123456789ab)"), "{markdown}");
    assert!(at(&page, "Gate: failed: a regression") < at(&page, "id=\"verdict\""));
    assert!(page.contains("<strong>undecided</strong>"));
    assert!(!text(&super::super::tests::files(&results()), "report.md").contains("## Gate"));
}

#[test]
fn junit_fails_where_the_gate_does() {
    let xml = |results: &Results| String::from_utf8(export(results, "junit").remove(0).bytes).expect("UTF-8");
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
    results
        .against
        .as_mut()
        .expect("a gate")
        .cells
        .retain(|one| one.verdict == crate::analysis::GateVerdict::Cleared);
    assert!(
        xml(&results)
            .contains("failures=\"0\" errors=\"0\" skipped=\"0\">\n    <testcase classname=\"gate\"")
    );
    // Nothing compared: it fails.
    results.against.as_mut().expect("a gate").cells.clear();
    assert!(xml(&results).contains("nothing was compared"));
}

#[test]
fn a_job_gets_its_summary_its_annotations_a_comment_and_a_badge() {
    let one = |results: &Results, format| {
        let file = export(results, format).remove(0);
        (file.path.display().to_string(), String::from_utf8(file.bytes).expect("UTF-8"))
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

/// The fixture with nothing derived.
fn plain() -> Results {
    Results { memory_growth: Vec::new(), ..results() }
}

/// The fixture with one line in each table of what is derived.
#[allow(clippy::too_many_lines, reason = "a line for each table")]
fn derived() -> Results {
    use crate::analysis::{
        BreakEven, Figure, MemoryGrowth, OpenFigure, Overall, Scaling, ScalingPoint, SingleThread, Usl,
    };
    let figure = |value: f64, low, high| Figure { value, ci95: Some([low, high]) };
    let open = |value, low, high| OpenFigure { value, low, high };
    let text = str::to_owned;
    let way =
        |workers, workload: &str| Cell { mode: text("threads"), workers, ..Cell::single("3.13t", workload) };
    let mut results = results();
    results.single_thread = vec![SingleThread {
        workload: text("fib"),
        interpreter: text("3.13t"),
        cell: 8,
        twin: text("3.13"),
        against: 0,
        cost: Some(figure(1.8, 1.7, 1.9)),
        settled: false,
        pairs: 9,
        differences: Vec::new(),
    }];
    let point = |workers, karp_flatt| ScalingPoint {
        workers,
        cell: 0,
        speedup: figure(1.9, 1.8, 2.0),
        efficiency: figure(0.95, 0.9, 1.0),
        karp_flatt,
        fitted: true,
    };
    results.scaling = vec![Scaling {
        cell: way(0, "fib"),
        kind: Default::default(),
        points: vec![point(1, None), point(2, Some(figure(0.05, -0.01, 0.11)))],
        one_worker: None,
        amdahl: Some(figure(0.05, 0.04, 0.06)),
        usl: Some(Usl {
            contention: figure(0.03, 0.0, 0.06),
            coherency: figure(0.0, 0.0, 0.02),
            knee: open(None, Some(4.1), None),
            knee_extrapolated: false,
            worst: 1.01,
        }),
        gustafson: None,
        why_not: Vec::new(),
    }];
    results.memory_growth = vec![MemoryGrowth {
        cell: way(0, "fib"),
        measure: text("pss"),
        per_worker: figure(-1024.0, -4096.0, 2048.0),
        base: figure(10_485_760.0, 9_437_184.0, 11_534_336.0),
        invocations: 6,
        cells: Vec::new(),
    }];
    let even = |against, task_ns| BreakEven {
        family: text("size<"),
        argument: text("n"),
        cell: way(2, ""),
        against: text(against),
        task_ns,
        overhead_ns: figure(20_000.0, 18_000.0, 23_000.0),
        limit: figure(1.9, 1.8, 2.0),
        slower_up_to_ns: None,
        faster_from_ns: None,
        worst: 1.1,
        cells: Vec::new(),
    };
    results.break_even = vec![
        even("single", open(Some(52_000.0), Some(48_000.0), Some(57_000.0))),
        even("mp×2 (fork)", open(Some(9e6), Some(8e6), None)),
    ];
    results.overall = vec![Overall {
        cell: way(2, ""),
        workloads: vec![text("fib"), text("other")],
        speedup: Some(figure(1.1, 1.0, 1.2)),
        settled: true,
        missing: Vec::new(),
        cells: Vec::new(),
    }];
    results
}

#[test]
fn bencher_gets_what_is_derived_within_its_bounds() {
    let bencher = json(&export(&derived(), "bencher")[0]);
    let measures = |name: &str| bencher[name].as_object().unwrap_or_else(|| panic!("{name}: {bencher}"));
    let curve = measures("fib 3.13t threads");
    assert_eq!(curve["amdahl-serial-fraction"]["upper_value"], 0.06);
    assert_eq!(curve["memory-per-worker"]["value"], -1024.0);
    assert!(!curve.contains_key("usl-knee"), "no value, no metric");
    // Beside what the cell itself has.
    let cell = measures("fib 3.13t threads×2");
    assert!(cell.contains_key("latency") && cell.contains_key("karp-flatt-serial-fraction"));
    assert_eq!(measures("fib 3.13t single over 3.13")["free-threading-cost"]["value"], 1.8);
    assert_eq!(measures("size< 3.13t threads×2")["overhead-per-task"]["value"], 20_000.0);
    let open = &measures("size< 3.13t threads×2 over mp×2 (fork)")["break-even-task"];
    assert!(open["value"] == 9e6 && open.get("lower_value").is_none(), "{open}");
    assert_eq!(measures("all workloads 3.13t threads×2")["overall-speedup"]["lower_value"], 1.0);
}

#[test]
fn github_action_benchmark_gets_of_it_what_is_smaller_the_better_and_known_to_a_factor_of_two() {
    let count = |results: &Results| json(&export(results, "gha")[0]).as_array().map_or(0, Vec::len);
    let entries = json(&export(&derived(), "gha")[0]);
    let entries = entries.as_array().expect("a list");
    let added: Vec<(&str, &str)> = entries[count(&plain())..]
        .iter()
        .map(|entry| (entry["name"].as_str().expect("a name"), entry["unit"].as_str().expect("a unit")))
        .collect();
    let expected = [
        ("fib 3.13t single over 3.13 free threading cost", "×"),
        ("fib 3.13t threads amdahl serial fraction", "%"),
        ("size< 3.13t threads×2 break even task", "ms"),
        ("size< 3.13t threads×2 overhead per task", "ms"),
        ("fib 3.13t threads memory without workers", "MiB"),
    ];
    assert_eq!(added, expected);
    let cost = &entries[count(&plain())];
    assert_eq!((&cost["extra"], &cost["range"]), (&"not settled".into(), &"± 0.100".into()));
}

#[test]
fn junit_has_what_is_derived_as_properties_before_the_cases() {
    let xml = String::from_utf8(export(&derived(), "junit").remove(0).bytes).expect("UTF-8");
    let document = Document::parse(&xml).expect("well-formed");
    let suites: Vec<_> = document.root_element().children().filter(|node| node.is_element()).collect();
    let names: Vec<_> = suites.iter().filter_map(|suite| suite.attribute("name")).collect();
    assert_eq!(names, ["fib", "several workloads"]);
    let properties = |suite: usize| -> Vec<(&str, &str)> {
        let first = suites[suite].children().find(|node| node.is_element()).expect("an element");
        assert!(first.has_tag_name("properties"));
        let each = first.children().filter(|node| node.has_tag_name("property"));
        each.filter_map(|one| Some((one.attribute("name")?, one.attribute("value")?))).collect()
    };
    let expected = [
        ("3.13t single over 3.13 free-threading-cost", "1.80× (1.70–1.90), not settled"),
        ("3.13t threads amdahl-serial-fraction", "5.0 % (4.0–6.0)"),
        ("3.13t threads×2 karp-flatt-serial-fraction", "5.0 % (-1.0–11.0)"),
        ("3.13t threads usl-contention", "3.0 % (0.0–6.0)"),
        ("3.13t threads usl-coherency", "0.0 % (0.0–2.0)"),
        ("3.13t threads usl-knee", "none shown, if any beyond 4.1"),
        ("3.13t threads memory-per-worker", "−1.00 KiB (−4.00 KiB to 2.00 KiB)"),
        ("3.13t threads memory-without-workers", "10.0 MiB (9.00 MiB to 11.0 MiB)"),
    ];
    assert_eq!(properties(0), expected);
    let several = properties(1);
    assert_eq!(several[0], ("all workloads 3.13t threads×2 overall-speedup", "1.10× (1.00–1.20)"));
    assert_eq!(several[1].0, "size< 3.13t threads×2 break-even-task");
    assert_eq!(several[4].1, "9.00 ms (8.00 ms or more, or never)");
    assert_eq!(suites[1].attribute("tests"), Some("0"));
    let xml = String::from_utf8(export(&plain(), "junit").remove(0).bytes).expect("UTF-8");
    assert!(!xml.contains("propert"), "an empty list isn't in the schema");
}

#[test]
fn what_is_derived_has_a_table_of_its_own() {
    let paths = |results: &Results| -> Vec<String> {
        export(results, "csv").iter().map(|file| file.path.display().to_string()).collect()
    };
    assert_eq!(paths(&plain()), ["results.csv"]);
    assert_eq!(paths(&derived()), ["results.csv", "derived.csv"]);
    insta::assert_snapshot!(String::from_utf8(export(&derived(), "csv").remove(1).bytes).expect("UTF-8"));
}
