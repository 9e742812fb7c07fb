//! What the other tools get of figures that are derived from several cells.

use resvg::usvg::roxmltree::Document;

use super::super::super::fixture::results;
use super::{export, json, plain};
use crate::analysis::Results;
use crate::cell::Cell;

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
    let xml =
        String::from_utf8(export(&derived(), "junit").remove(0).bytes.expect("written")).expect("UTF-8");
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
    let xml = String::from_utf8(export(&plain(), "junit").remove(0).bytes.expect("written")).expect("UTF-8");
    assert!(!xml.contains("propert"), "an empty list isn't in the schema");
}

#[test]
fn what_is_derived_has_a_table_of_its_own() {
    let paths = |results: &Results| -> Vec<String> {
        export(results, "csv").iter().map(|file| file.path.display().to_string()).collect()
    };
    assert_eq!(paths(&plain()), ["results.csv"]);
    assert_eq!(paths(&derived()), ["results.csv", "derived.csv"]);
    insta::assert_snapshot!(
        String::from_utf8(export(&derived(), "csv").remove(1).bytes.expect("written")).expect("UTF-8")
    );
}
