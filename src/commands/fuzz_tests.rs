//! Each reader against what a disk, an editor or somebody hostile may make of its file: it answers with an error that
//! names the file, or with a run from which every report can be made. Each writer against what may stand in results:
//! a strict reader of its format takes what it wrote. Inputs follow from a number, so that each is the same everywhere.

mod spoil;
mod writers;

use std::path::Path;

use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use spoil::{generator, numbers, spoilt, survives, tear};

use super::report::read;
use crate::analysis::history::{Night, Sensitivity, history, in_order};
use crate::analysis::{RESULTS_SCHEMA, Results};
use crate::harness::Catalogue;
use crate::record::{RunDir, from_json};
use crate::report::{self, strict};

const RUN: &str = include_str!("../../tests/fixtures/stored/run.json");
const RECORDS: &str = include_str!("../../tests/fixtures/stored/records.jsonl");
const MATRICES: [&str; 2] = [include_str!("../../matrix.toml"), include_str!("init/template.toml")];

/// Everything that is made of results: charts take a second, so seldom these.
fn reports(results: &Results, with_charts: bool) {
    let drawn = ["md", "html", "svg", "png", "card"];
    let formats = report::formats().into_iter().filter(|name| with_charts || !drawn.contains(name));
    let formats: Vec<String> = formats.map(str::to_owned).collect();
    report::render_formats(results, &formats).iter().for_each(strict::file);
    strict::terminal(&report::terminal::table(results, 80, false), 80);
}

/// A few whole blocks and solos.
fn few_records() -> Vec<&'static str> {
    RECORDS.lines().take(70).collect()
}

fn write(folder: &Path, run: &[u8], records: &[u8]) -> RunDir {
    std::fs::write(folder.join("run.json"), run).expect("written");
    std::fs::write(folder.join("records.jsonl"), records).expect("written");
    RunDir::open(folder)
}

#[test]
fn a_matrix_is_refused_with_its_name_or_taken() {
    let catalogue = Catalogue::embedded();
    let mut taken = 0;
    for number in numbers(600) {
        let random = &mut generator(number);
        let bytes = tear(MATRICES.choose(random).expect("some"), random);
        let text = String::from_utf8_lossy(&bytes);
        match survives(number, &text, || crate::matrix::parse(&text, "mine.toml", &catalogue, 4)) {
            Ok(_) => taken += 1,
            Err(error) => assert!(error.to_string().contains("mine.toml"), "{number}: {error}"),
        }
    }
    assert!(taken > 30, "most are refused, comments aside: {taken}");
}

#[test]
fn a_run_is_refused_with_its_name_or_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = few_records().join("\n") + "\n";
    let mut taken = 0;
    for number in numbers(120) {
        let random = &mut generator(number);
        let run = spoilt(RUN, random);
        let dir = write(folder.path(), &run, records.as_bytes());
        survives(number, &String::from_utf8_lossy(&run), || match read(&dir) {
            Ok(results) => {
                taken += 1;
                reports(&results, taken % 120 == 1);
            }
            Err(error) => {
                let said = error.to_string();
                assert!(said.contains("run.json") || said.contains("records.jsonl"), "{number}: {said}");
            }
        });
    }
    assert!(taken > 20, "{taken}");
}

#[test]
fn a_record_is_refused_with_its_line_or_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = few_records();
    let mut taken = 0;
    for number in numbers(120) {
        let random = &mut generator(number);
        let mut written: Vec<Vec<u8>> = lines.iter().map(|line| line.as_bytes().to_vec()).collect();
        for _ in 0..random.random_range(1..3) {
            let at = random.random_range(0..lines.len());
            written[at] = spoilt(lines[at], random);
        }
        written.push(Vec::new());
        let whole = written.join(&b"\n"[..]);
        let dir = write(folder.path(), RUN.as_bytes(), &whole);
        survives(number, &String::from_utf8_lossy(&whole), || match read(&dir) {
            Ok(results) => {
                taken += 1;
                reports(&results, taken % 120 == 1);
            }
            Err(error) => {
                let said = error.to_string();
                assert!(said.contains("records.jsonl`"), "{number}: {said}");
            }
        });
    }
    assert!(taken > 4, "{taken}");
}

#[test]
fn times_near_the_largest_number_are_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines: Vec<String> = few_records()
        .iter()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).expect("a record");
            for phase in record["phases_ns"].as_object_mut().into_iter().flatten() {
                *phase.1 = json!(u64::MAX);
            }
            record.to_string()
        })
        .collect();
    let dir = write(folder.path(), RUN.as_bytes(), (lines.join("\n") + "\n").as_bytes());
    reports(&read(&dir).expect("read"), true);
}

fn sound_results() -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let records = few_records().join("\n") + "\n";
    let results = read(&write(folder.path(), RUN.as_bytes(), records.as_bytes())).expect("sound");
    serde_json::to_string(&results).expect("JSON")
}

#[test]
fn results_are_refused_with_their_name_or_reported() {
    let sound = sound_results();
    let mut taken = 0;
    for number in numbers(120) {
        let random = &mut generator(number);
        let bytes = spoilt(&sound, random);
        let text = String::from_utf8_lossy(&bytes);
        survives(number, &text, || {
            match from_json::<Results>(&text, RESULTS_SCHEMA, Path::new("a/results.json")) {
                Ok(results) => {
                    taken += 1;
                    reports(&results, taken % 120 == 1);
                }
                Err(error) => assert!(error.to_string().contains("results.json"), "{number}: {error}"),
            }
        });
    }
    assert!(taken > 20, "{taken}");
}

#[test]
fn nights_are_refused_or_make_a_history() {
    let mut sound: Value = serde_json::from_str(&sound_results()).expect("JSON");
    // What a trend reads; less to write and to read.
    for cell in sound["cells"].as_array_mut().expect("cells") {
        for long in ["values_ns", "timeline", "processes", "peaks"] {
            cell[long] = json!([]);
        }
    }
    let mut taken = 0;
    for number in numbers(30) {
        let random = &mut generator(number);
        let night = |at: u64, random: &mut ChaCha8Rng| {
            let mut night = sound.clone();
            night["started_unix_ns"] = json!((1_700_000_000 + at * 86_400) * 1_000_000_000);
            night["run_id"] = json!(format!("night-{at}"));
            let text = night.to_string();
            if random.random_range(0..3) == 0 { spoilt(&text, random) } else { text.into_bytes() }
        };
        let texts: Vec<Vec<u8>> = (0..8).map(|at| night(at, random)).collect();
        let nights: Vec<Night> = texts.iter().filter_map(|text| serde_json::from_slice(text).ok()).collect();
        let shown = String::from_utf8_lossy(&texts.concat()).into_owned();
        survives(number, &shown, || {
            let nights = in_order(nights);
            taken += nights.len();
            let found = history(&nights, &Sensitivity::default());
            strict::terminal(&report::lines(&report::history::text(&found)), usize::MAX);
            if number % 10 == 0 {
                report::history::render(&found).iter().for_each(strict::file);
            }
        });
    }
    assert!(taken > 100, "{taken}");
}
