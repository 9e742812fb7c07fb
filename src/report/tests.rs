//! Whole reports, from a fixture to bytes.

use std::collections::HashMap;

use resvg::usvg::roxmltree::Document;

use crate::analysis::{CellResult, Doubt, DoubtKind, Results};
use crate::record::{Outcome, RunStatus};

use super::artifact::Artifact;
use super::characters::tests::html_errors;
use super::exports::documents;
use super::fixture::results;
use super::view::View;
use super::{charts, format, render, render_formats, terminal};

pub(super) fn files(results: &Results) -> HashMap<String, Vec<u8>> {
    let name = |artifact: &Artifact| artifact.path.to_string_lossy().into_owned();
    documents(results).into_iter().map(|artifact| (name(&artifact), artifact.bytes.expect("drawn"))).collect()
}

pub(super) fn text(files: &HashMap<String, Vec<u8>>, name: &str) -> String {
    let bytes = files.get(name).unwrap_or_else(|| {
        panic!("{name} wasn't written: a chart's title is `None` for what fixture.rs holds, or its export gives nothing")
    });
    String::from_utf8(bytes.clone()).expect("UTF-8")
}

/// The words of an SVG, one a text element.
pub(super) fn words(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("well-formed");
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().trim().to_owned()).collect()
}

/// Names of the charts that the fixture can show: all but the one of task sizes.
fn shown() -> impl Iterator<Item = &'static str> {
    charts::all().iter().map(|chart| chart.name).filter(|name| *name != "break-even")
}

#[test]
fn every_chart_has_a_name_of_its_own_and_one_for_newcomers() {
    let mut names: Vec<&str> = charts::all().iter().map(|chart| chart.name).collect();
    let mut labels: Vec<&str> = charts::all().iter().map(|chart| chart.label).collect();
    for all in [&mut names, &mut labels] {
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "{all:?}");
    }
}

#[test]
fn every_file_is_there() {
    let artifacts = render(&results());
    let mut names: Vec<_> = artifacts.iter().map(|artifact| artifact.path.to_string_lossy()).collect();
    names.sort_unstable();
    let mut expected: Vec<String> = shown()
        .flat_map(|chart| [format!("charts/{chart}.png"), format!("charts/{chart}.svg")])
        .chain(["results.json", "results.csv", "derived.csv", "report.md", "report.html"].map(str::to_owned))
        .collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[test]
fn markdown() {
    insta::assert_snapshot!(text(&files(&results()), "report.md"));
}

#[test]
fn csv() {
    insta::assert_snapshot!(text(&files(&results()), "results.csv"));
}

#[test]
fn terminal_table() {
    let table = terminal::table(&results(), 80, false);
    assert!(!table.contains('\u{1b}'));
    insta::assert_snapshot!(table);
}

#[test]
fn terminal_table_fits_its_width_with_colours_too() {
    for width in [50, 60, 72, 80, 100, 200] {
        let plain = terminal::table(&results(), width, false);
        for line in plain.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
        let stripped = anstream::adapter::strip_str(&terminal::table(&results(), width, true)).to_string();
        let trim = |table: &str| table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        assert_eq!(trim(&stripped), trim(&plain));
    }
}

#[test]
fn the_same_results_give_the_same_bytes() {
    assert!(render(&results()) == render(&results()));
}

#[test]
fn charts_are_well_formed_with_labels_and_without_impossible_numbers() {
    let files = files(&results());
    for chart in shown() {
        let svg = text(&files, &format!("charts/{chart}.svg"));
        for bad in ["NaN", "inf", "-1000000"] {
            assert!(!svg.contains(bad), "{chart}: {bad}");
        }
        let words = words(&svg);
        // The one cell of 3.13t with an event loop failed.
        let name = if chart == "lag" { "3.13" } else { "3.13t" };
        assert!(words.iter().any(|word| word.contains(name)), "{chart}: {words:?}");
        assert!(
            !words.iter().any(|word| word.contains("3.14t")),
            "{chart} shows 3.14t, of which nothing ran: take interpreters from `view.present`"
        );
    }
}

#[test]
fn a_png_is_twice_the_size_of_its_svg() {
    let svg = text(&files(&results()), "charts/memory.svg");
    let png = super::raster::png(&svg, super::raster::DENSE).expect("a picture");
    assert!(png.starts_with(b"\x89PNG"));
    let width = u32::from_be_bytes([png[16], png[17], png[18], png[19]]);
    assert_eq!(width, 1600);
}

#[test]
fn titles_state_the_finding_and_hedge_what_is_not_settled() {
    let title = |results: &Results, chart: &str| {
        let svg = text(&files(results), &format!("charts/{chart}.svg"));
        let document = Document::parse(&svg).expect("well-formed");
        document.root_element().attribute("aria-label").unwrap_or_default().to_owned()
    };
    let mut results = results();
    assert_eq!(title(&results, "scaling"), "fib: 3.13t threads reach 1.9× on 2 workers; 3.13's stay at 1.0×");
    assert_eq!(title(&results, "time"), "fib: 3.13 mp×2 at 21.6 ms");
    assert_eq!(
        title(&results, "memory"),
        "fib: mp×2 takes 1.7× the memory of threads×2 on 3.13t (20.0 MiB against 12.0 MiB)"
    );

    for speedup in results.cells.iter_mut().filter_map(|cell| cell.speedup_self.as_mut()) {
        speedup.settled = false;
        speedup.ci95 = Some([speedup.ratio * 0.7, speedup.ratio * 1.4]);
    }
    assert_eq!(
        title(&results, "scaling"),
        "fib: 3.13t threads lie between 1.3× and 2.7× on 2 workers; 3.13's lie between 0.7× and 1.4×"
    );
}

#[test]
fn a_lead_rests_on_ratios_and_an_impossible_capacity_is_no_ceiling() {
    let mut results = results();
    // Processes of one moment were slow: the times say so, the answer, formed with neighbours, doesn't.
    for cell in results.cells.iter_mut().filter(|cell| cell.interpreter == "3.13" && cell.mode == "mp") {
        cell.wall_ns.iter_mut().for_each(|wall| wall.median *= 9);
    }
    results.capacity[0].ratio = 6.18;
    let svg = text(&files(&results), "charts/time.svg");
    let document = Document::parse(&svg).expect("well-formed");
    let title = document.root_element().attribute("aria-label").unwrap_or_default();
    assert!(title.starts_with("fib: 3.13 mp×2"), "{title}");
    let table = terminal::table(&results, 80, false);
    assert!(table.contains("capacity couldn't be measured") && !table.contains("6.18"), "{table}");
    results.capacity[0].ratio = 1.91;
    let table = terminal::table(&results, 80, false);
    assert!(table.contains("processes together did 1.91×"), "{table}");
}

#[test]
fn a_failure_is_named_where_its_number_would_have_stood() {
    let files = files(&results());
    let scaling = words(&text(&files, "charts/scaling.svg"));
    assert!(scaling.iter().any(|word| word == "✗ 3.13 × 4 crashed"), "{scaling:?}");
    let time = words(&text(&files, "charts/time.svg"));
    assert!(time.iter().any(|word| word.starts_with("✗ GIL not as asked: asked for")), "{time:?}");
    assert!(text(&files, "report.html").contains("crashed: killed by signal 11"));
}

/// One source: terminal, page, Markdown, CSV and JUnit say the same.
#[test]
fn a_doubt_about_a_cell_is_told_in_every_report() {
    let mut results = results();
    let said = "it computes for 1.5 % of its time";
    let threads = |cell: &&mut CellResult| cell.mode == "threads" && cell.workers == 2 && cell.has_numbers();
    for cell in results.cells.iter_mut().filter(threads) {
        cell.doubts.push(Doubt { kind: DoubtKind::Waits, text: said.to_owned() });
    }
    let files = files(&results);
    let gathered = format!("2 cells doubted: {said} (fib 3.13 threads×2, fib 3.13t threads×2)");
    assert!(text(&files, "report.md").contains(&format!("- {gathered}")));
    let table = terminal::table(&results, 200, false);
    assert!(
        table.contains(&gathered) && table.contains("threads×2!") && table.contains("! doubted"),
        "{table}"
    );
    assert!(text(&files, "report.html").contains(&format!("2 cells doubted: {said}")));
    assert!(text(&files, "results.csv").contains(&format!("waits: {said}")));
    // Nor does a chart call the fastest what no answer considers.
    assert!(text(&files, "charts/tradeoff.svg").contains("mp×2"));
    assert!(!text(&files, "charts/tradeoff.svg").contains("threads×2"));
    let junit = super::render_formats(&results, &["junit".to_owned()]).remove(0);
    assert!(
        String::from_utf8_lossy(junit.bytes.as_ref().expect("written")).contains(&format!("waits: {said}"))
    );
    // What an answer says of the cell that it chooses isn't said again.
    results.answers[0].doubts = results.cells[3].doubts.clone();
    let table = terminal::table(&results, 200, false);
    assert_eq!(table.matches(said).count(), 1, "{table}");
}

#[test]
fn a_colour_does_not_hang_on_what_is_missing() {
    let mut results = results();
    let before = View::new(&results).colour_index("3.13t");
    results.cells.retain(|cell| cell.interpreter != "3.14t");
    assert_eq!(View::new(&results).colour_index("3.13t"), before);
    assert_ne!(View::new(&results).colour_index("3.13"), before);
}

#[test]
fn text_from_outside_cannot_become_markup() {
    let evil = "<script>alert('1')</script>\u{1b}[31m&\"|\u{FFFE}\u{FFFF}\u{9b}__init__ *args @name `<b>` שלום\u{202E}";
    let mut results = results();
    for cell in &mut results.cells {
        if cell.interpreter == "3.13t" {
            cell.cell.interpreter = evil.to_owned();
        }
        cell.cell.workload = evil.to_owned();
        cell.cell.mode.push_str(evil);
        if cell.outcome != Outcome::Completed {
            cell.reason = Some(evil.to_owned());
        }
    }
    results.interpreters[1].name = evil.to_owned();
    results.missing[0].reason = evil.to_owned();
    results.workloads[0].name = evil.to_owned();
    results.run_id = evil.to_owned();
    results.host.cpu_model = evil.to_owned();
    results.command.push(evil.to_owned());
    results.answers[0].text = evil.to_owned();
    results.answers[0].doubts[0].text = evil.to_owned();
    results.warnings[0].text = evil.to_owned();

    let files = files(&results);
    let html = text(&files, "report.html");
    assert_eq!(html.matches("<script").count(), 1, "only the page's own");
    assert_eq!(html_errors(&html), Vec::<String>::new());
    let markdown = text(&files, "report.md");
    for event in pulldown_cmark::Parser::new_ext(&markdown, pulldown_cmark::Options::all()) {
        use pulldown_cmark::{Event, Tag};
        let ours = match &event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Emphasis | Tag::Link { .. }) => false,
            Event::Code(code) => !code.contains(['<', '*']),
            _ => true,
        };
        assert!(ours, "{event:?}");
    }
    assert!(!markdown.contains("@name"), "nobody is called");
    for name in ["results.csv", "derived.csv"] {
        let rows = ::csv::Reader::from_reader(&*files[name]).into_records().collect::<Result<Vec<_>, _>>();
        assert!(!rows.expect("rows of one length").is_empty());
    }
    let junit = render_formats(&results, &["junit".to_owned()]).remove(0).bytes.expect("written");
    Document::parse(&String::from_utf8(junit).expect("UTF-8")).expect("well-formed");
    for artifact in render(&results) {
        assert!(artifact.bytes.is_ok(), "{}: {:?}", artifact.path.display(), artifact.bytes);
    }
    for (name, bytes) in &files {
        if name.ends_with(".svg") {
            let svg = String::from_utf8_lossy(bytes);
            assert!(!svg.contains("<script"), "{name}");
            Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
    assert!(!terminal::table(&results, 80, false).contains('\u{1b}'));
}

#[test]
fn the_page_asks_for_nothing_from_outside() {
    let html = text(&files(&results()), "report.html");
    for outside in ["src=", "url(", "@import", "fetch("] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert_eq!(html.matches("href=").count(), html.matches("href=\"#").count(), "links stay in the page");
    // The only address is the name of SVG itself.
    assert_eq!(html.matches("http://").count(), html.matches("\"http://www.w3.org/2000/svg\"").count());
    assert!(!html.contains("https://"));
}

#[test]
fn only_the_pages_own_script_may_run() {
    let html = text(&files(&results()), "report.html");
    let between = |open: &str, close: &str| {
        let from = html.find(open).expect("opened") + open.len();
        &html[from..from + html[from..].find(close).expect("closed")]
    };
    let policy = super::head::policy(between("<style>", "</style>"), between("<script>", "</script>"));
    assert!(html.contains(&policy), "{policy}");
    assert!(!policy.contains("unsafe"));
}

#[test]
fn failures_stand_before_the_verdict_gathered_by_reason() {
    let mut results = results();
    for (place, cell) in results.cells.iter_mut().enumerate().filter(|(place, _)| place % 3 == 1) {
        cell.outcome = Outcome::TimedOut;
        cell.reason = Some(format!("pid {place} took longer than 60 s (invocation {place})"));
    }
    results.counts.failed = 8;
    let files = files(&results);
    let html = text(&files, "report.html");
    let place = |needle: &str| html.find(needle).unwrap_or_else(|| panic!("{needle}"));
    assert!(place("8 of 22 cells failed") < place("8 cells timed out: pid"));
    assert!(place("8 cells timed out: pid") < place("id=\"verdict\""));
    assert!(html.contains("8 cells timed out: pid … took longer than 60 s"), "no pid of one stands for all");
    let markdown = text(&files, "report.md");
    assert!(markdown.find("## What failed") < markdown.find("## What to use"), "{markdown}");
}

#[test]
fn the_page_changes_every_colour_of_its_charts_with_the_theme() {
    let html = text(&files(&results()), "report.html");
    let charts = &html[html.find("<figure").expect("charts")..html.rfind("</figure>").expect("charts")];
    assert!(!charts.contains("\"#"), "a colour is fixed");
}

#[test]
fn nothing_measured_is_said_and_draws_no_empty_chart() {
    let mut results = results();
    for cell in &mut results.cells {
        let old = cell.clone();
        *cell = serde_json::from_value(serde_json::json!({
            "interpreter": old.interpreter, "workload": old.workload, "mode": old.mode, "workers": old.workers,
            "variant": old.variant().to_string(), "environment": old.environment, "oversubscribed": false,
            "outcome": "crashed", "invocations": 0, "phases_ns": {}, "warnings": [], "values_ns": [],
            "timeline": [],
        }))
        .expect("a cell");
    }
    results.answers.clear();
    results.capacity.clear();
    results.status = RunStatus::Interrupted;
    let files = files(&results);
    let drawn: Vec<&String> = files.keys().filter(|name| name.starts_with("charts/")).collect();
    assert!(drawn.is_empty(), "nothing was measured, so titles must be `None`, yet there are {drawn:?}");
    assert!(text(&files, "report.md").contains("this run was interrupted"));
    let table = terminal::table(&results, 80, false);
    assert!(table.contains("failed"), "{table}");
    assert!(table.contains("crashed"), "{table}");
    assert_eq!(format::NONE, "–");
}

#[test]
fn a_run_without_a_single_cell_is_no_panic() {
    let mut results = results();
    results.cells.clear();
    results.workloads.clear();
    results.interpreters.clear();
    results.memory_growth.clear();
    assert_eq!(render(&results).len(), 4);
    assert!(!terminal::table(&results, 0, true).is_empty());
}

#[test]
fn a_csv_field_is_never_a_formula() {
    let mut results = results();
    results.cells[0].cell.workload = "=1+1".to_owned();
    let csv = text(&files(&results), "results.csv");
    assert!(csv.contains(",'=1+1,"));
    let rows = csv.lines().count();
    assert_eq!(rows, results.cells.len() + 1);
}

#[test]
fn a_small_share_is_not_nothing() {
    for (share, said) in [
        (0.0, "0 %"),
        (0.0004, "0.04 %"),
        (0.00004, "0.004 %"),
        (0.005, "0.5 %"),
        (0.05, "5 %"),
        (0.025, "2.5 %"),
    ] {
        assert_eq!(format::percent(share), said);
    }
    assert_eq!((format::cores(-0.001), format::cores(-1.0)), ("0.00".to_owned(), "-1.00".to_owned()));
}
