//! What holds an invocation down: a ceiling of memory, and the CPUs that it may run on.

use serde_json::Value;

use crate::support::{Place, code, stderr};

const SCRIPT: &str = r#"
import os, time

HERE = os.path.dirname(os.path.abspath(__file__))
kept = []
held = b""

def hog(mb):
    kept.append(bytearray(mb << 20))
    time.sleep(60)

def share(mb):
    return mb

def take(mb=150):
    global held
    held = bytearray(mb << 20)
    held[::4096] = b"x" * len(held[::4096])

def late(mb):
    # The first two processes, which run alone, are modest.
    if len(os.listdir(os.path.join(HERE, "marks"))) > 2:
        hog(mb)
    return mb

def mark():
    open(os.path.join(HERE, "marks", str(os.getpid())), "w").close()

def stray(n):
    os.sched_setaffinity(0, range(os.cpu_count()))
    return n
"#;

fn place(run: &str, modes: &str, work: &str, more: &str) -> Place {
    let place = Place::new(&format!(
        "[run]\nbudget = \"40s\"\nmax_rounds = 2\n{run}\n[interpreters]\nuse = [\"3.13\"]\n\
         [modes]\nworkers = [2]\n{modes}\n[[workload]]\nscript = \"work.py\"\ntasks = 2\n{work}\n{more}"
    ));
    std::fs::write(place.path().join("work.py"), SCRIPT).expect("work.py");
    std::fs::create_dir(place.path().join("marks")).expect("marks");
    place
}

#[test]
fn a_tree_over_its_ceiling_is_ended_and_says_so() {
    let modes = "use = [\"single\", \"mp\"]\nstart_methods = [\"fork\", \"spawn\"]";
    let place = place("", modes, "function = \"hog\"\nargs = { mb = 300 }", "");
    let output = place.run(&["--max-memory", "200MiB"]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    for record in place.records() {
        assert_eq!(record["outcome"], "out_of_memory", "{}: {}", record["cell"], record["reason"]);
        let reason = record["reason"].as_str().expect("a reason");
        assert!(reason.contains("the 200 MiB that `max_memory` allows"), "{reason}");
        // It would have slept for a minute.
        assert!(record["forced"]["empty_ns"].is_u64(), "{}", record["forced"]);
    }
    assert_eq!(place.records().len(), 3);
    assert!(place.processes().is_empty());
    assert_eq!(place.json("run.json")["matrix"]["run"]["max_memory_bytes"], 200 << 20);
    let report = std::fs::read_to_string(place.out().join("report.md")).expect("report.md");
    assert!(
        report.contains("`max_memory` allows") && report.contains("200 MiB for each process tree"),
        "{report}"
    );
}

/// Three processes hold 150 MiB together, which RSS counts three times.
#[test]
fn pages_that_a_pool_shares_are_counted_once() {
    let modes = "use = [\"mp\"]";
    let work = "function = \"share\"\nargs = { mb = 150 }";
    let place = place("max_memory = \"350MiB\"", modes, work, "");
    // Taken before the pool forks; long enough for the watch to look.
    let script = SCRIPT.replace("def share(mb):", "def share(mb):\n    time.sleep(0.3)") + "\ntake()\n";
    std::fs::write(place.path().join("work.py"), script).expect("work.py");
    let output = place.run(&[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let records = place.records();
    let pool = records.iter().find(|record| record["cell"]["mode"] == "mp" && record["kind"] == "solo");
    let rss = pool.expect("a solo")["resources"]["peak_rss_bytes"].as_u64().expect("RSS");
    assert!(rss > 350 << 20, "summed RSS alone would be over: {rss}");
}

#[test]
fn in_a_block_the_ceiling_holds_too() {
    let work = "function = \"late\"\nsetup = \"mark\"\nargs = { mb = 300 }";
    let place = place("max_memory = \"200MiB\"", "use = [\"single\", \"threads\"]", work, "");
    let output = place.run(&[]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    let outcome = |kind: &str| -> Vec<Value> {
        let first = |record: &Value| record["round"] == 1 || kind == "block";
        let records = place.records().into_iter().filter(|it| it["kind"] == kind && first(it));
        records.map(|record| record["outcome"].clone()).collect()
    };
    assert_eq!(outcome("solo"), ["completed", "completed"]);
    let block = outcome("block");
    assert!(!block.is_empty() && block.iter().all(|outcome| outcome == "out_of_memory"), "{block:?}");
}

/// CPUs that this test may use.
fn usable() -> Vec<u32> {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).expect("a list");
    let ends = |part: &str| -> Vec<u32> {
        let mut ends = part.split('-').map(|end| end.trim().parse::<u32>().expect("a CPU"));
        let low = ends.next().expect("a CPU");
        (low..=ends.next().unwrap_or(low)).collect()
    };
    list.split(',').flat_map(ends).collect()
}

#[test]
fn a_run_and_its_variants_stay_on_their_cpus() {
    let cpus = usable();
    let (first, last) = (cpus[0].to_string(), cpus[cpus.len() - 1].to_string());
    let modes = "use = [\"single\", \"threads\", \"mp\"]\nstart_methods = [\"forkserver\"]";
    let variant = format!("[[variant]]\nname = \"pinned\"\ncpus = \"{first}\"\n");
    let place = place("", modes, "function = \"share\"\nargs = { mb = 1 }", &variant);
    let whole = format!("{}-{}", cpus[0], cpus[cpus.len() - 1]);
    let asked = if cpus.len() as u32 == cpus[cpus.len() - 1] - cpus[0] + 1 { &whole } else { &first };
    let output = place.run(&["--cpus", asked]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let mut pinned = 0;
    for record in place.records() {
        let variant = record["cell"]["environment"] == "pinned";
        let expected = if variant || first == last { &first } else { asked };
        pinned += u32::from(variant);
        assert_eq!(record["cpus"], expected.as_str(), "{}", record["cell"]);
        for worker in record["workers"].as_array().expect("workers") {
            assert_eq!(worker["cpus"], expected.as_str(), "{}: {worker}", record["cell"]);
        }
    }
    assert!(pinned >= 3, "{pinned}");
    let results = place.json("results.json");
    for cell in results["cells"].as_array().expect("cells") {
        let two = cell["workers"] == 2 && (cell["environment"] == "pinned" || cpus.len() < 2);
        assert_eq!(cell["oversubscribed"], two, "{cell}");
    }
    let host = &place.json("run.json")["host"];
    assert!(host["effective_cpus"].as_f64().is_some_and(|it| it <= cpus.len() as f64), "{host}");
    assert!(host["affinity"].is_string(), "{host}");
}

#[test]
fn cpus_that_are_not_there_are_refused() {
    let place = place("", "use = [\"single\"]", "function = \"share\"\nargs = { mb = 1 }", "");
    let output = place.run(&["--cpus", "1023"]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("CPU 1023 is not there"), "{}", stderr(&output));
}

#[test]
fn work_that_leaves_its_cpus_has_no_ratio() {
    let cpus = usable();
    if cpus.len() < 2 {
        eprintln!("one CPU: there is no other one to go to");
        return;
    }
    let place = place("", "use = [\"single\"]", "function = \"stray\"\nargs = { n = 1 }", "");
    let output = place.run(&["--cpus", &cpus[0].to_string()]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    let reason = place.cell("3.13", "single", 1)["reason"].as_str().expect("a reason").to_owned();
    assert!(reason.contains("held to"), "{reason}");
}

/// An answer needs two; a time needs one.
#[test]
fn a_matrix_of_one_cell_gives_its_time_and_a_folder_that_cant_be_told_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new(
        "[run]\nbudget = \"4s\"\n[interpreters]\nuse = [\"3.13\"]\n[modes]\nuse = [\"single\"]\n[[workload]]\nname = \"fib\"\n",
    );
    let folder = place.path().join(std::ffi::OsStr::from_bytes(b"bad\xff"));
    std::fs::create_dir(&folder).expect("a folder");
    let output = place.command(&["run", "--out", "out"]).env("TMPDIR", &folder).output().expect("gilmatrix");
    let told = stderr(&output);
    assert!(told.contains("bad") && told.contains("TMPDIR") && told.contains("UTF-8"), "{told}");
    assert!(!place.out().exists(), "what could not begin leaves nothing in the way");
    assert_eq!(code(&place.run(&[])), 0);
    let cell = place.cell("3.13", "single", 1);
    assert!(cell["wall_ns"]["median"].as_u64().is_some_and(|ns| ns > 0), "{cell}");
}
