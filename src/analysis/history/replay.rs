//! Sixty synthetic nights, replayed one after the other: what was planted is found in time, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::{History, Metric, Night, NightCell, Python, PythonFacts, Sensitivity, history};
use crate::analysis::results::{Estimate, Speedup, WorkloadInfo};
use crate::record::{Host, Outcome, RunStatus};
use crate::stats::simulate::Random;

const NIGHTS: usize = 60;
const OTHER_MACHINE: usize = 15;
const BAD_HOST: usize = 22;
const RELEASE: usize = 30;
const SLOWER: usize = 45;
const WORKLOADS: [&str; 4] = ["fib", "nbody", "json", "sort"];

/// Log of the speedup over the baseline that a night should show, without noise.
fn truth(night: usize, interpreter: &str, workload: &str, mode: &str) -> f64 {
    let mut log = match (interpreter, mode) {
        ("3.13", "single") => return 0.0,
        ("3.13", "threads") => -0.03,
        ("3.13", _) => 0.6,
        (_, "single") => -0.5,
        _ => 0.2,
    };
    if interpreter == "3.13t" && night >= RELEASE {
        log += 0.06;
    }
    if night == BAD_HOST && mode != "single" {
        log -= 0.15;
    }
    if night >= SLOWER && (interpreter, workload, mode) == ("3.13t", "nbody", "threads") {
        log -= 0.04;
    }
    log
}

fn night(random: &mut Random, number: usize) -> Night {
    // The machine wears out, has its days, and is once another one that calls itself the same.
    let machine = 0.10 * number as f64 / NIGHTS as f64
        + 0.03 * random.normal()
        + if number == BAD_HOST { 0.4 } else { 0.0 };
    let mut cells = Vec::new();
    for workload in WORKLOADS {
        for interpreter in ["3.13", "3.13t"] {
            for (mode, workers) in [("single", 1), ("threads", 2), ("mp", 2)] {
                let log = truth(number, interpreter, workload, mode) + 0.008 * random.normal();
                let own = interpreter == "3.13" && mode == "single";
                let time = 5e7 * (machine - log + 0.01 * random.normal()).exp();
                cells.push(NightCell {
                    interpreter: interpreter.to_owned(),
                    workload: workload.to_owned(),
                    mode: mode.to_owned(),
                    workers,
                    variant: crate::plan::PLAIN.to_owned(),
                    outcome: Outcome::Completed,
                    wall_ns: Some(Estimate { median: time as u64, ci95: None }),
                    speedup: Some(Speedup {
                        baseline: format!("3.13 {workload} single×1"),
                        ratio: if own { 1.0 } else { log.exp() },
                        ci95: Some([(log - 0.016).exp(), (log + 0.016).exp()]),
                        settled: true,
                        pairs: 12,
                    }),
                    peak_rss_bytes: None,
                    peak_pss_bytes: Some((2e7 * (1.0 + 0.01 * random.normal())) as u64),
                });
            }
        }
    }
    let python = |name: &str, version: &str| Python {
        name: name.to_owned(),
        facts: PythonFacts {
            version: version.to_owned(),
            build: String::new(),
            executable_sha256: format!("{name} {version}"),
        },
    };
    let t_version = if number < RELEASE { "3.13.5" } else { "3.13.6" };
    let model = if number == OTHER_MACHINE { "Elderly 1000" } else { "Usual 5000" };
    Night {
        schema: "gilmatrix.results/2".to_owned(),
        run_id: format!("night-{number:02}"),
        tool_version: "0.1.0".to_owned(),
        status: RunStatus::Completed,
        started_unix_ns: (1_700_000_000 + 86_400 * number as u64) * 1_000_000_000,
        host: Host { cpu_model: model.to_owned(), effective_cpus: 2.0, ..Host::default() },
        interpreters: vec![python("3.13", "3.13.5"), python("3.13t", t_version)],
        baseline: "3.13".to_owned(),
        workloads: WORKLOADS
            .map(|name| WorkloadInfo {
                script_sha256: None,
                name: name.to_owned(),
                tasks: 8,
                args: serde_json::Map::new(),
                scaling: Default::default(),
                sweep: None,
                stress: String::new(),
                expect: String::new(),
            })
            .into(),
        cells,
    }
}

fn sixty(seed: u64) -> Vec<Night> {
    let mut random = Random::new(seed);
    (0..NIGHTS).map(|number| night(&mut random, number)).collect()
}

fn after(nights: &[Night], count: usize) -> History {
    history(nights[..count].to_vec(), &Sensitivity::default())
}

/// `GILMATRIX_REPLAYS=100 cargo test --lib replay -- --nocapture` plays more of them.
#[test]
fn the_slowdown_is_found_within_three_nights_and_nothing_else_is() {
    let replays = std::env::var("GILMATRIX_REPLAYS").map_or(6, |text| text.parse().unwrap());
    let wanted = "3.13t nbody threads×2 Speedup";
    let mut late = Vec::new();
    for seed in 0..replays {
        let nights = sixty(seed);
        // Every alarm that anybody was woken by, with the first night that it was raised in.
        let mut raised: BTreeMap<String, usize> = BTreeMap::new();
        for count in 1..=NIGHTS {
            for (trend, _) in after(&nights, count).alarms() {
                raised.entry(format!("{} {:?}", trend.cell(), trend.metric)).or_insert(count - 1);
            }
        }
        assert_eq!(raised.keys().collect::<Vec<_>>(), [wanted], "seed {seed}: {raised:?}");
        if raised[wanted] > SLOWER + 2 {
            late.push((seed, raised[wanted]));
        }
        let whole = after(&nights, NIGHTS);
        let (_, change) = whole.alarms()[0];
        assert!(change.run.abs_diff(SLOWER) <= 1, "seed {seed}: first bad run {}", change.run_id);
        assert!((change.ratio.ln() + 0.04).abs() < 0.015, "{}", change.ratio);
    }
    println!("{replays} replays; later than the third night: {late:?}");
    // A draw of three standard deviations hides it a night longer.
    assert!(late.len() <= 1 + replays as usize / 20 && late.iter().all(|(_, night)| *night <= SLOWER + 4));
}

#[test]
fn a_release_explains_what_came_with_it() {
    let whole = after(&sixty(9), NIGHTS);
    let explained: BTreeSet<_> = whole
        .changes(|change| change.explained_by.is_some())
        .into_iter()
        .map(|(trend, change)| (trend.interpreter.as_str(), change.run, change.explained_by.clone()))
        .collect();
    let text = Some("3.13t: 3.13.5 became 3.13.6".to_owned());
    assert_eq!(explained.into_iter().collect::<Vec<_>>(), [("3.13t", RELEASE, text)]);
}

#[test]
fn a_baseline_that_alone_becomes_slower_is_found_by_its_time() {
    let mut nights = sixty(3);
    for night in &mut nights[40..] {
        for cell in &mut night.cells {
            if (cell.interpreter.as_str(), cell.workload.as_str(), cell.mode.as_str())
                == ("3.13", "json", "single")
            {
                let wall = cell.wall_ns.as_mut().unwrap();
                wall.median = (wall.median as f64 * 1.15) as u64;
            }
        }
    }
    let whole = after(&nights, 50);
    let alarms: Vec<_> =
        whole.alarms().into_iter().filter(|(trend, _)| trend.metric == Metric::Time).collect();
    assert_eq!(alarms.len(), 1);
    assert_eq!((alarms[0].0.cell().as_str(), alarms[0].1.run), ("3.13 json single×1", 40));
}

#[test]
fn memory_that_grows_is_found_and_failures_are_kept() {
    let mut nights = sixty(4);
    for night in &mut nights[50..] {
        let cell = &mut night.cells[2];
        cell.peak_pss_bytes = cell.peak_pss_bytes.map(|bytes| bytes * 5 / 4);
        night.cells[1].outcome = Outcome::Crashed;
    }
    let whole = after(&nights, 56);
    let heavier: Vec<_> =
        whole.alarms().into_iter().filter(|(trend, _)| trend.metric == Metric::Memory).collect();
    assert_eq!(heavier.len(), 1);
    assert_eq!((heavier[0].0.cell().as_str(), heavier[0].1.run), ("3.13 fib mp×2", 50));
    let failures = &whole.trends.iter().find(|trend| trend.cell() == "3.13 fib threads×2").unwrap().failures;
    assert_eq!(failures.len(), 6);
}

#[test]
fn nothing_and_one_night_are_histories_too() {
    assert!(after(&[], 0).trends.is_empty());
    let one = after(&sixty(1), 1);
    assert_eq!(one.runs.len(), 1);
    assert!(one.events.is_empty() && one.alarms().is_empty());
}
