//! What the other tools get, the verdict's first line, ASCII and runs side by side.

mod derived;
mod gate;

pub(crate) use gate::gated;

use resvg::usvg::roxmltree::Document;

use crate::analysis::Results;
use crate::record::Outcome;

use super::super::artifact::Artifact;
use super::super::fixture::results;
use super::super::tests::{files, text, words};
use super::super::{render_formats, side_by_side, terminal};

/// The one file of a format.
fn export(results: &Results, format: &str) -> Vec<Artifact> {
    render_formats(results, &[format.to_owned()])
}

/// The fixture with nothing derived.
fn plain() -> Results {
    Results { memory_growth: Vec::new(), ..results() }
}

fn json(artifact: &Artifact) -> serde_json::Value {
    serde_json::from_slice(artifact.bytes.as_ref().expect("written")).expect("JSON")
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
    let xml = String::from_utf8(file.bytes.expect("written")).expect("UTF-8");
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
    let read: Results =
        serde_json::from_slice(export(&results(), "json")[0].bytes.as_ref().expect("written"))
            .expect("results");
    assert!(read == results());
}

#[test]
fn what_isnt_decided_is_told_with_what_to_do() {
    let mut results = results();
    results.answers[0].decided = false;
    let doubts = std::mem::take(&mut results.answers[0].doubts);
    results.answers[0].regret = Some(0.2);
    // The clock was set meanwhile.
    results.finished_unix_ns = Some(results.started_unix_ns - 60_000_000_000);
    results.elapsed_ns = Some(60_000_000_000);
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
    // The answer itself says that the machine was busy: what is to be done is another thing.
    results.answers[0].doubts = doubts;
    let table = terminal::table(&results, 200, false);
    assert!(table.contains("other programs kept 1.0 of 2.0 CPUs busy"), "{table}");
    assert!(table.contains("close the programs that kept CPUs busy, or use a larger `--budget`"), "{table}");
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

/// The words of a card, after a change to the fixture.
fn card(change: impl Fn(&mut Results)) -> String {
    let mut results = results();
    change(&mut results);
    let files = export(&results, "card");
    let [svg, png] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!([&svg.path, &png.path], ["card.svg", "card.png"].map(std::path::Path::new));
    let png = png.bytes.as_ref().expect("drawn");
    let side = |at: usize| u32::from_be_bytes([png[at], png[at + 1], png[at + 2], png[at + 3]]);
    assert_eq!((side(16), side(20)), (1200, 630));
    words(&text(&files_of(&files), "card.svg")).join("\n")
}

fn files_of(artifacts: &[Artifact]) -> std::collections::HashMap<String, Vec<u8>> {
    let bytes = |artifact: &Artifact| artifact.bytes.clone().expect("written");
    artifacts.iter().map(|it| (it.path.to_string_lossy().into_owned(), bytes(it))).collect()
}

#[test]
fn a_card_says_what_to_use_what_that_gains_and_where() {
    let sound = card(|results| results.answers[0].doubts.clear());
    for said in [
        "Which way runs fib fastest?",
        "Use mp×2 on 3.13",
        "1.90 times as fast as a plain loop on 3.13 (1.85 to 1.95)",
        "can be faster by more than 4 %",
        "a plain loop on 3.13",
        "1.90×",
        "A CPU, 2 CPUs, Debian GNU/Linux 13; 2026-11-22; gilmatrix 0.1.0",
    ] {
        assert!(sound.contains(said), "{said}: {sound}");
    }
    assert!(!sound.contains("doubt"), "{sound}");
    assert!(card(|_| {}).contains("doubt: "), "the fixture has one");
    let open = card(|results| {
        results.answers[0].decided = false;
        results.answers[0].regret = Some(0.3);
    });
    assert!(open.contains("So far, use mp×2") && open.contains("not decided: another way may be"), "{open}");
    let stay = card(|results| {
        let gain = results.answers[0].gain.as_mut().expect("a gain");
        (gain.ratio, gain.ci95) = (1.0, [1.0, 1.0]);
        results.answers[0].choose = Some(gain.over.clone());
    });
    assert!(
        stay.contains("Stay with a plain loop on 3.13") && !stay.contains("so perhaps no gain"),
        "{stay}"
    );
    let none = card(|results| results.answers.clear());
    assert!(none.contains("No answer") && none.contains("nothing was measured"), "{none}");
}
