//! The resolved matrix of sound files, and the message for each kind of slip.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::cell::StartMethod;
use crate::harness::sample::catalogue;

const USE: &str = "[interpreters]\nuse = [\"3.12\", \"3.13\", \"3.13t\"]\n";

fn read(source: &str) -> Result<Matrix, MatrixError> {
    parse(source, "matrix.toml", &catalogue(), 4)
}

fn message(source: &str) -> String {
    read(source).expect_err("a wrong matrix").to_string()
}

/// The sound minimum with `rest` beside it.
fn with(rest: &str) -> String {
    format!("{USE}{rest}")
}

#[test]
fn everything_but_use_has_a_default() {
    let matrix = read(USE).unwrap();
    let run = RunSettings {
        budget_ns: 180_000_000_000,
        precision: 0.05,
        max_rounds: 60,
        until: Until::Answered,
        timeout_ns: 60_000_000_000,
        sample_rate: 20,
        repeat_disturbed: false,
        max_memory_bytes: None,
        cpus: None,
        env: std::collections::BTreeMap::new(),
        seed: None,
    };
    assert_eq!(matrix.run, run);
    assert_eq!(matrix.interpreters.baseline, "3.12");
    assert_eq!(matrix.interpreters.missing, MissingPolicy::Skip);
    assert_eq!(matrix.modes.names, ["single", "asyncio", "executor", "threads", "mp"]);
    assert_eq!(matrix.modes.workers, [2, 4], "doubling up to the four CPUs");
    assert_eq!(matrix.modes.start_methods, [StartMethod::Fork]);
    let names: Vec<_> = matrix.workloads.iter().map(|workload| workload.name.as_str()).collect();
    assert_eq!(names, ["fib", "matmul", "matmul-numpy"]);
    assert_eq!((matrix.workloads[0].tasks, &matrix.workloads[0].args["n"]), (8, &22.into()));
    assert!(matrix.variants.is_empty() && matrix.exclude.is_empty() && matrix.include.is_empty());
}

#[test]
fn the_matrix_of_the_repository_spells_out_the_defaults() {
    let catalogue = crate::harness::Catalogue::embedded();
    let shown = parse(include_str!("../../matrix.toml"), "matrix.toml", &catalogue, 4).expect("sound");
    let least = "[interpreters]\nuse = [\"3.12\", \"3.13\", \"3.13t\", \"3.14\", \"3.14t\"]\n";
    let mut least = parse(least, "matrix.toml", &catalogue, 4).expect("sound");
    // As it says itself, these are others.
    least.interpreters.baseline.clone_from(&shown.interpreters.baseline);
    for (one, other) in least.workloads.iter_mut().zip(&shown.workloads) {
        (one.tasks, one.args) = (other.tasks, other.args.clone());
    }
    assert_eq!(format!("{shown:#?}"), format!("{least:#?}"));
}

#[test]
#[allow(clippy::too_many_lines, reason = "every key stands there")]
fn every_key_has_its_meaning() {
    let matrix = read(
        r#"
        [run]
        budget = "1h 30m"
        precision = "2.5%"
        max_rounds = 9
        timeout = "500ms"
        sample_rate = 100
        repeat_disturbed = true
        seed = 18446744073709551615
        [interpreters]
        use = ["3.13t", "sid", "~/py/bin/python3"]
        baseline = "sid"
        missing = "install"
        [[interpreter]]
        name = "sid"
        command = ["chroot", "/srv/sid", "python3.14"]
        [[interpreter]]
        name = "spare"
        request = "3.11"
        [modes]
        use = ["threads", "mp"]
        workers = "1..cpus"
        start_methods = ["spawn", "fork"]
        [[workload]]
        name = "mix"
        tasks = 3
        args = { share = 1, label = "b", sizes = [2, 3] }
        [[variant]]
        name = "gil-on"
        env = { PYTHON_GIL = "1" }
        [[variant]]
        name = "blas-2"
        env = { A = "b" }
        xoptions = ["dev"]
        blas_threads = 0x2
        [[exclude]]
        interpreter = "3.13t"
        mode = "mp"
        start_method = "spawn"
        [[include]]
        workers = 16
        variant = "gil-on"
        "#,
    )
    .unwrap();
    assert_eq!(matrix.run.budget_ns, 5_400_000_000_000);
    assert_eq!(matrix.run.precision, 0.025);
    assert_eq!(matrix.run.seed, Some(u64::MAX));
    assert_eq!((matrix.run.max_rounds, matrix.run.timeout_ns), (9, 500_000_000));
    assert_eq!((matrix.run.sample_rate, matrix.run.repeat_disturbed), (100, true));
    let entries = &matrix.interpreters.entries;
    let words = ["chroot", "/srv/sid", "python3.14"].map(str::to_owned).to_vec();
    assert_eq!(entries[1].source, InterpreterSource::Command(words));
    assert_eq!(entries[2].source, InterpreterSource::Request("~/py/bin/python3".to_owned()));
    assert_eq!(entries.len(), 3, "a table that `use` doesn't name is only defined");
    assert_eq!(matrix.interpreters.baseline, "sid");
    assert_eq!(matrix.modes.names, ["single", "threads", "mp"], "`single` always stays");
    assert_eq!(matrix.modes.workers, [1, 2, 3, 4]);
    assert_eq!(matrix.modes.start_methods, [StartMethod::Spawn, StartMethod::Fork]);
    let args = serde_json::json!({"share": 1.0, "label": "b", "cold": false, "sizes": [2, 3]});
    assert_eq!(serde_json::Value::from(matrix.workloads[0].args.clone()), args);
    assert_eq!(matrix.variants[0].env["PYTHON_GIL"], "1");
    assert_eq!((matrix.variants[0].blas_threads, matrix.variants[1].blas_threads), (None, Some(2)));
    assert_eq!((matrix.variants[1].env.len(), matrix.variants[1].xoptions.len()), (1, 1));
    assert_eq!(matrix.exclude[0].start_method, Some(StartMethod::Spawn));
    assert_eq!(matrix.include[0].workers, Some(16));
}

#[test]
fn chunks_are_the_pools_own_or_a_number() {
    let size = |line: &str| read(&with(&format!("[modes]\n{line}\n"))).unwrap().modes.chunksize;
    assert_eq!((size(""), size("chunksize = \"default\""), size("chunksize = 8")), (None, None, Some(8)));
    for wrong in ["0", "\"many\"", "1.5"] {
        let told = message(&with(&format!("[modes]\nchunksize = {wrong}\n")));
        assert!(told.contains("chunksize") && told.contains("a whole number from 1"), "{told}");
    }
}

#[test]
fn worker_axes() {
    let workers =
        |text: &str| read(&with(&format!("[modes]\nworkers = {text}\n"))).map(|it| it.modes.workers);
    assert_eq!(workers("\"cpus\""), Ok(vec![4]));
    assert_eq!(workers("\"2..cpus\""), Ok(vec![2, 3, 4]));
    assert_eq!(workers("\"1..2\""), Ok(vec![1, 2]));
    assert_eq!(workers("[8, 1, \"cpus\"]"), Ok(vec![1, 4, 8]));
    assert_eq!(workers("[4, \"1..cpus\"]"), Ok(vec![1, 2, 3, 4]));
    for wrong in
        ["[]", "0", "[0]", "[-1]", "[1.5]", "[1, 1]", "\"8..cpus\"", "\"many\"", "[9999999999]", "true"]
    {
        assert!(workers(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_default_baseline_is_the_first_build_with_a_gil() {
    let baseline =
        |list: &str| read(&format!("[interpreters]\nuse = {list}\n")).unwrap().interpreters.baseline;
    assert_eq!(baseline(r#"["3.13t", "./python", "3.14"]"#), "3.14");
    assert_eq!(baseline(r#"["3.13t", "3.14t"]"#), "3.13t");
    assert_eq!(baseline(r#"["3.14+freethreaded", "3.14+gil"]"#), "3.14+gil");
}

#[test]
fn the_file_at_the_root_is_the_documented_default() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("matrix.toml");
    let mut matrix = load(&path, &catalogue(), 4, None).unwrap();
    assert_eq!(matrix.interpreters.baseline, "3.13");
    let written: Vec<_> = matrix.workloads.iter().map(|workload| workload.name.clone()).collect();
    let names: Vec<_> = matrix.interpreters.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["3.12", "3.13", "3.13t", "3.14", "3.14t"]);
    let default = read(USE).unwrap();
    assert_eq!(written, default.workloads.iter().map(|it| it.name.clone()).collect::<Vec<_>>());
    matrix.interpreters = default.interpreters.clone();
    matrix.workloads = default.workloads.clone();
    assert_eq!(matrix, default, "what the file spells out are the defaults");
}

#[test]
fn a_matrix_survives_run_json() {
    let matrix = read(&with("[[exclude]]\nmode = \"mp\"\nworkers = 2\n")).unwrap();
    let json = serde_json::to_string(&matrix).unwrap();
    assert_eq!(serde_json::from_str::<Matrix>(&json).unwrap(), matrix);
}

/// Name of the snapshot and what is added to the sound minimum.
const SLIPS: [(&str, &str); 46] = [
    ("unknown_section", "[mode]\nworkers = [1]\n"),
    ("unknown_key", "[run]\nbugdet = \"3m\"\n"),
    ("unknown_key_far_off", "[run]\nzzz = 1\n"),
    ("duration_without_unit", "[run]\nbudget = 3\n"),
    ("duration_nonsense", "[run]\ntimeout = \"3 parsecs\"\n"),
    ("duration_zero", "[run]\ntimeout = \"0s\"\n"),
    ("precision_negative", "[run]\nprecision = -0.05\n"),
    ("precision_whole", "[run]\nprecision = 5\n"),
    ("precision_word", "[run]\nprecision = \"high\"\n"),
    ("rounds_zero", "[run]\nmax_rounds = 0\n"),
    ("seed_text", "[run]\nseed = \"abc\"\n"),
    ("baseline_unknown", "baseline = \"3.14t\"\n"),
    ("missing_policy", "missing = \"skp\"\n"),
    ("mode_unknown", "[modes]\nuse = [\"single\", \"thread\"]\n"),
    ("mode_twice", "[modes]\nuse = [\"threads\", \"threads\"]\n"),
    ("modes_not_a_list", "[modes]\nuse = \"threads\"\n"),
    ("modes_empty", "[modes]\nuse = []\n"),
    ("workers_zero", "[modes]\nworkers = [0, 2]\n"),
    ("workers_empty", "[modes]\nworkers = []\n"),
    ("workers_word", "[modes]\nworkers = \"all\"\n"),
    ("workers_range", "[modes]\nworkers = \"8..cpus\"\n"),
    ("start_method_unknown", "[modes]\nstart_methods = [\"forksrever\"]\n"),
    ("workload_unknown", "[[workload]]\nname = \"matmull\"\n"),
    ("workload_nameless", "[[workload]]\ntasks = 8\n"),
    ("workload_twice", "[[workload]]\nname = \"fib\"\n[[workload]]\nname = \"fib\"\n"),
    ("workload_single_table", "[workload]\nname = \"fib\"\n"),
    ("argument_unknown", "[[workload]]\nname = \"fib\"\nargs = { m = 3 }\n"),
    ("argument_type", "[[workload]]\nname = \"fib\"\nargs = { n = \"22\" }\n"),
    ("variant_reserved", "[[variant]]\nname = \"plain\"\nenv = { A = \"1\" }\n"),
    ("variant_number", "[[variant]]\nname = \"gil-on\"\nenv = { PYTHON_GIL = 1 }\n"),
    ("variant_gil_value", "[[variant]]\nname = \"gil-on\"\nenv = { PYTHON_GIL = \"on\" }\n"),
    ("variant_blas_zero", "[[variant]]\nname = \"blas\"\nblas_threads = 0\n"),
    ("variant_blas_text", "[[variant]]\nname = \"blas\"\nblas_threads = \"2\"\n"),
    ("variant_blas_word", "[[variant]]\nname = \"blas\"\nblas_threads = \"all\"\n"),
    (
        "variant_blas_twice",
        "[[variant]]\nname = \"blas\"\nblas_threads = 2\nenv = { A = \"1\", OMP_NUM_THREADS = \"2\" }\n",
    ),
    ("variant_nothing", "[[variant]]\nname = \"none\"\n"),
    ("variant_xoption_dash", "[[variant]]\nname = \"dev\"\nxoptions = [\"-X dev\"]\n"),
    ("variant_xoption_gil", "[[variant]]\nname = \"gil\"\nxoptions = [\"gil\"]\n"),
    ("rule_empty", "[[exclude]]\n"),
    ("rule_interpreter", "[[exclude]]\ninterpreter = \"3.13T\"\n"),
    ("rule_workers", "[modes]\nworkers = [1, 2, 4]\n[[exclude]]\nworkers = 3\n"),
    ("rule_impossible", "[[include]]\nmode = \"asyncio\"\nworkers = 4\n"),
    ("rule_start_method", "[[include]]\nmode = \"threads\"\nstart_method = \"spawn\"\n"),
    ("rule_baseline", "[[exclude]]\ninterpreter = \"3.12\"\n"),
    ("interpreter_both", "[[interpreter]]\nname = \"a\"\ncommand = [\"python3\"]\nrequest = \"3.13\"\n"),
    ("interpreter_neither", "[[interpreter]]\nname = \"a\"\n"),
];

#[test]
fn slips() {
    for (name, rest) in SLIPS {
        insta::assert_snapshot!(name, message(&with(rest)));
    }
}

#[test]
fn slips_in_the_list_of_interpreters() {
    for (name, source) in [
        ("nothing", ""),
        ("section_is_a_value", "run = 3\n[interpreters]\nuse = [\"3.13\"]\n"),
        ("use_missing", "[interpreters]\nmissing = \"skip\"\n"),
        ("use_number", "[interpreters]\nuse = [3.10]\n"),
        ("use_twice", "[interpreters]\nuse = [\"3.13\", \"3.13\"]\n"),
        ("use_not_a_request", "[interpreters]\nuse = [\"3..13\"]\n"),
        (
            "use_misspelt",
            "[interpreters]\nuse = [\"sdi\"]\n[[interpreter]]\nname = \"sid\"\nrequest = \"3.13\"\n",
        ),
        ("syntax", "[interpreters]\nuse = [\"3.13\"\nbaseline = \"3.13\"\n"),
        ("syntax_at_the_end", "[interpreters]\nuse = \"3.13"),
        ("key_twice", "[interpreters]\nuse = [\"3.13\"]\nuse = [\"3.14\"]\n"),
        (
            "several",
            "[run]\nbudget = 3\nprecison = 1\n[interpreters]\nuse = [\"3.13\"]\nbaseline = \"3.12\"\n[[exclude]]\nmode = \"treads\"\n",
        ),
    ] {
        insta::assert_snapshot!(name, message(source));
    }
}

#[test]
fn files_that_are_no_matrix() {
    let dir = tempfile::tempdir().unwrap();
    let load = |name: &str| {
        let error = load(&dir.path().join(name), &catalogue(), 2, None).unwrap_err();
        assert!(!error.is_refusal_of_the_machine(), "{name}");
        error.to_string().replace(&dir.path().display().to_string(), "DIR")
    };
    fs::write(dir.path().join("bytes.toml"), b"[run]\nbudget = \"3m\xff\"\n").unwrap();
    insta::assert_snapshot!("file_missing", load("matrix.toml"));
    insta::assert_snapshot!("file_is_a_directory", load(""));
    insta::assert_snapshot!("file_not_utf8", load("bytes.toml"));
    fs::write(dir.path().join("large.toml"), "# no end\n".repeat(200_000)).unwrap();
    insta::assert_snapshot!("file_too_large", load("large.toml"));
}

#[test]
fn refusals_of_the_machine_are_told_apart() {
    let error = super::load::unreadable(Path::new("m.toml"), &std::io::ErrorKind::PermissionDenied.into());
    assert!(error.is_refusal_of_the_machine());
    assert!(error.to_string().contains("permission denied"), "{error}");
}

#[test]
fn colour_is_only_on_request() {
    let error = read("").unwrap_err();
    assert!(!error.render(false).contains('\u{1b}'));
    assert!(error.render(true).contains('\u{1b}'));
}

#[test]
fn messages_are_fragments_without_a_final_period() {
    for (name, rest) in SLIPS {
        let error = message(&with(rest));
        for line in error.lines() {
            assert!(!line.trim_end().ends_with('.'), "{name}: {line}");
        }
        assert!(error.contains("matrix.toml:"), "{name} shows the place");
        assert!(error.contains('^'), "{name} shows the caret");
    }
}

/// Pieces that come near a matrix more often than random characters do.
fn nearly_toml() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("[run]\n".to_owned()),
        Just("[interpreters]\n".to_owned()),
        Just("use = [\"3.13\", \"é\"]\n".to_owned()),
        Just("[[exclude]]\n".to_owned()),
        Just("[[workload]]\nname = \"fib\"\n".to_owned()),
        Just("[modes]\n".to_owned()),
        "(budget|workers|use|args|mode|env|name|baseline|interpreter|run) = ",
        "[0-9a-zé\"'{}=\\[\\]., \n\t\r-]{0,12}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(source in "\\PC{0,200}") {
        let _ = read(&source).map_err(|error| (error.render(false), error.render(true)));
    }

    #[test]
    fn nor_does_any_near_miss(source in nearly_toml()) {
        let _ = read(&source).map_err(|error| (error.render(false), error.render(true)));
    }

    #[test]
    fn nor_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &bytes).unwrap();
        let _ = load(file.path(), &catalogue(), 1, None).map_err(|error| error.to_string());
    }
}
