//! What the records say about an invocation is what it was given, and what it took.

use serde_json::Value;

use crate::support::{Place, code, stderr};

const BLAS: [&str; 6] = [
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
];

/// Its short tasks are repeated inside a pass.
fn matrix(modes: &str, more: &str) -> String {
    format!(
        r#"
[run]
budget = "12s"
max_rounds = 2
[interpreters]
use = ["real"]
[[interpreter]]
name = "real"
command = ["python3"]
[modes]
use = {modes}
workers = [2]
{more}
"#
    )
}

/// The harness looks for threads where one of these libraries was imported: an empty one serves.
#[test]
fn blas_threads_are_pinned_to_one_or_to_what_the_variant_says() {
    let place = Place::new(&matrix(
        r#"["single", "mp"]"#,
        r#"
[[workload]]
script = "mine.py"
function = "work"
tasks = 2
[[variant]]
name = "blas-2"
blas_threads = 2
env = { MINE = "7" }
"#,
    ));
    std::fs::write(place.path().join("scipy.py"), "").expect("scipy.py");
    let source = "import scipy\ndef work():\n    return sum(range(2000))\n";
    std::fs::write(place.path().join("mine.py"), source).expect("mine.py");
    // What the runner's own environment says is not the invocations'.
    let output = place
        .command(&["run", "--out", "out", "--seed", "1"])
        .env("OMP_NUM_THREADS", "9")
        .output()
        .expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let mut seen = [0, 0];
    for record in place.records() {
        let plain = record["cell"]["environment"] == "plain";
        seen[usize::from(plain)] += 1;
        for name in BLAS {
            assert_eq!(record["blas"]["env"][name], if plain { "1" } else { "2" }, "{name}: {record}");
        }
    }
    assert!(seen.iter().all(|&count| count >= 2), "both were measured: {seen:?}");
    let results = place.json("results.json");
    let cells = results["cells"].as_array().expect("cells");
    let blas = cells.iter().find(|cell| cell["environment"] == "blas-2" && cell["mode"] == "mp");
    assert_eq!(blas.expect("its cell")["blas"]["env"]["OMP_NUM_THREADS"], "2");
}

#[test]
fn the_phases_of_a_solo_add_up_to_its_life() {
    let work = "[[workload]]\nname = \"fib\"\ntasks = 2\nargs = { n = 12 }\n";
    let place = Place::new(&matrix(r#"["single", "threads"]"#, work));
    let output = place.run(&[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let records = place.records();
    let mut warm = 0;
    for record in records.iter().filter(|record| record["kind"] == "solo") {
        let ns = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{value} in {record}"));
        let phases = &record["phases_ns"];
        let names = ["start", "imports", "pool", "first", "warmup", "work", "teardown"];
        let parts: u64 = names.iter().map(|part| ns(&phases[part])).sum();
        let values = record["values"].as_array().expect("values");
        let last = values.last().expect("a pass");
        let end = ns(&last["start_ns"]) + ns(&last["total_ns"]);
        let life = end - ns(&record["started_ns"]) + ns(&phases["teardown"]);
        // Between the parts: the collector after each pass, and the runner's hand-over.
        let between = life / 4 + 30_000_000 + 20_000_000 * values.len() as u64;
        assert!(parts <= life + 5_000_000 && life - parts.min(life) < between, "{parts} of {life}: {record}");
        let repeated: u64 = values.iter().skip(1).map(|value| ns(&value["total_ns"])).sum();
        assert_eq!(ns(&phases["work"]), repeated, "{record}");
        warm += u32::from(values.iter().any(|value| ns(&value["repeats"]) > 1));
    }
    assert!(warm >= 2, "passes this short are repeated: {warm}");
}

/// The record alone says what a workload is for; the reports say it, and what sampling took.
#[test]
fn reports_say_what_workloads_are_for_and_how_it_was_measured() {
    let work = "[[workload]]\nname = \"fib\"\ntasks = 2\nargs = { n = 12 }\n";
    let place = Place::new(&matrix(r#"["single", "asyncio"]"#, work));
    let plan = place.command(&["plan"]).output().expect("the binary starts");
    let plan = String::from_utf8_lossy(&plan.stdout).into_owned();
    assert!(plan.contains("fib:     function calls and small integers; expected: with the GIL"), "{plan}");
    let output = place.run(&[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(
        place.json("run.json")["matrix"]["workloads"][0]["stress"],
        "function calls and small integers"
    );
    let sampling = &place.json("results.json")["sampling"];
    assert!(sampling["invocations"].as_u64().is_some_and(|count| count >= 2), "{sampling}");
    assert!(sampling["pss_samples"].as_u64() <= sampling["samples"].as_u64(), "{sampling}");
    for name in ["report.md", "report.html"] {
        let text = std::fs::read_to_string(place.out().join(name)).expect(name);
        for said in ["stresses function calls", "garbage collection", "repeated tasks", "the sampler itself"]
        {
            assert!(text.contains(said), "{said} in {name}");
        }
    }
    let report = std::fs::read_to_string(place.out().join("report.md")).expect("report.md");
    assert!(report.contains("Longest stall of the event loop in a pass: "), "{report}");
    let cell = place.cell("real", "asyncio", 1);
    assert!(cell["loop_lag_p99_ns"].as_u64().is_some_and(|p99| p99 > 0), "{cell}");
}

/// What `plan` says to programs is what a run then has, cell by cell; formats for shards need shards.
#[test]
fn the_plan_for_programs_has_every_cell_with_its_reason() {
    let work = "[[workload]]\nname = \"fib\"\ntasks = 2\nargs = { n = 12 }\n";
    let rule = "[[exclude]]\nmode = \"threads\"\nworkers = 2\n";
    let place = Place::new(&format!("{}{rule}", matrix(r#"["single", "threads"]"#, work)));
    let output = place.command(&["plan", "--format", "json"]).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let plan: Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    assert_eq!(plan["schema"], "gilmatrix.plan/1");
    let run = place.run(&[]);
    assert_eq!(code(&run), 0, "{}", stderr(&run));
    let results = place.json("results.json");
    let identity = |cell: &Value| {
        ["interpreter", "workload", "mode", "workers", "variant"].map(|key| cell[key].to_string()).join(" ")
    };
    let planned: Vec<_> = plan["cells"].as_array().expect("cells").iter().collect();
    let ran: Vec<_> = results["cells"].as_array().expect("cells").iter().collect();
    assert_eq!(planned.len(), ran.len());
    for (planned, ran) in planned.iter().zip(&ran) {
        assert_eq!(identity(planned), identity(ran));
        assert_eq!(planned["skipped"].is_null(), ran["outcome"] != "skipped", "{planned} {ran}");
        assert_eq!(planned["skipped"]["reason"], ran["reason"], "{planned} {ran}");
    }
    assert!(planned.iter().any(|cell| cell["skipped"]["kind"] == "excluded"), "{plan}");

    let refused = place.command(&["plan", "--format", "slurm"]).output().expect("the binary starts");
    assert_eq!(code(&refused), 2);
    assert!(stderr(&refused).contains("--shards"), "{}", stderr(&refused));
}
