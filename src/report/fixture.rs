//! A small run to test reports with: two builds of 3.13, 3.14t missing, every kind of outcome.

#![allow(clippy::too_many_lines, reason = "a run is much data")]

use std::path::PathBuf;

use crate::analysis::{
    Answer, Capacity, CellResult, Counts, Doubt, DoubtKind, Estimate, Figure, Gain, MemoryGrowth, NamedCell,
    RESULTS_SCHEMA, Results, Sampling, Situation, Speedup, Warning, WorkloadResult,
};
use crate::cell::{Cell, Mode, ModeKind, StartMethod};
use crate::interpreter::{Facts, Interpreter, Missing, testing};
use crate::record::{Blas, Gc, Gil, GilBuild, Host, Outcome, Phases, RunStatus, Sample};

const MS: u64 = 1_000_000;
const MIB: u64 = 1_048_576;

/// The interpreter's name, its `single` in ms, and how far its threads scale.
const BUILDS: [(&str, u64, f64); 2] = [("3.13", 40, 1.0), ("3.13t", 72, 1.9)];

pub(super) fn results() -> Results {
    let mut cells = Vec::new();
    for (name, single, threads) in BUILDS {
        for (mode, workers) in PLAN {
            cells.push(completed(name, mode, workers, single, threads));
        }
    }
    for (mode, workers) in PLAN {
        cells.push(skipped("3.14t", mode, workers));
    }
    fail(&mut cells, "3.13", "mp", 4, Outcome::Crashed, "killed by signal 11 (SIGSEGV)");
    fail(
        &mut cells,
        "3.13t",
        "asyncio",
        1,
        Outcome::GilMismatch,
        "asked for the GIL off, it was on after the work",
    );
    fail(
        &mut cells,
        "3.13",
        "threads",
        4,
        Outcome::NotReached,
        "the budget ended before its first invocation",
    );
    unsettle(&mut cells, "3.13t", "mp", 2);

    Results {
        loader_env: std::collections::BTreeMap::new(),
        schema: RESULTS_SCHEMA.to_owned(),
        run_id: "2026-11-22T13-20-05".to_owned(),
        tool_version: "0.1.0".to_owned(),
        status: RunStatus::Completed,
        command: ["gilmatrix", "run", "my matrix.toml"].map(str::to_owned).into(),
        seed: 7,
        started_unix_ns: 1_795_353_720_000_000_000,
        finished_unix_ns: Some(1_795_353_885_000_000_000),
        elapsed_ns: Some(165_000_000_000),
        host: Host {
            hostname: Some("bench".to_owned()),
            os: "Debian GNU/Linux 13".to_owned(),
            kernel: Some("6.18.2".to_owned()),
            architecture: "x86_64".to_owned(),
            cpu_model: "A CPU".to_owned(),
            cpus: 2,
            effective_cpus: 2.0,
            memory_bytes: 8 << 30,
            load_1m: Some(0.25),
            busy_cpus: Some(0.1),
            governor: None,
            virtualised: Some(true),
            ..Host::default()
        },
        interpreters: BUILDS.map(|(name, ..)| interpreter(name)).into(),
        modes: modes_of_functions(),
        missing: vec![Missing {
            name: "3.14t".to_owned(),
            request: "3.14t".to_owned(),
            reason: "not on this machine".to_owned(),
            hint: Some("get it with `gilmatrix install 3.14t`".to_owned()),
        }],
        baseline: "3.13".to_owned(),
        precision: 0.05,
        max_memory_bytes: None,
        workloads: vec![WorkloadResult {
            name: "fib".to_owned(),
            tasks: 8,
            args: serde_json::Map::from_iter([("n".to_owned(), 22.into())]),
            script_sha256: None,
            scaling: Default::default(),
            sweep: None,
            stress: "function calls and small integers".to_owned(),
            expect: "with the GIL threads equal single".to_owned(),
        }],
        counts: Counts {
            disturbed: 0,
            completed: 13,
            settled: 12,
            failed: 2,
            skipped: 8,
            not_reached: 1,
            invocations: 240,
        },
        cells,
        capacity: vec![Capacity {
            cell: Cell { workers: 2, ..Cell::single("3.13", "fib") },
            ratio: 1.91,
            ci95: Some([1.85, 1.97]),
            blocks: 5,
        }],
        against: None,
        parts: Vec::new(),
        references: Vec::new(),
        harness_sha256: Some("00".repeat(32)),
        single_thread: Vec::new(),
        scaling: Vec::new(),
        memory_growth: ["3.13", "3.13t"].map(memory_growth).into(),
        break_even: Vec::new(),
        overall: Vec::new(),
        sampling: Some(Sampling {
            invocations: 40,
            slowed: 2,
            samples: 1600,
            pss_samples: 210,
            asked_interval_ns: 50 * MS,
            longest_interval_ns: 125 * MS,
            cpu_ns: 320 * MS,
            pss_cpu_ns: 120 * MS,
            wall_ns: 80_000 * MS,
            late_ticks: 3,
        }),
        answers: vec![Answer {
            workload: "fib".to_owned(),
            situation: Situation::Warm,
            choose: Some(NamedCell(Cell {
                mode: "mp".to_owned(),
                workers: 2,
                start_method: Some(StartMethod::Fork),
                ..Cell::single("3.13", "fib")
            })),
            gain: Some(Gain {
                over: NamedCell(Cell::single("3.13", "fib")),
                ratio: 1.9,
                ci95: [1.85, 1.95],
            }),
            regret: Some(0.031),
            decided: true,
            as_good: Vec::new(),
            compared: 13,
            not_considered: Vec::new(),
            memory_bytes: Some(15 << 20),
            doubts: vec![Doubt { kind: DoubtKind::BusyMachine, text: "other programs kept 1.0 of 2.0 CPUs busy".to_owned() }],
            text: "use mp×2 on 3.13: 1.90 times as fast as a plain loop on 3.13 (1.85 to 1.95), 15 MiB; nothing \
                   else measured can be faster by more than 4 %"
                .to_owned(),
        }],
        warnings: vec![Warning {
            kind: "interpreter_missing".to_owned(),
            text: "`3.14t` is not on this machine".to_owned(),
        }],
    }
}

fn modes_of_functions() -> Vec<Mode> {
    let modes = crate::harness::Catalogue::embedded().kinds().into_iter();
    modes.filter(|mode| mode.kind != ModeKind::Command).collect()
}

const PLAN: [(&str, u32); 8] = [
    ("single", 1),
    ("asyncio", 1),
    ("threads", 1),
    ("threads", 2),
    ("threads", 4),
    ("mp", 1),
    ("mp", 2),
    ("mp", 4),
];

fn identity(interpreter: &str, mode: &str, workers: u32) -> CellResult {
    let start_method = (mode == "mp").then_some(StartMethod::Fork);
    CellResult {
        cell: Cell { mode: mode.to_owned(), workers, start_method, ..Cell::single(interpreter, "fib") },
        oversubscribed: workers > 2,
        outcome: Outcome::Completed,
        reason: None,
        invocations: 0,
        wall_ns: None,
        phases_ns: Phases::default(),
        total_ns: None,
        speedup: None,
        speedup_self: None,
        speedup_total: None,
        efficiency: None,
        efficiency_ci95: None,
        cpu_ns: None,
        cpu_cores_used: None,
        cpu_over_self: None,
        cpu_over_base: None,
        peak_rss_bytes: None,
        peak_pss_bytes: None,
        peaks: Vec::new(),
        loop_lag_ns: None,
        loop_lag_ci95: None,
        loop_lag_p99_ns: None,
        repeats: 1,
        warm_ups: None,
        gc: None,
        blas: None,
        gil: None,
        checksum: None,
        doubts: Vec::new(),
        warnings: Vec::new(),
        outliers: Vec::new(),
        values_ns: Vec::new(),
        timeline: Vec::new(),
        processes: Vec::new(),
    }
}

fn completed(interpreter: &str, mode: &str, workers: u32, single: u64, threads: f64) -> CellResult {
    let scale = match (mode, workers) {
        (_, 1) => 1.0,
        ("threads", _) => threads,
        _ => 1.85,
    };
    let wall = (single as f64 * MS as f64 / scale) as u64;
    let estimate = |ns: u64| Some(Estimate { median: ns, ci95: Some([ns - ns / 50, ns + ns / 50]) });
    let speedup = |baseline: &str, ratio: f64| {
        let own = mode == "single" && baseline == interpreter;
        Some(Speedup {
            baseline: format!("{baseline} fib single"),
            ratio,
            ci95: Some(if own { [1.0, 1.0] } else { [ratio * 0.98, ratio * 1.02] }),
            settled: true,
            pairs: 12,
        })
    };
    let free = interpreter.ends_with('t');
    let processes = if mode == "mp" { u64::from(workers) } else { 0 };
    let samples = (1..=8).map(|i| Sample {
        t_ns: i * 20 * MS,
        cpu_ns: (i * 20 * MS) as f64 as u64 * if scale > 1.0 { 2 } else { 1 },
        rss_bytes: 14 * MIB,
        pss_bytes: None,
        processes: 1,
        threads: Some(1),
    });
    CellResult {
        invocations: 14,
        wall_ns: estimate(wall),
        phases_ns: Phases {
            start: Some(14 * MS),
            imports: Some(6 * MS),
            pool: Some(processes * 12 * MS),
            warmup: None,
            first: Some(wall),
            work: None,
            teardown: Some(4 * MS),
        },
        total_ns: estimate(wall + (24 + processes * 12) * MS),
        speedup: speedup("3.13", 40.0 / single as f64 * scale),
        speedup_self: speedup(interpreter, scale),
        speedup_total: speedup("3.13", 64.0 / (wall / MS + 24 + processes * 12) as f64),
        efficiency: Some(scale / f64::from(workers)),
        cpu_ns: Some(single * MS),
        cpu_cores_used: Some(scale.max(0.99)),
        peak_rss_bytes: Some((14 + 12 * processes) * MIB),
        peak_pss_bytes: Some((12 + 4 * processes) * MIB),
        loop_lag_ns: (mode == "asyncio").then_some(wall),
        loop_lag_p99_ns: (mode == "asyncio").then_some(wall - wall / 10),
        repeats: if mode == "mp" { 3 } else { 1 },
        warm_ups: Some(if mode == "mp" { 2 } else { 1 }),
        gc: Some(Gc {
            enabled: true,
            threshold: Some(vec![2000, 10, if free { 0 } else { 10 }]),
            between_passes: "collect".to_owned(),
        }),
        blas: Some(Blas {
            source: "environment".to_owned(),
            env: [("OPENBLAS_NUM_THREADS".to_owned(), "1".to_owned())].into(),
            pools: None,
        }),
        gil: Some(Gil {
            build: if free { GilBuild::FreeThreaded } else { GilBuild::Gil },
            enabled_before: !free,
            enabled_after: !free,
        }),
        outliers: Vec::new(),
        values_ns: vec![wall; 3],
        timeline: samples.collect(),
        ..identity(interpreter, mode, workers)
    }
}

fn skipped(interpreter: &str, mode: &str, workers: u32) -> CellResult {
    CellResult {
        outcome: Outcome::Skipped,
        reason: Some(format!("`{interpreter}` isn't on this machine")),
        ..identity(interpreter, mode, workers)
    }
}

fn fail(
    cells: &mut [CellResult],
    interpreter: &str,
    mode: &str,
    workers: u32,
    outcome: Outcome,
    reason: &str,
) {
    for cell in cells {
        if cell.interpreter == interpreter && cell.mode == mode && cell.workers == workers {
            let reason = Some(reason.to_owned());
            *cell = CellResult { outcome, reason, ..identity(interpreter, mode, workers) };
        }
    }
}

fn unsettle(cells: &mut [CellResult], interpreter: &str, mode: &str, workers: u32) {
    for cell in cells {
        if cell.interpreter == interpreter && cell.mode == mode && cell.workers == workers {
            for speedup in [&mut cell.speedup, &mut cell.speedup_self].into_iter().flatten() {
                speedup.settled = false;
                speedup.ci95 = Some([speedup.ratio * 0.8, speedup.ratio * 1.25]);
            }
        }
    }
}

/// Each process of a pool adds 5 MiB.
fn memory_growth(interpreter: &str) -> MemoryGrowth {
    let mib = |value: f64| Figure { value: value * 1_048_576.0, ci95: None };
    MemoryGrowth {
        cell: identity(interpreter, "mp", 0).cell,
        measure: "pss".to_owned(),
        per_worker: mib(5.0),
        base: mib(10.0),
        invocations: 6,
        cells: Vec::new(),
    }
}

fn interpreter(name: &str) -> Interpreter {
    Interpreter {
        name: name.to_owned(),
        request: name.to_owned(),
        command: vec![format!("/opt/{name}/bin/python3")],
        provider: "pyenv".to_owned(),
        why: "the only one".to_owned(),
        environments: Default::default(),
        facts: Facts {
            build: "3.13.5 (main)".to_owned(),
            executable: PathBuf::from(format!("/opt/{name}/bin/python3")),
            abiflags: String::new(),
            honours_python_gil: None,
            compiler: Some("GCC 14.2.0".to_owned()),
            libc: None,
            ..testing::facts(if name.ends_with('t') { "3.13.5t" } else { "3.13.5" })
        },
    }
}
