//! A mode is one Python file: nothing else has to know its name.

use std::path::Path;

use crate::support::alone;

const MATRIX: &str = r#"
[run]
max_rounds = 4
[interpreters]
use = ["3.13"]
[modes]
use = ["single", "by-halves"]
workers = [2]
[[workload]]
name = "fib"
tasks = 4
args = { n = 15 }
"#;
use gilmatrix::internals::{
    Catalogue, Context, Discovery, Filters, Host, Machine, Matrix, ModeKind, Plan, RUN_SCHEMA,
    ResolveOptions, RunDir, RunInfo, RunStatus, Settings, Until, analyse, expand, extract, parse,
    render_formats, resolve, run,
};

const MODE: &str = r#""""Two tasks at a time.

gilmatrix: {"name": "by-halves", "summary": "two tasks at a time", "workers": "threads", "asyncio": false, "since": null}
"""
from gilbench import threadpool


class Mode(threadpool.ThreadPoolMode):
    def run_tasks(self):
        task, prepared = self.task, self.prepared
        return list(self.executor.map(lambda item: task(prepared, item), self.items, chunksize=2))
"#;

#[test]
fn a_mode_that_is_added_as_a_file_is_measured_judged_and_charted() {
    alone(
        module_path!(),
        "a_mode_that_is_added_as_a_file_is_measured_judged_and_charted",
        add_measure_judge_and_chart,
    );
}

fn add_measure_judge_and_chart() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = extract(&folder.path().join("harness")).expect("extracted");
    let modes = script.parent().expect("the harness's folder").join("modes");
    std::fs::write(modes.join("by_halves.py"), MODE).expect("written");
    let files = std::fs::read_dir(&modes).expect("modes").map(|entry| entry.expect("an entry").path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "py"));
    let texts = files.map(|path| {
        let name = Path::new("modes").join(path.file_name().expect("a name"));
        (name, std::fs::read_to_string(&path).expect("text"))
    });
    let mut catalogue = Catalogue::from_sources(texts).expect("headers");
    catalogue.workloads = Catalogue::embedded().workloads;

    let mut matrix = parse(MATRIX, "matrix.toml", &catalogue, 2).expect("a matrix");
    (matrix.run.max_rounds, matrix.run.until) = (4, Until::Settled);
    let options = ResolveOptions::in_folder(Path::new("."));
    let found = resolve(&matrix.interpreters.entries, &Discovery::of_this_machine(), &options).found;
    assert_eq!(found.len(), 1, "the test command installs 3.13");
    let machine =
        Machine { interpreters: &found, missing: &[], effective_cpus: 2.0, packages_missing: &|_, _| None };
    let plan = expand(&matrix, &catalogue, &machine, &Filters::default(), false).expect("a plan");
    let context =
        Context::new(&matrix, &found, None, &script, &folder.path().join("pycache")).expect("a context");
    let kinds = catalogue.kinds();
    let settings = Settings {
        plan: &plan,
        matrix: &matrix,
        interpreters: &found,
        budget_ns: 60_000_000_000,
        budget_anew: false,
        seed: 1,
        effective_cpus: 2.0,
        modes: &kinds,
        against: &[],
    };
    let (dir, mut journal) = RunDir::create(&folder.path().join("run")).expect("a directory");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (_keep, cancelled) = tokio::sync::watch::channel(false);
    let none = std::iter::empty();
    let mut unheard = |_| {};
    let run = run(&context, &settings, none, &mut journal, cancelled, &mut unheard);
    assert_eq!(runtime.block_on(run).expect("it ran").failed, 0);

    let mut info = info(matrix, plan);
    let records = dir.read_records(&info).expect("records").map(|record| record.expect("a record"));
    info.interpreters = found;
    info.modes = kinds;
    let results = analyse(&info, records);
    assert_eq!(results.kind("by-halves"), Some(ModeKind::Threads));
    let cell = results.cells.iter().find(|cell| cell.mode == "by-halves").expect("its cell");
    assert!(cell.speedup_self.as_ref().is_some_and(|speedup| speedup.ci95.is_some()), "{cell:?}");
    let report = render_formats(&results, &["html".to_owned(), "svg".to_owned()]);
    let shows = |name: &str| {
        let artifact = report.iter().find(|one| one.path.to_string_lossy().contains(name));
        let artifact = artifact.unwrap_or_else(|| panic!("{name}"));
        String::from_utf8_lossy(artifact.bytes.as_ref().expect("written")).contains("by-halves")
    };
    for name in ["report.html", "time.svg", "scaling.svg", "memory.svg", "efficiency.svg"] {
        assert!(shows(name), "{name}");
    }
}

pub(super) fn info(matrix: Matrix, plan: Plan) -> RunInfo {
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        run_id: "new-mode".to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        command: Vec::new(),
        matrix_path: "matrix.toml".to_owned(),
        matrix,
        options: None,
        seed: 1,
        host: Host { cpus: 2, effective_cpus: 2.0, ..Host::default() },
        interpreters: Vec::new(),
        missing: Vec::new(),
        plan,
        modes: Vec::new(),
        packages: Default::default(),
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
