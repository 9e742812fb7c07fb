//! Synthetic nights, with what is planted in them: another machine, a bad host, a release, a slowdown.

use std::collections::BTreeMap;

use super::night::{NightCell, Python, PythonFacts};
use super::{History, Night, Sensitivity, fresh_alarms, history};
use crate::analysis::{Estimate, ReferenceResult, Speedup, WorkloadResult};
use crate::cell::Cell;
use crate::record::{Host, Outcome};
use crate::stats::simulate::Random;

pub(super) const NIGHTS: usize = 60;
pub(super) const OTHER_MACHINE: usize = 15;
pub(super) const BAD_HOST: usize = 22;
pub(super) const RELEASE: usize = 30;
pub(super) const SLOWER: usize = 45;
pub(super) const WORKLOADS: [&str; 4] = ["fib", "nbody", "json", "sort"];

/// Log of the speedup over the baseline that a night should show, without noise.
pub(super) fn truth(night: usize, interpreter: &str, workload: &str, mode: &str) -> f64 {
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

#[allow(clippy::too_many_lines, reason = "a night is much data")]
pub(super) fn night(random: &mut Random, number: usize) -> Night {
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
                    cell: Cell { mode: mode.to_owned(), workers, ..Cell::single(interpreter, workload) },
                    outcome: Outcome::Completed,
                    wall_ns: Some(Estimate { median: time as u64, ci95: None }),
                    speedup: Some(Speedup {
                        baseline: format!("3.13 {workload} single"),
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
        started_unix_ns: (1_700_000_000 + 86_400 * number as u64) * 1_000_000_000,
        host: Host { cpu_model: model.to_owned(), effective_cpus: 2.0, ..Host::default() },
        parts: Vec::new(),
        references: Vec::new(),
        interpreters: vec![python("3.13", "3.13.5"), python("3.13t", t_version)],
        missing: Vec::new(),
        baseline: "3.13".to_owned(),
        workloads: WORKLOADS
            .map(|name| WorkloadResult {
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

pub(super) fn sixty(seed: u64) -> Vec<Night> {
    let mut random = Random::new(seed);
    (0..NIGHTS).map(|number| night(&mut random, number)).collect()
}

pub(super) fn after(nights: &[Night], count: usize) -> History {
    history(&nights[..count], &Sensitivity::default())
}

/// The nights, as indexes, in which `history --alarm RECENT` would have ended with 1, each with what it named.
pub(super) fn woken(nights: &[Night], recent: usize) -> BTreeMap<usize, Vec<String>> {
    let all: Vec<History> = (0..=nights.len()).map(|count| after(nights, count)).collect();
    let mut woken = BTreeMap::new();
    for count in 1..all.len() {
        let fresh = fresh_alarms(&all[count], &all[count.saturating_sub(recent)]);
        let named: Vec<String> =
            fresh.iter().map(|(trend, _)| format!("{} {:?}", trend.cell, trend.metric)).collect();
        if !named.is_empty() {
            woken.insert(count - 1, named);
        }
    }
    woken
}

/// Nights of one workload or two, each with its baseline beside the fixed reference, on a machine with moods of its own.
pub(super) fn with_references(workloads: usize, slower_from: usize) -> Vec<Night> {
    let mut nights = sixty(11);
    for (number, night) in nights.iter_mut().enumerate() {
        let mood = 1.0 + 0.2 * (number as f64 * 1.7).sin();
        let code = if number >= slower_from { 3.0 } else { 1.0 };
        night.cells.retain(|cell| WORKLOADS[..workloads].contains(&cell.cell.workload.as_str()));
        for cell in night.cells.iter_mut().filter(|cell| cell.cell.is_single_of("3.13")) {
            let wall = cell.wall_ns.as_mut().unwrap();
            wall.median = (40e6 * mood * code) as u64;
            let noise = 1.0 + 0.01 * (number as f64 * 2.3).cos();
            let speedup = Speedup {
                baseline: "3.13 reference single".to_owned(),
                ratio: 1.5 / code * noise,
                ci95: Some([1.48 / code * noise, 1.52 / code * noise]),
                settled: true,
                pairs: 12,
            };
            night.references.push(ReferenceResult { workload: cell.cell.workload.clone(), speedup });
        }
    }
    nights
}
