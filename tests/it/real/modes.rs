//! Real interpreters: what gilmatrix is for.

use serde_json::Value;

use crate::support::{Place, code, stderr};

/// The pair that the test command installs: one version, with the GIL and without, same flags.
const MATRIX: &str = r#"
[run]
budget = "25s"
precision = 0.05
[interpreters]
use = ["3.13", "3.13t"]
baseline = "3.13"
missing = "fail"
[modes]
use = ["single", "asyncio", "executor", "threads", "mp"]
workers = [2]
[[workload]]
name = "fib"
tasks = 8
args = { n = 20 }
"#;

fn measured() -> Place {
    let place = Place::new(MATRIX);
    let output = place.run(&[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    place
}

#[test]
fn a_run_leaves_every_file_and_proves_what_it_ran() {
    let place = measured();
    for name in ["run.json", "records.jsonl", "results.json", "results.csv", "report.md", "report.html"] {
        assert!(place.out().join(name).is_file(), "{name}");
    }
    let charts: Vec<String> = std::fs::read_dir(place.out().join("charts"))
        .expect("charts")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    for chart in ["time", "scaling", "memory", "cpu"] {
        for kind in ["svg", "png"] {
            assert!(charts.contains(&format!("{chart}.{kind}")), "{chart}.{kind} in {charts:?}");
        }
    }
    assert_eq!(place.cell("3.13", "threads", 2)["gil"]["enabled_after"], true);
    let free = place.cell("3.13t", "threads", 2);
    assert_eq!(free["gil"]["enabled_after"], false);
    assert_eq!(free["gil"]["build"], "free-threaded");
    for (interpreter, mode, workers) in [
        ("3.13", "single", 1),
        ("3.13", "mp", 2),
        ("3.13t", "single", 1),
        ("3.13t", "mp", 2),
        ("3.13t", "executor", 2),
    ] {
        assert_eq!(place.cell(interpreter, mode, workers)["outcome"], "completed", "{interpreter} {mode}");
    }
    solo_figures_hold(&place);
    alternation_can_be_analysed_again(&place);
}

/// CPU, memory and phases of the solo invocations add up.
fn solo_figures_hold(place: &Place) {
    let mut seen = 0;
    for record in place.records().iter().filter(|record| record["kind"] == "solo") {
        seen += 1;
        let ns = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{value} in {record}"));
        let phases = &record["phases_ns"];
        let parts: u64 =
            ["start", "imports", "pool", "first", "teardown"].iter().map(|part| ns(&phases[part])).sum();
        let total = ns(&record["total_ns"]);
        // What is between the parts is the runner's hand-over, some milliseconds on a busy machine.
        assert!(parts <= total && total - parts < total / 4 + 30_000_000, "{parts} of {total}: {record}");
        let resources = &record["resources"];
        assert_eq!(resources["cpu_exact"], true);
        let sampled = resources["samples"]
            .as_array()
            .and_then(|samples| samples.last())
            .map(|last| ns(&last["cpu_ns"]));
        // Samples come in the kernel's ticks, and the last one is before the end.
        assert!(sampled.expect("samples") <= ns(&resources["cpu_ns"]) + 20_000_000, "{resources}");
        assert!(ns(&resources["peak_rss_bytes"]) > 5 << 20);
        assert!(ns(&resources["peak_pss_bytes"]) <= ns(&resources["peak_rss_bytes"]));
    }
    assert!(seen >= 10, "every cell has a solo: {seen}");
}

/// Each planned sweep of a block has one pass of every member, in an order that changes.
fn alternation_can_be_analysed_again(place: &Place) {
    let records = place.records();
    let block = records
        .iter()
        .filter(|record| record["kind"] == "block")
        .map(|record| record["block"].as_u64())
        .next();
    let block = block.expect("a block");
    let members: Vec<&Value> = records
        .iter()
        .filter(|record| record["kind"] == "block" && record["block"].as_u64() == block)
        .collect();
    assert!(members.len() >= 3);
    let mut orders = std::collections::BTreeSet::new();
    let passes = |member: &Value| member["values"].as_array().expect("values").len();
    let sweeps = members.iter().map(|member| passes(member)).min().expect("members");
    assert!(sweeps >= 3, "a warm-up and counted sweeps: {sweeps}");
    for member in &members {
        // What a disturbed block is given beside the planned sweeps is for members with one worker.
        assert!(passes(member) == sweeps || member["cell"]["workers"] == 1, "{}", member["cell"]);
        for sweep in 0..passes(member) {
            let value = &member["values"][sweep];
            assert_eq!(value["sweep"].as_u64(), Some(sweep as u64));
            assert_eq!(value["concurrent"], 1);
        }
    }
    for sweep in 0..sweeps {
        let mut places: Vec<(u64, u64)> = members
            .iter()
            .map(|member| {
                let value = &member["values"][sweep];
                (value["start_ns"].as_u64().expect("start"), member["id"].as_u64().expect("id"))
            })
            .collect();
        places.sort_unstable();
        orders.insert(places.iter().map(|(_, id)| *id).collect::<Vec<_>>());
    }
    assert!(orders.len() > 1, "the order of a block's passes is drawn anew in each sweep");
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    let place = Place::new(&MATRIX.replace("25s", "8s"));
    let output = place.run(&["-m", "threads", "-n", "2"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let read =
        |name: &str| std::fs::read(place.out().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let names = [
        "results.json",
        "results.csv",
        "report.md",
        "report.html",
        "charts/scaling.svg",
        "charts/scaling.png",
    ];
    let before: Vec<Vec<u8>> = names.iter().map(|name| read(name)).collect();
    let again = place.command(&["report", "out"]).output().expect("the binary starts");
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    for (name, before) in names.iter().zip(before) {
        assert!(before == read(name), "{name} changed");
    }
}

#[test]
fn a_bare_version_is_never_free_threaded() {
    let place = Place::new(&MATRIX.replace("25s", "6s"));
    let output = place.command(&["plan"]).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let plan = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = |name: &str| {
        plan.lines().find(|line| line.trim_start().starts_with(&format!("{name} "))).map(str::to_owned)
    };
    assert!(
        line("3.13").is_some_and(|line| line.contains("GIL") && !line.contains("free-threaded")),
        "{plan}"
    );
    assert!(line("3.13t").is_some_and(|line| line.contains("free-threaded")), "{plan}");
}

/// Two threads that hash without the GIL, inside one task.
const PARALLEL: &str = r#"
import hashlib
import threading

def hash_twice(n):
    def hash_one():
        hashlib.pbkdf2_hmac("sha256", b"password", b"salt", n)
    threads = [threading.Thread(target=hash_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return n
"#;

/// A block's members with one worker share a CPU; one whose work is parallel inside, and its base, are left free.
#[test]
fn single_workers_of_a_block_are_on_one_cpu_unless_the_work_is_parallel_inside() {
    let place = Place::new(
        r#"
[run]
budget = "20s"
[interpreters]
use = ["3.13", "3.13t"]
baseline = "3.13"
missing = "fail"
[modes]
use = ["single"]
[[workload]]
name = "fib"
tasks = 2
args = { n = 18 }
[[workload]]
script = "parallel.py"
function = "hash_twice"
tasks = 1
args = { n = 20000 }
"#,
    );
    std::fs::write(place.path().join("parallel.py"), PARALLEL).expect("a script");
    let output = place.run(&[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let mut blocks: std::collections::BTreeMap<(String, u64), Vec<Value>> = Default::default();
    for record in place.records().into_iter().filter(|record| record["kind"] == "block") {
        let workload = record["cell"]["workload"].as_str().expect("a workload").to_owned();
        let block = record["block"].as_u64().expect("a block has a number");
        blocks.entry((workload, block)).or_default().push(record["held_to_cpu"].clone());
    }
    let several = std::thread::available_parallelism().is_ok_and(|cpus| cpus.get() > 1);
    for workload in ["fib", "hash_twice"] {
        let held: Vec<_> = blocks.iter().filter(|((name, _), _)| name == workload).collect();
        assert!(!held.is_empty(), "{workload}");
        for ((_, block), cpus) in held {
            assert!(cpus.iter().all(|cpu| *cpu == cpus[0]), "{workload} {block}: {cpus:?}");
            assert_eq!(cpus[0].is_u64(), several && workload == "fib", "{workload} {block}: {cpus:?}");
        }
    }
}
