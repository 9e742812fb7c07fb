//! Expansion of whole matrices, read from text as a user would write them.

mod selection;

use std::path::PathBuf;

use super::*;
use crate::cell::Cell;
use crate::harness::sample::catalogue;
use crate::interpreter::{BuildSetting, Facts, Interpreter, Missing};
use crate::matrix::{self, Matrix};

fn matrix(source: &str) -> Matrix {
    matrix::parse(source, "matrix.toml", &catalogue(), 2).unwrap_or_else(|error| panic!("{error}"))
}

/// An interpreter as the probe would describe it; `t` at the end of the name: free-threaded.
fn interpreter(name: &str) -> Interpreter {
    let free_threaded = name.ends_with('t');
    let version = format!("{}.1", name.trim_end_matches('t'));
    let mut facts = Facts {
        implementation: "cpython".into(),
        version,
        build: String::new(),
        executable: PathBuf::from("python3"),
        executable_sha256: String::new(),
        abiflags: String::new(),
        cache_tag: None,
        py_gil_disabled: None,
        gil_enabled: !free_threaded,
        honours_python_gil: None,
        jit_available: None,
        jit_enabled: None,
        debug: false,
        prerelease: false,
        pgo: BuildSetting::Unknown,
        lto: BuildSetting::Unknown,
        optimisation: None,
        compiler: None,
        configure_args: None,
        libc: None,
        architecture: "x86_64".into(),
        virtual_env: false,
    };
    if facts.minor() >= (3, 13) {
        facts.py_gil_disabled = Some(free_threaded);
        facts.honours_python_gil = Some(free_threaded);
        facts.jit_available = Some(facts.minor() >= (3, 14));
    }
    Interpreter {
        name: name.into(),
        request: name.into(),
        command: vec!["python3".into()],
        provider: "path".into(),
        why: String::new(),
        facts,
        environments: Default::default(),
    }
}

struct Setting {
    interpreters: Vec<Interpreter>,
    missing: Vec<Missing>,
    numpy: bool,
    effective_cpus: f64,
    filters: Filters,
    quick: bool,
}

impl Setting {
    fn of(names: &[&str]) -> Self {
        Self {
            interpreters: names.iter().map(|name| interpreter(name)).collect(),
            missing: Vec::new(),
            numpy: true,
            effective_cpus: 2.0,
            filters: Filters::default(),
            quick: false,
        }
    }

    fn expand(&self, source: &str) -> Result<Plan, PlanError> {
        let catalogue = catalogue();
        let lacks = |_: &Interpreter, cell: &Cell| {
            let info = catalogue.workload(&cell.workload)?;
            (!self.numpy && !info.requires.is_empty())
                .then(|| format!("no package `{}`", info.requires.join("`, `")))
        };
        let machine = Machine {
            interpreters: &self.interpreters,
            missing: &self.missing,
            effective_cpus: self.effective_cpus,
            packages_missing: &lacks,
        };
        expand(&matrix(source), &catalogue, &machine, &self.filters, self.quick)
    }
}

/// The cells that would run, one line each.
fn runs(plan: &Plan) -> Vec<String> {
    plan.runnable().map(ToString::to_string).collect()
}

fn skipped(plan: &Plan, line: &str) -> Skipped {
    let found = plan.cells.iter().find(|planned| planned.cell.to_string() == line);
    found.unwrap_or_else(|| panic!("no cell {line}")).skipped.clone().unwrap_or_else(|| panic!("{line} runs"))
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

const SMALL: &str = r#"
interpreters.use = ["3.12", "3.13", "3.13t"]
interpreters.baseline = "3.13"
modes.use = ["single", "threads", "mp"]
modes.workers = [1, 2, 4]
workload = [{ name = "fib" }, { name = "matmul" }]
"#;

#[test]
fn the_product_keeps_the_matrix_order() {
    let source = r#"
        interpreters.use = ["3.13t", "3.12"]
        modes.use = ["single", "asyncio", "threads", "mp"]
        modes.workers = [1, 4]
        modes.start_methods = ["fork", "spawn"]
        workload = [{ name = "fib" }]
        variant = [{ name = "cold", env = { A = "1" } }]
    "#;
    let plan = Setting::of(&["3.12", "3.13t"]).expand(source).unwrap();
    let lines = runs(&plan);
    assert_eq!(
        lines[..14],
        [
            "3.13t fib single",
            "3.13t fib single (cold)",
            "3.13t fib asyncio",
            "3.13t fib asyncio (cold)",
            "3.13t fib threads",
            "3.13t fib threads (cold)",
            "3.13t fib threads×4",
            "3.13t fib threads×4 (cold)",
            "3.13t fib mp (fork)",
            "3.13t fib mp (fork+cold)",
            "3.13t fib mp (spawn)",
            "3.13t fib mp (spawn+cold)",
            "3.13t fib mp×4 (fork)",
            "3.13t fib mp×4 (fork+cold)",
        ]
    );
    assert_eq!(lines.len(), 2 * 16);
    assert_eq!(lines[16], "3.12 fib single");
    let over: Vec<_> = plan.cells.iter().filter(|it| it.oversubscribed).map(|it| it.cell.workers).collect();
    assert_eq!(over, [4; 12]);
}

#[test]
fn what_is_not_here_is_skipped_with_its_reason() {
    let mut setting = Setting::of(&["3.13"]);
    setting.missing = vec![Missing {
        name: "3.13t".into(),
        request: "3.13t".into(),
        reason: "no free-threaded 3.13 found".into(),
        hint: None,
    }];
    let plan = setting.expand(SMALL).unwrap();
    assert_eq!(plan.cells.len(), 3 * 2 * 7);
    let reason = skipped(&plan, "3.13t fib threads×2");
    assert_eq!(reason.kind, SkipKind::InterpreterMissing);
    assert_eq!(reason.reason, "no free-threaded 3.13 found");
    assert_eq!(skipped(&plan, "3.12 fib single").reason, "`3.12` was not found");
    assert_eq!(runs(&plan).len(), 14);
}

#[test]
fn modes_and_packages_that_an_interpreter_lacks() {
    let source = r#"
        interpreters.use = ["3.13", "3.14"]
        modes.use = ["single", "subinterpreters"]
        modes.workers = [2]
        workload = [{ name = "fib" }, { name = "matmul-numpy" }]
    "#;
    let mut setting = Setting::of(&["3.13", "3.14"]);
    setting.numpy = false;
    let plan = setting.expand(source).unwrap();
    let young = skipped(&plan, "3.13 fib subinterpreters×2");
    assert_eq!(young.kind, SkipKind::ModeUnsupported);
    assert_eq!(young.reason, "mode `subinterpreters` needs 3.14 or newer, this is 3.13.1");
    let package = skipped(&plan, "3.14 matmul-numpy single");
    assert_eq!((package.kind, package.reason.as_str()), (SkipKind::PackageMissing, "no package `numpy`"));
    assert_eq!(runs(&plan), ["3.13 fib single", "3.14 fib single", "3.14 fib subinterpreters×2"]);
}

#[test]
fn environments_that_would_be_fatal_or_ignored() {
    let source = r#"
        interpreters.use = ["3.12", "3.13", "3.13t", "3.14"]
        modes.use = ["single"]
        workload = [{ name = "fib" }]
        variant = [
            { name = "on", env = { PYTHON_GIL = "1" } },
            { name = "off", env = { PYTHON_GIL = "0" } },
            { name = "jit", env = { PYTHON_JIT = "1" } },
            { name = "xon", xoptions = ["gil=1"] },
            { name = "cpus", xoptions = ["cpu_count=1"] },
            { name = "guess", xoptions = ["fast"] },
        ]
    "#;
    let plan = Setting::of(&["3.12", "3.13", "3.13t", "3.14"]).expand(source).unwrap();
    let kept: Vec<_> = runs(&plan).into_iter().filter(|line| line.contains('(')).collect();
    assert_eq!(
        kept,
        [
            "3.13 fib single (cpus)",
            "3.13t fib single (on)",
            "3.13t fib single (off)",
            "3.13t fib single (xon)",
            "3.13t fib single (cpus)",
            "3.14 fib single (jit)",
            "3.14 fib single (cpus)",
        ]
    );
    let why = |line: &str| {
        let skipped = skipped(&plan, line);
        assert_eq!(skipped.kind, SkipKind::VariantUnsupported);
        skipped.reason
    };
    assert_eq!(
        why("3.12 fib single (off)"),
        "3.12.1 ignores `PYTHON_GIL` and `-X gil`, which came with 3.13"
    );
    assert_eq!(why("3.12 fib single (cpus)"), "3.12.1 ignores `-X cpu_count`, which came with 3.13");
    assert!(why("3.13 fib single (guess)").contains("no CPython is known to honour `-X fast`"));
    assert!(why("3.13 fib single (off)").contains("fatal"));
    assert!(why("3.13 fib single (on)").contains("changes nothing"));
    assert!(why("3.13 fib single (jit)").contains("has none"));
    assert!(why("3.12 fib single (jit)").contains("can't be seen to have it"));
}

#[test]
fn blas_threads_count_as_work_for_the_cpus() {
    let source = r#"
        interpreters.use = ["3.13"]
        modes.use = ["single", "threads"]
        modes.workers = [1, 2]
        workload = [{ name = "fib" }, { name = "matmul-numpy" }]
        variant = [
            { name = "blas-2", blas_threads = 2 },
            { name = "omp", env = { OMP_NUM_THREADS = "3" } },
        ]
    "#;
    let plan = Setting::of(&["3.13"]).expand(source).unwrap();
    let over: Vec<_> = plan.cells.iter().filter(|it| it.oversubscribed && it.skipped.is_none()).collect();
    let over: Vec<_> = over.iter().map(|it| it.cell.to_string()).collect();
    assert_eq!(
        over,
        [
            "3.13 fib single (omp)",
            "3.13 fib threads (omp)",
            "3.13 fib threads×2 (omp)",
            "3.13 matmul-numpy single (omp)",
            "3.13 matmul-numpy threads (omp)",
            "3.13 matmul-numpy threads×2 (blas-2)",
            "3.13 matmul-numpy threads×2 (omp)",
        ]
    );
    let gone = skipped(&plan, "3.13 fib threads×2 (blas-2)");
    assert_eq!(gone.kind, SkipKind::VariantUnsupported);
    assert_eq!(gone.reason, "workload `fib` needs no package whose threads this would set");
}

#[test]
fn rules_take_away_and_add() {
    let source = format!(
        "{SMALL}
        exclude = [{{ interpreter = \"3.12\", mode = \"mp\" }}, {{ workload = \"matmul\" }}]
        include = [
            {{ interpreter = \"3.13t\", mode = \"threads\", workers = 8 }},
            {{ mode = \"mp\", workers = 2, start_method = \"spawn\" }},
            {{ mode = \"asyncio\", interpreter = \"3.13\" }},
            {{ mode = \"threads\", workers = 8, interpreter = \"3.13t\" }},
            {{ mode = \"threads\", workers = 2 }},
        ]"
    );
    let plan = Setting::of(&["3.12", "3.13", "3.13t"]).expand(&source).unwrap();
    let gone = skipped(&plan, "3.12 fib mp×2 (fork)");
    assert_eq!(gone.kind, SkipKind::Excluded);
    assert_eq!(gone.reason, "excluded by the rule `interpreter = \"3.12\"`, `mode = \"mp\"`");
    assert_eq!(skipped(&plan, "3.13 matmul single").kind, SkipKind::Excluded, "a workload may go whole");
    assert_eq!(skipped(&plan, "3.12 fib mp×2 (spawn)").kind, SkipKind::Excluded, "exclusion wins");
    let product = 3 * 2 * 7;
    let added: Vec<_> = plan.cells[product..].iter().map(|it| it.cell.to_string()).collect();
    assert_eq!(
        added,
        [
            "3.13t fib threads×8",
            "3.13t matmul threads×8",
            "3.12 fib mp×2 (spawn)",
            "3.12 matmul mp×2 (spawn)",
            "3.13 fib mp×2 (spawn)",
            "3.13 matmul mp×2 (spawn)",
            "3.13t fib mp×2 (spawn)",
            "3.13t matmul mp×2 (spawn)",
            "3.13 fib asyncio",
            "3.13 matmul asyncio",
        ]
    );
}

#[test]
fn the_baseline_cannot_be_excluded() {
    let mut wrong = matrix(SMALL);
    wrong.exclude =
        vec![matrix::CellRule { interpreter: Some("3.13".into()), ..matrix::CellRule::default() }];
    let machine =
        Machine { interpreters: &[], missing: &[], effective_cpus: 2.0, packages_missing: &|_, _| None };
    let error = expand(&wrong, &catalogue(), &machine, &Filters::default(), false).unwrap_err();
    assert!(matches!(error, PlanError::BaselineExcluded { .. }), "{error}");
    assert!(error.to_string().contains("`interpreter = \"3.13\"`"), "{error}");
}

#[test]
fn no_cell_appears_twice_and_many_can_be_planned() {
    let names: Vec<String> = (0..60).map(|number| format!("\"python3.{number}\"")).collect();
    let variants: Vec<String> =
        (0..12).map(|number| format!("{{ name = \"v{number}\", env = {{ V = \"{number}\" }} }}")).collect();
    let source = format!(
        "interpreters.use = [{}]\nmodes.workers = \"1..9\"\nmodes.start_methods = [\"fork\", \"spawn\"]\nvariant = [{}]\ninclude = [{{ workers = 10 }}]",
        names.join(","),
        variants.join(",")
    );
    let plan = Setting::of(&[]).expand(&source).unwrap();
    // Interpreters × workloads × environments × (one-worker modes + many × counts, mp twice).
    assert_eq!(plan.cells.len(), 60 * 3 * 13 * (2 + 10 * 4));
    assert!(plan.cells.len() > 90_000);
    let unique: std::collections::HashSet<_> = plan.cells.iter().map(|planned| &planned.cell).collect();
    assert_eq!(unique.len(), plan.cells.len());
}

#[test]
fn a_matrix_that_takes_weeks_is_refused_with_its_number() {
    let many = |count: usize| {
        let one = |number| format!("[[variant]]\nname = \"v{number}\"\nenv = {{ A = \"{number}\" }}\n");
        let variants: String = (0..count).map(one).collect();
        format!(
            "[interpreters]\nuse = [\"3.13\"]\n[modes]\nuse = [\"threads\"]\nworkers = \"1..500\"\n[[workload]]\nname = \"fib\"\n{variants}"
        )
    };
    let error = Setting::of(&["3.13"]).expand(&many(250)).unwrap_err().to_string();
    assert!(error.starts_with("the matrix has 125751 cells, and a run measures at most 100000"), "{error}");
    assert!(Setting::of(&["3.13"]).expand(&many(10)).is_ok());
}
