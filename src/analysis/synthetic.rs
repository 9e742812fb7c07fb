//! Runs with a planted truth, for tests: what was planted must be found again.

#![allow(clippy::too_many_lines, reason = "a run is much data")]

use std::collections::{BTreeMap, HashMap};

use crate::cell::{Cell, PLAIN, StartMethod};
use crate::interpreter::{Facts, Interpreter, testing};
use crate::matrix::{
    InterpreterEntry, InterpreterSource, Interpreters, Matrix, MissingPolicy, Modes, RunSettings, Until,
    Workload,
};
use crate::plan::{Plan, PlannedCell};
use crate::record::{
    Gil, GilBuild, Host, Invocation, InvocationKind, Outcome, Phases, RECORDS_SCHEMA, RUN_SCHEMA, Resources,
    RunInfo, RunStatus, Sample, Value, WorkerFacts,
};
use crate::stats::simulate::Random;

pub(crate) const MS: u64 = 1_000_000;
const MIB: u64 = 1 << 20;

/// A run under construction.
pub(crate) struct World {
    pub random: Random,
    pub run: RunInfo,
    pub records: Vec<Invocation>,
    /// Planted time of one warm pass in ns.
    pub times: HashMap<Cell, f64>,
    /// Standard deviations of the log of a process's level and of a pass.
    pub between: f64,
    pub within: f64,
    blocks: u64,
}

pub(crate) fn cell(interpreter: &str, workload: &str, mode: &str, workers: u32) -> Cell {
    Cell {
        interpreter: interpreter.to_owned(),
        workload: workload.to_owned(),
        mode: mode.to_owned(),
        workers,
        start_method: (mode == "mp").then_some(StartMethod::Fork),
        environment: PLAIN.to_owned(),
    }
}

impl World {
    /// `interpreters`: the first is the baseline, a name that ends in `t` is free-threaded.
    pub(crate) fn new(
        seed: u64,
        interpreters: &[&str],
        workloads: &[&str],
        modes: &[&str],
        workers: &[u32],
    ) -> Self {
        let mut cells = Vec::new();
        for workload in workloads {
            for interpreter in interpreters {
                for mode in modes {
                    let alone = matches!(*mode, "single" | "asyncio");
                    for count in if alone { &[1] } else { workers } {
                        let cell = cell(interpreter, workload, mode, *count);
                        cells.push(PlannedCell { cell, skipped: None, oversubscribed: *count > 2 });
                    }
                }
            }
        }
        let times = cells.iter().map(|planned| (planned.cell.clone(), 40.0 * MS as f64)).collect();
        let run = run_info(seed, interpreters, workloads, modes, workers, Plan { cells });
        let random = Random::new(seed);
        Self { random, run, records: Vec::new(), times, between: 0.02, within: 0.03, blocks: 0 }
    }

    /// Plants how many times as fast as 40 ms a cell is.
    pub(crate) fn plant(&mut self, cell: &Cell, speed: f64) {
        self.times.insert(cell.clone(), 40.0 * MS as f64 / speed);
    }

    /// A block with one invocation for each cell.
    pub(crate) fn block(&mut self, kind: InvocationKind, round: u32, cells: &[Cell], sweeps: u32) {
        self.blocks += 1;
        for cell in cells {
            let own = self.between * self.random.normal();
            let mut invocation = self.invocation(kind, round, cell);
            invocation.block = Some(self.blocks);
            for sweep in 0..=sweeps {
                let noise = own + self.within * self.random.normal();
                let ns = (self.times[cell] * noise.exp()) as u64;
                invocation.values.push(value(self.blocks, sweep, ns, 1, false, cell));
            }
            self.records.push(invocation);
        }
    }

    /// `count` processes of one cell; together each is `slower` times as slow as alone.
    pub(crate) fn capacity(&mut self, round: u32, cell: &Cell, count: u32, slower: f64) {
        self.blocks += 1;
        for _ in 0..count {
            let mut invocation = self.invocation(InvocationKind::Capacity, round, cell);
            invocation.block = Some(self.blocks);
            for (sweep, concurrent) in (0..5).flat_map(|sweep| [(sweep, 1), (sweep, count)]) {
                let factor = if concurrent == 1 { 1.0 } else { slower };
                let ns = (self.times[cell] * factor * (self.within * self.random.normal()).exp()) as u64;
                invocation.values.push(value(self.blocks, sweep, ns, concurrent, true, cell));
            }
            self.records.push(invocation);
        }
    }

    pub(crate) fn solo(&mut self, round: u32, cell: &Cell) {
        let mut invocation = self.invocation(InvocationKind::Solo, round, cell);
        let pool = if cell.mode == "mp" { 30 * MS } else { 2 * MS };
        let first = (self.times[cell] * (0.02 * self.random.normal()).exp()) as u64;
        invocation.phases_ns = Phases {
            start: Some(15 * MS),
            imports: Some(20 * MS),
            pool: Some(pool),
            warmup: None,
            first: Some(first),
            work: Some(0),
            teardown: Some(5 * MS),
        };
        invocation.total_ns = Some(40 * MS + pool + first);
        let rss = if cell.mode == "mp" { (20 + 12 * u64::from(cell.workers)) * MIB } else { 20 * MIB };
        let pss = if cell.mode == "mp" { (14 + 4 * u64::from(cell.workers)) * MIB } else { 15 * MIB };
        let at = |t: u64| Sample {
            t_ns: t * 20 * MS,
            cpu_ns: t * 19 * MS,
            rss_bytes: rss,
            pss_bytes: None,
            processes: 1,
            threads: Some(1),
        };
        invocation.resources = Some(Resources {
            cpu_ns: 60 * MS + first,
            cpu_exact: true,
            peak_rss_bytes: rss,
            peak_pss_bytes: Some(pss),
            pss_samples: 2,
            peak_processes: 1,
            samples: (1..=u64::from(3 + round)).map(at).collect(),
            ..Resources::default()
        });
        self.records.push(invocation);
    }

    /// For every workload and round: the baseline, every `single` and one other cell in a block, and two solo rounds.
    pub(crate) fn fill(&mut self, rounds: u32, sweeps: u32) {
        let cells: Vec<Cell> = self.run.plan.runnable().cloned().collect();
        for round in 1..=rounds {
            for other in &cells {
                let mut members: Vec<Cell> = cells
                    .iter()
                    .filter(|one| one.mode == "single" && one.workload == other.workload)
                    .cloned()
                    .collect();
                if other.mode != "single" {
                    members.push(other.clone());
                    self.block(InvocationKind::Block, round, &members, sweeps);
                }
                if round <= 3 {
                    self.solo(round, other);
                }
            }
        }
    }

    fn invocation(&self, kind: InvocationKind, round: u32, cell: &Cell) -> Invocation {
        let free = cell.interpreter.ends_with('t');
        let version = version(&cell.interpreter);
        let worker = |place: u32| WorkerFacts {
            pid: 100 + place,
            thread: None,
            executable: format!("/opt/{}/bin/python", cell.interpreter),
            version: version.clone(),
            py_gil_disabled: Some(free),
            gil_enabled_before: !free,
            gil_enabled_after: Some(!free),
            cpus: None,
        };
        Invocation {
            schema: RECORDS_SCHEMA.to_owned(),
            id: self.records.len() as u64 + 1,
            kind,
            round,
            block: None,
            cell: cell.clone(),
            side: Default::default(),
            command: vec!["python".to_owned()],
            pid: 100,
            started_unix_ns: 0,
            started_ns: 0,
            outcome: Outcome::Completed,
            reason: None,
            exit_code: Some(0),
            signal: None,
            forced: None,
            cpus: None,
            held_to_cpu: None,
            phases_ns: Phases::default(),
            total_ns: None,
            values: Vec::new(),
            workers: (0..cell.workers).map(worker).collect(),
            gil: Some(Gil {
                build: if free { GilBuild::FreeThreaded } else { GilBuild::Gil },
                enabled_before: !free,
                enabled_after: !free,
            }),
            gc: None,
            blas: None,
            warm_ups: Vec::new(),
            resources: None,
            stdout_tail: String::new(),
            stderr_tail: String::new(),
            warnings: Vec::new(),
            doubts: Vec::new(),
            calls: None,
            load_1m: None,
            disturbance: None,
        }
    }
}

fn value(block: u64, sweep: u32, ns: u64, concurrent: u32, capacity: bool, cell: &Cell) -> Value {
    Value {
        ns,
        block: Some(block),
        sweep,
        seq: sweep,
        start_ns: 0,
        warmup: sweep == 0 && !capacity,
        concurrent,
        checksum: format!("sum of {}", cell.workload),
        cpu_ns: Some(ns * u64::from(cell.workers)),
        loop_lag_ns: matches!(cell.mode.as_str(), "asyncio" | "executor").then_some(ns / 2),
        loop_lag_p99_ns: matches!(cell.mode.as_str(), "asyncio" | "executor").then_some(ns / 4),
        beats: None,
        workers_cpu_ns: None,
        run_delay_ns: None,
        harness_ns: None,
        after: None,
        repeats: 1,
        total_ns: Some(ns),
    }
}

fn version(interpreter: &str) -> String {
    format!("{}.5", interpreter.trim_end_matches('t'))
}

fn facts(name: &str) -> Facts {
    let free = name.ends_with('t');
    Facts {
        executable: format!("/opt/{name}/bin/python").into(),
        py_gil_disabled: Some(free),
        honours_python_gil: Some(free),
        ..testing::facts(&format!("{}{}", version(name), if free { "t" } else { "" }))
    }
}

fn run_info(
    seed: u64,
    interpreters: &[&str],
    workloads: &[&str],
    modes: &[&str],
    workers: &[u32],
    plan: Plan,
) -> RunInfo {
    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let entry = |name: &&str| InterpreterEntry {
        name: (*name).to_owned(),
        source: InterpreterSource::Request((*name).to_owned()),
    };
    let interpreter = |name: &&str| Interpreter {
        name: (*name).to_owned(),
        request: (*name).to_owned(),
        command: vec![format!("/opt/{name}/bin/python")],
        provider: "path".to_owned(),
        why: "the only one".to_owned(),
        facts: facts(name),
        environments: BTreeMap::new(),
    };
    let workload = |name: &&str| Workload { name: (*name).to_owned(), tasks: 8, ..Workload::default() };
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        run_id: "synthetic".to_owned(),
        tool_version: "0.1.0".to_owned(),
        command: names(&["gilmatrix", "run"]),
        matrix_path: "matrix.toml".to_owned(),
        matrix: Matrix {
            run: RunSettings {
                budget_ns: 180_000 * MS,
                precision: 0.05,
                max_rounds: 60,
                until: Until::Settled,
                timeout_ns: 60_000 * MS,
                sample_rate: 20,
                repeat_disturbed: false,
                max_memory_bytes: None,
                cpus: None,
                env: BTreeMap::new(),
                seed: Some(seed),
            },
            interpreters: Interpreters {
                entries: interpreters.iter().map(entry).collect(),
                baseline: interpreters[0].to_owned(),
                missing: MissingPolicy::Skip,
                comparability: Default::default(),
                allow_prerelease: false,
            },
            modes: Modes {
                names: names(modes),
                workers: workers.to_vec(),
                start_methods: vec![StartMethod::Fork],
                chunksize: None,
            },
            workloads: workloads.iter().map(workload).collect(),
            variants: Vec::new(),
            exclude: Vec::new(),
            include: Vec::new(),
            budgets: Vec::new(),
        },
        options: None,
        seed,
        host: Host { cpus: 2, effective_cpus: 2.0, load_1m: Some(0.2), ..Host::default() },
        interpreters: interpreters.iter().map(interpreter).collect(),
        missing: Vec::new(),
        plan,
        modes: Vec::new(),
        packages: BTreeMap::new(),
        against: None,
        harness_sha256: String::new(),
        started_unix_ns: 0,
        finished_unix_ns: Some(1),
        resumed_unix_ns: Vec::new(),
        invocations: None,
        changed: Vec::new(),
        status: RunStatus::Completed,
        warnings: Vec::new(),
        shard: None,
        parts: Vec::new(),
    }
}
