//! An isolated environment for each interpreter, through venv and pip; nothing is downloaded here.

use crate::support::{Machine, code, stderr, stdout};

fn matrix(packages: &str, more: &str) -> String {
    format!(
        "[run]\nbudget = \"20s\"\nmax_rounds = 2\n[interpreters]\nuse = [\"3.13t\", \"3.13\"]\n\
         baseline = \"3.13t\"\n{more}[modes]\nuse = [\"single\"]\n[[workload]]\nname = \"fib\"\n\
         tasks = 2\nargs = {{ n = 14 }}\npackages = [\"{packages}\"]\n"
    )
}

/// Only the system's tools: no uv.
fn run(machine: &Machine, matrix: &str, arguments: &[&str]) -> std::process::Output {
    std::fs::write(machine.folder().join("matrix.toml"), matrix).expect("matrix written");
    machine.command(arguments).env("PATH", "/usr/bin:/bin").output().expect("the binary starts")
}

#[test]
fn an_environment_is_made_once_and_what_is_in_it_recorded() {
    let machine = Machine::with_only(&["3.13", "3.13t"]);
    let wheel = machine.wheel("3.13t", "pure", "pure");
    let matrix = matrix(&format!("./{wheel}"), "");

    let plan = run(&machine, &matrix, &["plan"]);
    assert_eq!(code(&plan), 0, "{}", stderr(&plan));
    assert!(stderr(&plan).contains("3.13t: `run` installs ./pure"), "{}", stderr(&plan));
    assert!(stdout(&plan).contains("cells: 2"), "{}", stdout(&plan));
    assert!(!machine.at("cache/environments").exists(), "a plan installs nothing");

    let offline = run(&machine, &matrix, &["plan", "--offline"]);
    assert!(stdout(&offline).contains("isn't in the cache, and `--offline`"), "{}", stdout(&offline));

    let first = run(&machine, &matrix, &["run", "--out", "first"]);
    assert_eq!(code(&first), 0, "{}", stderr(&first));
    assert!(stderr(&first).contains("3.13: installing"), "{}", stderr(&first));
    let info = machine.json("first/run.json");
    assert_eq!(info["packages"], serde_json::json!({"3.13": ["pure==1.0"], "3.13t": ["pure==1.0"]}));
    let records = std::fs::read_to_string(machine.folder().join("first/records.jsonl")).expect("records");
    let place = machine.at("cache/environments").display().to_string();
    assert!(records.lines().count() >= 4);
    assert!(records.lines().all(|line| line.contains(&place)), "every cell runs in its environment");
    for interpreter in ["3.13", "3.13t"] {
        assert_eq!(machine.cell("first", interpreter, "plain")["outcome"], "completed");
    }

    let second = run(&machine, &matrix, &["run", "--out", "second", "--offline"]);
    assert_eq!(code(&second), 0, "{}", stderr(&second));
    assert!(!stderr(&second).contains("installing"), "{}", stderr(&second));
}

#[test]
fn an_import_that_switches_the_gil_on_is_a_mismatch_that_names_the_module() {
    let machine = Machine::with_only(&["3.13", "3.13t"]);
    let wheel = machine.wheel("3.13t", "gil", "gilback");
    let output = run(&machine, &matrix(&format!("./{wheel}"), ""), &["run", "--out", "out"]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    let cell = machine.cell("out", "3.13t", "plain");
    assert_eq!(cell["outcome"], "gil_mismatch", "{cell}");
    assert!(cell["speedup"].is_null(), "{cell}");
    let reason = cell["reason"].as_str().expect("a reason");
    assert!(reason.contains("importing `gilback` switches it on"), "{reason}");
    // A wheel for another build is none for this one.
    let other = machine.cell("out", "3.13", "plain");
    assert_eq!(other["outcome"], "skipped", "{other}");
    let reason = other["reason"].as_str().expect("a reason");
    assert!(reason.contains("no wheels of") && reason.contains("3.13.5"), "{reason}");
    assert!(reason.contains("not a supported wheel"), "{reason}");

    let required = matrix(&format!("./{wheel}"), "missing = \"fail\"\n");
    let output = run(&machine, &required, &["run", "--out", "required"]);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    let broken: Vec<_> = std::fs::read_dir(machine.at("cache/environments"))
        .expect("environments")
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .collect();
    assert_eq!(broken.len(), 1, "what failed leaves nothing behind: {broken:?}");
}
