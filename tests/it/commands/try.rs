//! `gilmatrix try`, and scripts in a matrix: functions in a folder of their own, outside the repository.

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{code, stderr, stdout};

const MINE: &str = r#"
import random

COUNT = 0


def work(n, step=1):
    total = 0
    for i in range(0, n * 1000, step):
        total += i * i % 7
    return total


def tiny(n):
    return n + 1


def needs(a, b):
    return a + b


def counting():
    global COUNT
    COUNT += 1
    return COUNT


def lazy(n):
    yield n


def unpicklable(n):
    total = sum(i * i for i in range(n * 1000))
    return lambda: total


def halves(args, calls):
    return [index % 3 + args["base"] for index in range(calls)]


def scaled(index, base):
    return sum(range(index * 100 * base))


async def later():
    return 1


class Model:
    def step(self):
        return 1


LOG = []


def up():
    LOG.append("up")


def down():
    import os
    with open("down-%d" % os.getpid(), "w") as file:
        file.write(",".join(LOG))


CHANCE = random.random()


def by_chance():
    return CHANCE


STATE = []


def stores(n):
    STATE.append(sum(i * i for i in range(n * 1000)))


def stored():
    found = set(STATE)
    STATE.clear()
    return found


KEPT = {}


def keeps(n):
    if n not in KEPT:
        KEPT[n] = sum(i * i for i in range(n * 1000))
    return KEPT[n]


def helped(n):
    import os
    import threading
    child = os.fork()
    if not child:
        work(n)
        os._exit(0)
    helper = threading.Thread(target=work, args=(n,))
    helper.start()
    helper.join()
    os.waitpid(child, 0)
    return work(1)


def loud(n):
    raise ValueError("spam and eggs\n" * n)


def loud_elsewhere(n):
    import threading
    if threading.current_thread() is not threading.main_thread():
        raise ValueError("x" * 10_000_000)
    return work(n)


if random.random() < 2:
    def conditional():
        return 5
"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("mine.py"), MINE).expect("the file written");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn gilmatrix(&self, arguments: &[&str]) -> Output {
        crate::support::gilmatrix(self.path(), arguments).output().expect("the binary starts")
    }

    /// Tries a function on one interpreter within seconds.
    fn quickly(&self, target: &str, more: &[&str]) -> Output {
        let mut arguments = vec!["try", target, "-p", "3.13"];
        for (option, value) in [("--budget", "8s"), ("--out", "out")] {
            if !more.contains(&option) {
                arguments.extend([option, value]);
            }
        }
        arguments.extend(more);
        self.gilmatrix(&arguments)
    }

    fn json(&self, path: &str) -> Value {
        let text = std::fs::read_to_string(self.path().join(path)).expect(path);
        serde_json::from_str(&text).expect(path)
    }
}

#[test]
fn a_function_gets_its_verdict_within_the_budget() {
    let folder = Folder::new();
    let budget = Duration::from_secs(30);
    let begin = Instant::now();
    let arguments =
        ["try", "mine.py:work", "--arg", "40", "--arg", "step=1", "--budget", "30s", "--out", "out"];
    let output = folder.gilmatrix(&arguments);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(begin.elapsed() < budget, "{:?}", begin.elapsed());
    let text = stdout(&output);
    assert!(text.contains("`work`: ") && text.contains(" calls a pass"), "{text}");
    for name in ["run.json", "records.jsonl", "results.json", "report.html", "charts/time.svg"] {
        assert!(folder.path().join("out").join(name).is_file(), "{name}");
    }
    let run = folder.json("out/run.json");
    let workload = &run["matrix"]["workloads"][0];
    assert_eq!(workload["script"]["function"], "work");
    assert_eq!(workload["script"]["positional"], serde_json::json!([40]));
    assert_eq!(workload["args"], serde_json::json!({"step": 1}));
    let tasks = workload["tasks"].as_u64().expect("tasks");
    assert!(tasks >= 2 && tasks.is_multiple_of(2), "{tasks}");
    let results = folder.json("out/results.json");
    let cells = results["cells"].as_array().expect("cells");
    for mode in ["single", "threads", "mp"] {
        let of_mode = cells.iter().filter(|cell| cell["mode"] == mode);
        assert!(of_mode.clone().count() > 0, "{mode}");
        for cell in of_mode {
            assert!(["completed", "not_reached"].contains(&cell["outcome"].as_str().unwrap_or("")), "{cell}");
        }
    }
    let single =
        cells.iter().find(|cell| cell["mode"] == "single" && cell["interpreter"] == results["baseline"]);
    let pass = single.and_then(|cell| cell["wall_ns"]["median"].as_u64()).expect("a baseline");
    assert!((5_000_000..1_000_000_000).contains(&pass), "a pass took {pass} ns");
    assert!(results["answers"][0]["choose"].is_object(), "{results}");
}

#[test]
fn a_slip_is_answered_with_what_there_is() {
    let folder = Folder::new();
    for (target, expected) in [
        ("mine.py:wrok", "did you mean `work`?"),
        ("mine.py:Later", "did you mean `later`?"),
        ("mine.py:Model.stop", "`Model` has no function `stop`, there are: `step`"),
        ("mine.py", "names no function; there are `work`, `tiny`"),
        ("mi ne:work", "is not FILE.py:FUNC or MODULE:FUNC"),
        ("yours.sim:work", "there is no module `yours.sim` here: looked for yours/sim.py"),
        ("yours.py:work", "there is no file `yours.py`"),
    ] {
        let output = folder.quickly(target, &[]);
        assert_eq!(code(&output), 2, "{target}: {}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{target}: {}", stderr(&output));
        assert!(!folder.path().join("out").exists(), "{target}");
    }
    let output = folder.quickly("mine.py:work", &["--setup", "later"]);
    assert!(code(&output) == 2 && stderr(&output).contains("is a coroutine function"), "{}", stderr(&output));
    let output = folder.quickly("mine.py:work", &["--args-json", "{3"]);
    assert!(
        code(&output) == 2 && stderr(&output).contains("`--args-json` is no JSON"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_function_that_cannot_be_measured_says_why_at_once() {
    let folder = Folder::new();
    for (target, argument, expected) in [
        ("mine.py:needs", "3", "missing 1 required positional argument: 'b'"),
        ("mine.py:lazy", "3", "returned a generator: nothing is computed"),
    ] {
        let output = folder.quickly(target, &["--arg", argument]);
        assert_eq!(code(&output), 4, "{target}: {}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{target}: {}", stderr(&output));
    }
    let output = folder.quickly("mine.py:counting", &[]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(stderr(&output).contains("returns something else each time"), "{}", stderr(&output));
    let output = folder.quickly("mine.py:by_chance", &[]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(stderr(&output).contains("returns something else in each process"), "{}", stderr(&output));
    let output = folder.quickly("mine.py:loud", &["--arg", "800000"]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(stderr(&output).contains("ValueError: spam and eggs spam") && stderr(&output).len() < 2_000);
    let output = folder.quickly("mine.py:work", &["--arg", "1000000", "--budget", "4s"]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(stderr(&output).contains("too long"), "{}", stderr(&output));
}

#[test]
fn a_generator_is_drawn_out_where_that_is_asked_for() {
    let folder = Folder::new();
    let output = folder.quickly("mine.py:lazy", &["--arg", "3", "--drain"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(folder.json("out/run.json")["matrix"]["workloads"][0]["script"]["drain"], true);
    let output = folder.quickly("mine.py:lazy", &["--arg", "3", "--out", "out2"]);
    assert!(stderr(&output).contains("use `--drain`"), "{}", stderr(&output));
    let output = folder.quickly("mine.py:work", &["--arg", "3", "--drain", "--out", "out3"]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("returned a value of type `int`, not a generator"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn variables_are_for_all_cells_and_variants_stand_beside_them() {
    let folder = Folder::new();
    std::fs::write(
        folder.path().join("env.py"),
        "import os\ndef same():\n    assert os.environ['MINE'] == '1'\n    return sum(range(20000))\n",
    )
    .expect("the file written");
    let more = [
        "--env",
        "MINE=1",
        "--env",
        "PYTHON_GIL=0",
        "-p",
        "3.13t",
        "--variant",
        "on:PYTHON_GIL=1",
        "--budget",
        "16s",
    ];
    let output = folder.quickly("env.py:same", &more);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let results = folder.json("out/results.json");
    let mut seen = 0;
    for cell in results["cells"].as_array().expect("cells") {
        let free = cell["interpreter"] == "3.13t";
        let on = !free || cell["environment"] == "on";
        match cell["outcome"].as_str() {
            // PYTHON_GIL says nothing to a build with the GIL.
            Some("skipped") => assert!(!free && cell["environment"] == "on", "{cell}"),
            Some("not_reached") => {}
            _ => {
                assert_eq!(
                    (&cell["outcome"], &cell["gil"]["enabled_after"]),
                    (&"completed".into(), &on.into())
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "{results}");
    for (option, value, expected) in [
        ("--env", "MINE", "expected NAME=VALUE"),
        ("--env", "PYTHON_GIL=off", "Python refuses to start with any other value"),
        ("--variant", "PYTHON_GIL=1", "expected VARIANT:NAME=VALUE"),
        ("--variant", "spawn:A=1", "this name has a meaning of its own"),
    ] {
        let output = folder.quickly("env.py:same", &[option, value, "--out", "out2"]);
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

#[test]
fn what_is_not_fit_is_told() {
    let folder = Folder::new();
    let output = folder.quickly("mine.py:unpicklable", &["--arg", "20"]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(stdout(&output).contains("not fit for processes"), "{}\n{}", stdout(&output), stderr(&output));
    let output = folder.quickly("mine.py:tiny", &["--arg", "3", "--out", "out2"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(stdout(&output).matches("too short: a call takes").count(), 1, "{}", stdout(&output));
    let told = folder.json("out2/results.json")["warnings"].to_string();
    assert!(told.contains("too short: a call takes"), "{told}");
    let output = folder.quickly("mine.py:loud_elsewhere", &["--arg", "60", "--out", "out3"]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(stdout(&output).contains("fails in threads×"), "{}", stdout(&output));
    assert!(stdout(&output).len() + stderr(&output).len() < 8_000, "{}", stderr(&output));
}

#[test]
fn a_function_with_threads_and_processes_of_its_own_is_parallel_inside() {
    let folder = Folder::new();
    let output = folder.quickly("mine.py:helped", &["--arg", "100", "--budget", "12s"]);
    let told = stdout(&output);
    assert_eq!(told.matches("parallel inside").count(), 1, "{told}\n{}", stderr(&output));
}

#[test]
fn a_result_that_proves_nothing_is_a_doubt_and_a_check_proves_it() {
    let folder = Folder::new();
    let output = folder.quickly("mine.py:stores", &["--arg", "10"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let results = folder.json("out/results.json");
    for cell in results["cells"].as_array().expect("cells") {
        assert_eq!(cell["doubts"][0]["kind"], "answer_unproven", "{cell}");
    }
    let text = stdout(&output);
    assert!(text.contains("`None`") && text.contains("`--check"), "{text}");
    let output = folder.quickly("mine.py:stores", &["--arg", "10", "--check", "stored", "--out", "out2"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for cell in folder.json("out2/results.json")["cells"].as_array().expect("cells") {
        assert_eq!(
            (&cell["outcome"], &cell["doubts"]),
            (&"completed".into(), &Value::Array(vec![])),
            "{cell}"
        );
    }
    let output = folder.quickly("mine.py:stores", &["--check", "stord"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("`stored`"), "{}", stderr(&output));
}

#[test]
fn what_keeps_its_results_answers_no_question() {
    let folder = Folder::new();
    let output = folder.quickly("mine.py:keeps", &["--arg", "30"]);
    let results = folder.json("out/results.json");
    for cell in results["cells"].as_array().expect("cells") {
        let kept = |doubt: &Value| doubt["kind"] == "kept_result";
        assert!(cell["doubts"].as_array().is_some_and(|doubts| doubts.iter().any(kept)), "{cell}");
        assert!(cell["speedup_self"].is_null(), "{cell}");
    }
    assert!(stdout(&output).contains("answer from what it left behind"), "{}", stdout(&output));
}

#[test]
fn each_call_may_have_an_input_of_its_own() {
    let folder = Folder::new();
    let more = ["--inputs", "halves", "--arg", "base=3", "--format", "json"];
    let output = folder.quickly("mine.py:scaled", &more);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let alive = events.iter().filter(|event| event["event"] == "alive");
    let pids = alive.filter_map(|event| event["processes"][0]["pid"].as_u64()).filter(|pid| *pid > 1);
    assert!(pids.count() > 0, "{text}");
    let last = events.last().expect("events");
    assert_eq!(last["event"], "verdict");
    assert!(last["call_ns"].as_u64().is_some_and(|ns| ns > 0), "{last}");
}

#[test]
fn a_script_in_a_matrix_is_a_workload_with_hooks() {
    let folder = Folder::new();
    let matrix = r#"
[run]
budget = "12s"
max_rounds = 2
[interpreters]
use = ["3.13"]
missing = "fail"
[modes]
use = ["single", "threads", "mp"]
workers = [2]
[[workload]]
script = "../sub/mine.py"
function = "scaled"
name = "mine"
args = [3]
inputs = [1, 2, 3, 4]
setup = "up"
teardown = "down"
[[workload]]
script = "../sub/mine.py"
function = "conditional"
tasks = 2
"#;
    let (sub, config) = (folder.path().join("sub"), folder.path().join("config"));
    for place in [&sub, &config] {
        std::fs::create_dir(place).expect("a folder");
    }
    std::fs::rename(folder.path().join("mine.py"), sub.join("mine.py")).expect("moved");
    std::fs::write(config.join("matrix.toml"), matrix).expect("the matrix");
    let output = folder.gilmatrix(&["run", "config/matrix.toml", "--out", "out", "--seed", "1"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let results = folder.json("out/results.json");
    let cells = results["cells"].as_array().expect("cells");
    assert_eq!(cells.len(), 6);
    for cell in cells {
        assert_eq!(cell["outcome"], "completed", "{cell}");
    }
    let downs = std::fs::read_dir(folder.path()).expect("the folder").flatten();
    let downs: Vec<_> = downs.filter(|it| it.file_name().to_string_lossy().starts_with("down-")).collect();
    assert!(downs.len() >= 4, "one process each in single and threads, two in mp: {}", downs.len());
    for down in downs {
        assert_eq!(std::fs::read_to_string(down.path()).expect("a note"), "up");
    }
}
