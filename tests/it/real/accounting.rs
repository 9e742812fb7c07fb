//! CPU seconds of the record against the kernel's own sum.

use std::path::Path;

use crate::support::alone;

const MATRIX: &str = r#"
[run]
max_rounds = 1
[interpreters]
use = ["3.13"]
[modes]
use = ["single", "threads", "mp"]
workers = [3]
start_methods = ["fork", "forkserver", "spawn"]
[[workload]]
name = "fib"
tasks = 9
args = { n = 20 }
"#;
use gilmatrix::internals::{
    Catalogue, Context, Discovery, Filters, Machine, Outcome, ResolveOptions, RunDir, Settings, Until,
    expand, extract, parse, resolve, run,
};

fn children_cpu_ns() -> u64 {
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a live structure of the kernel's layout.
    assert_eq!(unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage) }, 0);
    let ns = |time: libc::timeval| time.tv_sec as u64 * 1_000_000_000 + time.tv_usec as u64 * 1_000;
    ns(usage.ru_utime) + ns(usage.ru_stime)
}

#[test]
fn every_worker_is_in_the_sum_whoever_its_parent_was() {
    alone(module_path!(), "every_worker_is_in_the_sum_whoever_its_parent_was", compare_with_the_kernel);
}

fn compare_with_the_kernel() {
    let catalogue = Catalogue::embedded();
    let mut matrix = parse(MATRIX, "matrix.toml", &catalogue, 2).expect("a matrix");
    let folder = tempfile::tempdir().expect("a folder");
    (matrix.run.max_rounds, matrix.run.until) = (1, Until::Settled);
    let wanted = &matrix.interpreters;
    let options = ResolveOptions::in_folder(Path::new("."));
    let found = resolve(&wanted.entries, &Discovery::of_this_machine(), &options).found;
    assert_eq!(found.len(), 1, "the test command installs 3.13");
    let machine =
        Machine { interpreters: &found, missing: &[], effective_cpus: 2.0, packages_missing: &|_, _| None };
    let plan = expand(&matrix, &catalogue, &machine, &Filters::default(), false).expect("a plan");
    let script = extract(&folder.path().join("harness")).expect("extracted");
    let context =
        Context::new(&matrix, &found, None, &script, &folder.path().join("pycache")).expect("a context");
    let settings = Settings {
        plan: &plan,
        matrix: &matrix,
        interpreters: &found,
        budget_ns: 60_000_000_000,
        budget_anew: false,
        seed: 1,
        effective_cpus: 2.0,
        modes: &catalogue.kinds(),
        against: &[],
    };
    let (dir, mut journal) = RunDir::create(&folder.path().join("run")).expect("a directory");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (_keep, cancelled) = tokio::sync::watch::channel(false);

    let before = children_cpu_ns();
    let ended =
        runtime.block_on(run(&context, &settings, std::iter::empty(), &mut journal, cancelled, &mut |_| {}));
    let kernel = children_cpu_ns() - before;

    assert_eq!(ended.expect("it ran").invocations, 5);
    let info = super::new_mode::info(matrix.clone(), plan.clone());
    let records: Vec<_> =
        dir.read_records(&info).expect("records").map(|record| record.expect("a record")).collect();
    let mut recorded = 0;
    for record in &records {
        assert_eq!(record.outcome, Outcome::Completed, "{}: {:?}", record.cell, record.reason);
        let left = record.warnings.iter().any(|warning| warning.contains("behind"));
        assert!(!left, "{}: {:?}", record.cell, record.warnings);
        let resources = record.resources.as_ref().expect("resources");
        assert!(resources.cpu_exact);
        let workers: u64 = record.values.iter().filter_map(|value| value.cpu_ns).sum();
        assert!(
            workers > 0 && workers <= resources.cpu_ns,
            "{}: {workers} of {}",
            record.cell,
            resources.cpu_ns
        );
        recorded += resources.cpu_ns;
    }
    let error = (recorded as f64 - kernel as f64).abs() / kernel as f64;
    assert!(error < 0.001, "recorded {recorded} ns, the kernel counts {kernel} ns: {error}");
}
