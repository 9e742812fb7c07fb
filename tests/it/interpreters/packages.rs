//! An isolated environment for each interpreter, through venv and pip; nothing is downloaded here.

use std::process::Stdio;

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
    assert!(reason.contains("importing `gilback` switches the GIL on"), "{reason}");
    assert!(reason.contains("`PYTHON_GIL=0` keeps it off"), "{reason}");
    let off = matrix(&format!("./{wheel}"), "[run]\nenv = { PYTHON_GIL = \"0\" }\n");
    let off = off.replacen("[run]\n", "", 1).replacen("budget = \"20s\"\nmax_rounds = 2\n", "", 1);
    let output = run(&machine, &off, &["run", "--budget", "10s", "--out", "off"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(!stderr(&output).contains("switches the GIL"), "{}", stderr(&output));
    let cell = machine.cell("off", "3.13t", "plain");
    assert_eq!(
        (&cell["outcome"], &cell["gil"]["enabled_after"]),
        (&"completed".into(), &false.into()),
        "{cell}"
    );
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

const LOOKS: &str = "
import importlib.util, os

def work():
    assert (importlib.util.find_spec('pure') is not None) == ('HAS_PURE' in os.environ)
    return sum(range(20000))
";

#[test]
fn a_variants_packages_are_in_an_environment_of_its_own() {
    let machine = Machine::with_only(&["3.13", "3.13t"]);
    std::fs::write(machine.folder().join("mine.py"), LOOKS).expect("a script");
    let wheel = machine.wheel("3.13", "pure", "pure");
    let other = machine.wheel("3.13t", "gil", "other");
    let matrix = format!(
        "[run]\nbudget = \"12s\"\nmax_rounds = 2\n[interpreters]\nuse = [\"3.13\"]\n[modes]\nuse = [\"single\"]\n\
         [[workload]]\nscript = \"mine.py\"\nfunction = \"work\"\n\
         [[variant]]\nname = \"with\"\npackages = [\"./{wheel}\"]\nenv = {{ HAS_PURE = \"1\" }}\n\
         [[variant]]\nname = \"unfit\"\npackages = [\"./{other}\"]\n"
    );
    let plan = run(&machine, &matrix, &["plan"]);
    assert!(stderr(&plan).contains("3.13: `run` installs ./pure"), "{}", stderr(&plan));
    let output = run(&machine, &matrix, &["run", "--out", "out"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for environment in ["plain", "with"] {
        let cell = machine.cell("out", "3.13", environment);
        assert_eq!(cell["outcome"], "completed", "{cell}");
    }
    let skipped = machine.cell("out", "3.13", "unfit");
    assert_eq!(skipped["outcome"], "skipped", "{skipped}");
    assert!(skipped["reason"].as_str().is_some_and(|reason| reason.contains("no wheels of")), "{skipped}");
    let environments = &machine.json("out/run.json")["interpreters"][0]["environments"];
    assert_eq!(environments["work (with)"]["packages"], serde_json::json!(["pure==1.0"]));
    assert!(environments.get("work").is_none(), "{environments}");
    let report = std::fs::read_to_string(machine.folder().join("out/report.md")).expect("a report");
    assert!(report.contains("work (with) on 3.13: pure==1.0"), "{report}");
    let wheels = [format!("./{wheel}"), format!("./{other}")];
    let unfit = ["try", "mine.py:work", "-p", "3.13", "--with", &wheels[0], "--with", &wheels[1]];
    let output = machine.command(&unfit).env("PATH", "/usr/bin:/bin").output().expect("the binary starts");
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    assert!(stderr(&output).contains("can't compare it with `./other-1.0"), "{}", stderr(&output));
    // One that is asked for twice would be compared with itself.
    let twice = machine.command(&["try", "mine.py:work", "--with", "./a.whl", "--with", "./a.whl"]).output();
    assert_eq!(code(&twice.expect("the binary starts")), 2);
}

/// Folders in the place of environments, work in progress included.
fn folders(machine: &Machine) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(machine.at("cache/environments")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

#[test]
fn two_at_once_make_it_once() {
    let machine = Machine::with_only(&["3.13", "3.13t"]);
    let wheel = machine.wheel("3.13t", "pure", "pure");
    let matrix = matrix(&format!("./{wheel}"), "").replace("\"3.13t\", \"3.13\"", "\"3.13t\"");
    std::fs::write(machine.folder().join("matrix.toml"), matrix).expect("matrix written");
    let start = |out: &str| {
        let mut command = machine.command(&["run", "--out", out]);
        command.env("PATH", "/usr/bin:/bin").stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().expect("the binary starts")
    };
    let both = [start("one"), start("other")].map(|child| child.wait_with_output().expect("it ends"));
    assert!(both.iter().all(|output| code(output) == 0), "{} {}", stderr(&both[0]), stderr(&both[1]));
    let made = both.iter().filter(|output| stderr(output).contains("installing")).count();
    assert_eq!(made, 1, "the other one waited for it");
    assert_eq!(folders(&machine).len(), 1);
}

#[test]
fn ctrl_c_while_installing_leaves_nothing_behind() {
    let machine = Machine::with_only(&["3.13t"]);
    // An index that takes the call and never answers.
    let index = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/simple", index.local_addr().expect("an address"));
    let matrix = matrix("nothing-of-this-name", "").replace("\"3.13t\", \"3.13\"", "\"3.13t\"");
    std::fs::write(machine.folder().join("matrix.toml"), matrix).expect("matrix written");
    let mut command = machine.command(&["run", "--out", "out"]);
    command.env("PATH", "/usr/bin:/bin").env("PIP_INDEX_URL", address).env("NO_PROXY", "127.0.0.1");
    command.env("PIP_CONFIG_FILE", "/dev/null").env_remove("PIP_FIND_LINKS");
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let called = index.accept().expect("pip calls");
    let pid = rustix::process::Pid::from_raw(child.id() as i32).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("signalled");
    let output = child.wait_with_output().expect("it ends");
    drop(called);
    assert_eq!(code(&output), 130, "{}", stderr(&output));
    assert!(stderr(&output).contains("interrupted"), "{}", stderr(&output));
    assert!(folders(&machine).is_empty(), "{:?}", folders(&machine));
    assert!(!machine.folder().join("out").exists(), "no run began");
}
