//! `gilmatrix check` on a free-threaded build, with wheels that do what a package may do.

use serde_json::Value;

use crate::support::{Machine, code, stderr, stdout};

const FUNCTIONS: &str = "
STATE = {'n': 0}

def pure():
    return sum(i * i % 7 for i in range(2000))

def racy():
    STATE['n'] = 0
    for _ in range(5000):
        STATE['n'] += 1
    return STATE['n']
";

/// The findings of `check … --format json`.
fn findings(machine: &Machine, arguments: &[&str]) -> (i32, Value) {
    let arguments: Vec<&str> = ["check", "--format", "json"].iter().chain(arguments).copied().collect();
    let output = machine.command(&arguments).output().expect("the binary starts");
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (code(&output), report["interpreters"][0].clone())
}

fn module<'a>(package: &'a Value, name: &str) -> &'a Value {
    let modules = package["modules"].as_array().expect("modules");
    modules.iter().find(|module| module["name"] == name).unwrap_or_else(|| panic!("no {name} in {package}"))
}

#[test]
fn each_package_is_told_by_what_its_import_does() {
    let machine = Machine::with_only(&["3.13t"]);
    let wheel = |kind: &str, name: &str| format!("./{}", machine.wheel("3.13t", kind, name));
    let wheels = [
        wheel("pure", "plain"),
        wheel("safe", "declared"),
        wheel("undeclared", "silent"),
        wheel("gil", "atstart"),
        wheel("crash", "dies"),
    ];
    let wheels: Vec<&str> = wheels.iter().map(String::as_str).collect();
    let (exit, report) = findings(&machine, &wheels);
    assert_eq!(exit, 1, "{report}");
    assert_eq!(report["name"], "3.13t");
    let package = |index: usize| &report["packages"][index];
    assert_eq!(package(0)["from"], "wheel");
    assert_eq!(package(0)["installed"][0], "plain==1.0");
    let plain = module(package(0), "plain");
    assert_eq!((&plain["outcome"], &plain["compiled"]), (&"off".into(), &false.into()));
    let declared = module(package(1), "declared");
    assert_eq!((&declared["outcome"], &declared["declares"]), (&"off".into(), &true.into()));
    for (index, name) in [(2, "silent"), (3, "atstart")] {
        let found = module(package(index), name);
        assert_eq!((&found["outcome"], &found["by"]), (&"on".into(), &name.into()), "{found}");
        assert_eq!((&found["declares"], &found["distribution"]), (&false.into(), &name.into()), "{found}");
    }
    let dies = module(package(4), "dies");
    assert_eq!(dies["outcome"], "crashed");
    assert_eq!(package(4)["at_once"], Value::Null, "what one thread can't import isn't tried in four");
    assert_eq!(package(1)["at_once"], serde_json::json!({ "threads": 4, "trouble": null }));
    assert!(dies["reason"].as_str().is_some_and(|reason| reason.contains("signal 6")), "{dies}");

    let (exit, _) = findings(&machine, &wheels[..2]);
    assert_eq!(exit, 0, "what is had already is taken from the cache, and nothing speaks against it");
    let output = machine.command(&["check", wheels[2], wheels[0]]).output().expect("the binary starts");
    let text = stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("silent: `silent` turns the GIL on: it doesn't declare"), "{text}");
    assert!(
        text.contains("3.13t: 1 of 2 run without the GIL, as far as an import shows; not fit: 1"),
        "{text}"
    );
    let output = machine.command(&["check", "--format", "markdown", wheels[0]]).output().expect("it starts");
    assert!(stdout(&output).contains("| plain==1.0 | wheel | stays off |"), "{}", stdout(&output));
}

#[test]
fn threads_must_get_the_answer_of_one_thread() {
    let machine = Machine::with_only(&["3.13t"]);
    std::fs::write(machine.folder().join("mine.py"), FUNCTIONS).expect("a script");
    let (exit, report) = findings(&machine, &["--stress", "mine.py:pure"]);
    assert_eq!((exit, &report["stress"]["trouble"]), (0, &Value::Null), "{report}");
    assert!(report["stress"]["calls"].as_u64().is_some_and(|calls| calls > 8), "{report}");
    let (exit, report) = findings(&machine, &["--stress", "mine.py:racy"]);
    assert_eq!(exit, 1, "{report}");
    assert_eq!(report["stress"]["trouble"], "another answer than in one thread");
    let (exit, report) = findings(&machine, &["--stress", "mine.py:absent"]);
    assert_eq!(exit, 1, "{report}");
    assert!(report["stress"]["trouble"].as_str().is_some_and(|text| text.contains("absent")), "{report}");
}

#[test]
fn a_script_is_checked_by_what_it_imports() {
    let machine = Machine::with_only(&["3.13t"]);
    let script = "import json, os.path\nfrom . import nothing\nimport neighbour\n";
    std::fs::write(machine.folder().join("job.py"), script).expect("a script");
    std::fs::write(machine.folder().join("neighbour.py"), "").expect("a module");
    let (exit, report) = findings(&machine, &["--script", "job.py"]);
    assert_eq!((exit, report["packages"].as_array().map(Vec::len)), (0, Some(0)), "{report}");
    std::fs::write(machine.folder().join("job.py"), format!("{script}import yaml, far.away\n"))
        .expect("a script");
    let (exit, report) = findings(&machine, &["--script", "job.py", "--offline"]);
    assert_eq!(exit, 3, "{report}");
    let names: Vec<&Value> = (0..2).map(|index| &report["packages"][index]["requirement"]).collect();
    assert_eq!(names, ["PyYAML", "far"]);
    assert_eq!(report["packages"][0]["from"], "nowhere");
}

#[test]
fn what_cannot_be_checked_is_refused() {
    let machine = Machine::with_only(&["3.13"]);
    for (arguments, exit, text) in [
        (&["check"][..], 2, "--project"),
        (&["check", "--offline", "-p", "3.13t"], 2, "--project"),
        (&["check", "six"], 3, "no free-threaded Python is here; `gilmatrix install 3.14t` gets one"),
        (&["check", "six", "-p", "3.13"], 2, "`3.13` is a build with the GIL"),
        (&["check", "--stress", "mine.py"], 3, "no free-threaded Python"),
        (&["check", "--stress", "mine", "-p", "3.13t"], 3, "3.13t"),
    ] {
        let output = machine.command(arguments).output().expect("the binary starts");
        assert_eq!(code(&output), exit, "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(text), "{arguments:?}: {}", stderr(&output));
    }
}
