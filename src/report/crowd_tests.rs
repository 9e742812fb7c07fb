//! Charts of many interpreters, of long names, and of one cell far from all others.

use resvg::usvg::roxmltree::Document;

use crate::analysis::Results;
use crate::record::Outcome;

use super::canvas::Font;
use super::fixture::results;
use super::tests::{files, text, words};

/// Builds whose long names differ at their ends alone, each with threads up to 32.
fn crowd(builds: u32) -> Results {
    let mut results = results();
    let some: Vec<_> = results
        .cells
        .iter()
        .filter(|cell| cell.interpreter == "3.13" && cell.outcome == Outcome::Completed)
        .cloned()
        .collect();
    results.cells.clear();
    for build in 0..builds {
        for cell in
            some.iter().filter(|cell| cell.mode == "single" || (cell.mode == "threads" && cell.workers == 2))
        {
            for workers in [1, 2, 4, 8, 16, 32] {
                let mut cell = cell.clone();
                cell.cell.interpreter = format!("3.12-build-with-a-very-long-name-{build}");
                cell.cell.workers = workers;
                if (cell.mode == "single") == (workers == 1) {
                    results.cells.push(cell);
                }
            }
        }
    }
    results
}

#[test]
fn the_points_of_many_interpreters_stay_at_their_workers_and_inside() {
    let svg = text(&files(&crowd(12)), "charts/scaling.svg");
    let document = Document::parse(&svg).expect("well-formed");
    let number = |node: &resvg::usvg::roxmltree::Node<'_, '_>, name: &str| {
        node.attribute(name).and_then(|text| text.parse::<f64>().ok())
    };
    let texts = || document.descendants().filter(|node| node.has_tag_name("text"));
    let first = |label: &str| {
        texts().find(|node| node.text() == Some(label)).and_then(|node| number(&node, "x")).expect("a tick")
    };
    let (one, two, last) = (first("1"), first("2"), first("32"));
    let marks: Vec<f64> = document
        .descendants()
        .filter(|node| node.has_tag_name("circle"))
        .filter_map(|node| number(&node, "cx"))
        .collect();
    assert!(marks.len() >= 12 * 5, "{}", marks.len());
    // The first panel's: no mark stands nearer to another number of workers than to its own.
    for x in marks.iter().filter(|x| **x < two + (two - one) / 2.0) {
        assert!((x - two).abs() < (two - one) * 0.4, "{x} is neither {one} nor {two}");
    }
    let edge = last + 10.0 * 4.0;
    assert!(marks.iter().filter(|x| **x < last * 1.3).all(|x| x + 3.6 * 4.0 <= edge), "{last}: {marks:?}");
}

#[test]
fn names_that_differ_at_their_ends_alone_are_told_apart_in_every_chart() {
    for (name, bytes) in &files(&crowd(9)) {
        let Some(chart) = name.strip_prefix("charts/").filter(|name| name.ends_with(".svg")) else {
            continue;
        };
        let words = words(&String::from_utf8_lossy(bytes));
        let mut cut: Vec<&str> = words
            .iter()
            .map(String::as_str)
            .filter(|word| word.contains('…') && word.starts_with("3.12"))
            .collect();
        cut.sort_unstable();
        for build in 0..9 {
            let end = |word: &&&str| {
                word.split(' ').next().is_some_and(|name| name.ends_with(&format!("-{build}")))
            };
            assert!(
                cut.is_empty() || cut.iter().any(|word| end(&word)),
                "{chart} doesn't tell {build}: {cut:?}"
            );
        }
    }
    assert_eq!(Font::plain(11.0, (0, 0, 0)).fit("a-workload-1", 60.0).chars().last(), Some('1'));
}

#[test]
fn workloads_that_differ_at_their_ends_alone_are_told_apart_in_a_terminal() {
    let mut results = results();
    results.workloads.truncate(1);
    let first = results.workloads[0].name.clone();
    results.cells.retain(|cell| cell.workload == first && cell.outcome == Outcome::Completed);
    let (workload, cells) = (results.workloads.remove(0), std::mem::take(&mut results.cells));
    for job in ["01", "02"] {
        let name = format!("a-very-long-name-of-the-nightly-pricing-job-{job}");
        results.workloads.push(crate::analysis::WorkloadResult { name: name.clone(), ..workload.clone() });
        results.cells.extend(cells.iter().cloned().map(|mut cell| {
            cell.cell.workload.clone_from(&name);
            cell.cell.interpreter = format!("{}-build-with-pgo-and-lto", cell.cell.interpreter);
            cell
        }));
    }
    let table = super::terminal::table(&results, 80, false);
    let mut heads: Vec<&str> = table.lines().filter(|line| line.contains("  self  95 %")).collect();
    heads.dedup();
    assert_eq!(heads.len(), 2, "{table}");
    let both = super::side_by_side::terminal(&[results.clone(), results.clone()], 80);
    let mut rows: Vec<&str> = both.lines().filter(|line| line.starts_with("a-")).collect();
    let all = rows.len();
    assert_eq!(all, 4 * cells.len(), "{both}");
    // Once with times, once with ratios.
    rows.truncate(all / 2);
    rows.iter_mut().for_each(|row| *row = &row[..row.find(" ms").unwrap_or(row.len())]);
    let names: std::collections::BTreeSet<String> =
        rows.iter().map(|row| row.split_whitespace().take(3).collect()).collect();
    assert_eq!(names.len(), rows.len(), "{both}");
}

#[test]
fn an_interval_that_is_cut_off_has_no_bar_at_its_end_and_that_is_said() {
    let mut results = crowd(1);
    let bars = |results: &Results| {
        let svg = text(&files(results), "charts/scaling.svg");
        assert!(words(&svg).join(" ").contains("(without an end bar: cut off)"));
        svg.matches('M').count() + svg.matches("<line").count() + svg.matches("<polyline").count()
    };
    let before = bars(&results);
    let wide = |speedup: &mut crate::analysis::Speedup| speedup.ci95 = Some([0.1, 90.0]);
    results.cells.iter_mut().filter_map(|cell| cell.speedup_self.as_mut()).for_each(wide);
    assert!(bars(&results) < before, "before {before}");
}

#[test]
fn one_cell_that_takes_two_hundred_times_as_long_leaves_the_others_apart() {
    let mut results = results();
    let places = |results: &Results| {
        let svg = text(&files(results), "charts/tradeoff.svg");
        let document = Document::parse(&svg).expect("well-formed");
        let marks = document.descendants().filter(|node| node.has_tag_name("circle"));
        let mut places: Vec<f64> = marks.filter_map(|node| node.attribute("cx")?.parse().ok()).collect();
        places.sort_by(f64::total_cmp);
        places
    };
    let before = places(&results);
    let cell =
        results.cells.iter_mut().find(|cell| cell.mode == "asyncio" && cell.outcome == Outcome::Completed);
    cell.and_then(|cell| cell.wall_ns.as_mut()).expect("a time").median *= 200;
    let after = places(&results);
    let spread = |places: &[f64]| places.last().expect("a mark") - places[0];
    assert!(spread(&after) > spread(&before) * 0.5, "{before:?} became {after:?}");
    assert!(text(&files(&results), "charts/tradeoff.svg").contains("further out than is shown"));
}
