//! Whole commands, measured and proved under real interpreters.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support::{Machine, Place, code, real, stderr, stdout, told};

const TOOL: &str = r#"
import sys

if "--fail" in sys.argv:
    print("about to fail", file=sys.stderr)
    raise ValueError("bad size")
print(sum(i * i % 7 for i in range(int(sys.argv[1]))), sys.abiflags if "--flags" in sys.argv else "")
"#;

fn write(folder: &Path) {
    std::fs::write(folder.join("tool.py"), TOOL).expect("written");
}

#[test]
fn a_command_is_compared_under_each_interpreter_with_proof_of_it() {
    let machine = Machine::with_only(&["3.13", "3.13t"]);
    write(&machine.folder());
    let matrix = r#"
[run]
budget = "60s"
max_rounds = 4
[interpreters]
use = ["3.13", "3.13t"]
[[workload]]
command = ["{python}", "tool.py", "20000"]
prepare = ["sh", "-c", "echo before >> log"]
cleanup = ["sh", "-c", "echo after >> log"]
[[workload]]
name = "flags"
command = ["sh", "-c", "{python} tool.py 9 --flags | cat"]
[[variant]]
name = "gil-on"
xoptions = ["gil=1"]
"#;
    let output = machine.run(matrix, &["run", "--out", "out"]);
    assert_eq!(code(&output), 4, "the flags differ: {}", told(&output));
    let results = machine.json("out/results.json");
    let cell = |interpreter: &str, workload: &str, environment: &str| -> Value {
        let names = [("interpreter", interpreter), ("workload", workload), ("environment", environment)];
        let fits = |cell: &&Value| names.iter().all(|(key, name)| cell[key] == *name);
        results["cells"].as_array().expect("cells").iter().find(fits).expect("a cell").clone()
    };
    for (interpreter, environment, gil) in
        [("3.13", "plain", true), ("3.13t", "plain", false), ("3.13t", "gil-on", true)]
    {
        let cell = cell(interpreter, "tool", environment);
        assert_eq!((&cell["mode"], &cell["outcome"]), (&"command".into(), &"completed".into()), "{cell}");
        assert_eq!(cell["gil"]["enabled_after"], gil, "{cell}");
        assert!(cell["speedup"]["ratio"].as_f64().is_some_and(|ratio| ratio > 0.05), "{cell}");
        assert!(cell["peak_rss_bytes"].as_u64().is_some_and(|bytes| bytes > 4 << 20), "{cell}");
        assert!(cell["cpu_ns"].as_u64().is_some_and(|ns| ns > 1_000_000), "{cell}");
        assert!(cell["phases_ns"]["imports"].is_null() && cell["doubts"] == Value::Array(vec![]), "{cell}");
    }
    assert_eq!(cell("3.13", "flags", "plain")["outcome"], "checksum_mismatch");
    assert_eq!(cell("3.13", "tool", "gil-on")["outcome"], "skipped");
    let answers = results["answers"].as_array().expect("answers");
    let answer = answers.iter().find(|answer| answer["workload"] == "tool").expect("an answer");
    assert_eq!(answer["compared"], 3, "{answer}");
    assert!(answers.iter().all(|answer| answer["situation"] != "cold"), "{answers:?}");
    let log = std::fs::read_to_string(machine.folder().join("log")).expect("a log");
    assert!(log.matches("before").count() > 2 * log.matches("after").count(), "{log}");
    let processes = std::fs::read_to_string(machine.folder().join("out/records.jsonl")).expect("records");
    let processes = processes.lines().filter(|line| line.contains("\"workload\":\"tool\"")).count();
    assert_eq!(log.matches("after").count(), processes);
}

#[test]
fn what_did_not_run_the_interpreter_or_failed_says_so() {
    let place = Place::new(&format!(
        r#"
[run]
budget = "20s"
max_rounds = 2
[interpreters]
use = ["python3"]
[[workload]]
name = "fails"
command = ["{{python}}", "tool.py", "--fail"]
[[workload]]
name = "other"
command = ["{}", "tool.py", "3"]
[[workload]]
name = "sleep"
command = ["sleep", "0.01"]
[[workload]]
name = "killed"
command = ["{{python}}", "-c", "import os; os.abort()"]
[[workload]]
name = "missing"
command = ["no-such-program"]
[[workload]]
name = "unprepared"
command = ["{{python}}", "tool.py", "3"]
prepare = ["false"]
"#,
        real("3.13t").display()
    ));
    write(place.path());
    let output = place.run(&[]);
    assert_eq!(code(&output), 4, "{}", told(&output));
    let results = place.json("results.json");
    for (workload, outcome, reason) in [
        ("fails", "failed", "`{python} tool.py --fail` ended with exit code 1: ValueError: bad size"),
        ("other", "wrong_interpreter", "ran Python 3.13."),
        ("sleep", "wrong_interpreter", "and no Python that tells which one it is"),
        ("killed", "crashed", "was killed by signal 6 (SIGABRT)"),
        ("missing", "failed", "there is no program `no-such-program`, neither beside"),
        ("unprepared", "failed", "`false` ended with exit code 1"),
    ] {
        let cells = results["cells"].as_array().expect("cells");
        let cell = cells.iter().find(|cell| cell["workload"] == workload).expect("a cell");
        assert_eq!(cell["outcome"], outcome, "{cell}");
        assert!(cell["reason"].as_str().is_some_and(|said| said.contains(reason)), "{cell}");
    }
}

/// `try` in a folder with the tool.
fn tried(folder: &Path, arguments: &[&str]) -> Output {
    let begin = ["try", "-p", "3.13", "--budget", "10s", "--out", "out"];
    crate::support::gilmatrix(folder, &[&begin, arguments].concat()).output().expect("the binary starts")
}

#[test]
fn a_command_is_tried_as_it_is_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path());
    let output = tried(folder.path(), &["-p", "3.13t", "--", "python", "tool.py", "30000"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert!(
        stdout(&output).contains("`tool`: ") && stdout(&output).contains(" a run on 3.13"),
        "{}",
        told(&output)
    );
    for (arguments, exit, said) in [
        (&["--", "python", "tool.py", "--fail"][..], 4, "ended with exit code 1: ValueError: bad size"),
        (&["--", "python", "-m", "no_such"], 4, "`--packages NAME` or `--project DIR` installs it"),
        (&["--", "python3.9", "tool.py"], 2, "write `python`, and name them with `-p 3.9`"),
        (&["--", "sleep", "1"], 4, "and no Python that tells which one it is"),
        (&["--", "python", "-c", "import os; print(os.getpid())"], 4, "prints something else each time"),
        (&["--arg", "3", "--", "python", "tool.py"], 2, "cannot be used with"),
        (&["--prepare", "true", "mine.py:work"], 2, "cannot be used with"),
    ] {
        let output = tried(folder.path(), arguments);
        assert_eq!(code(&output), exit, "{arguments:?}: {}", told(&output));
        assert!(stderr(&output).contains(said), "{arguments:?}: {}", told(&output));
    }
}

#[test]
fn a_command_that_became_slower_fails_the_gate() {
    let place = Place::new(
        "[run]\nbudget = \"60s\"\n[interpreters]\nuse = [\"python3\"]\n[[workload]]\ncommand = [\"{python}\", \"tool.py\", \"20000\"]\n",
    );
    let base = tempfile::tempdir().expect("a folder");
    write(base.path());
    std::fs::write(
        place.path().join("tool.py"),
        TOOL.replace("print(sum", "sum(range(5_000_000))\nprint(sum"),
    )
    .expect("written");
    let output = place.run(&["--against", &base.path().display().to_string()]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    assert!(stdout(&output).contains("! slower"), "{}", told(&output));
}
