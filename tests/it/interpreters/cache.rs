//! What is kept is listed with its size, and goes when asked; `doctor` says what is fit.

use crate::support::{Machine, code, stderr, stdout};

fn with_an_environment() -> Machine {
    let machine = Machine::with_only(&["3.13", "3.13t"]);
    let wheel = machine.wheel("3.13t", "pure", "pure");
    let matrix = format!(
        "[run]\nbudget = \"5s\"\nmax_rounds = 1\n[interpreters]\nuse = [\"3.13t\"]\n[modes]\nuse = [\"single\"]\n\
         [[workload]]\nname = \"fib\"\ntasks = 2\nargs = {{ n = 14 }}\npackages = [\"./{wheel}\"]\n"
    );
    let output = machine.run(&matrix, &["run", "--out", "out"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    machine
}

#[test]
fn it_is_listed_and_pruned() {
    let machine = with_an_environment();
    let run = |arguments: &[&str]| machine.command(arguments).output().expect("the binary starts");
    let listed = run(&["cache", "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let entries = listed["entries"].as_array().expect("entries");
    let named = |start: &str| {
        entries.iter().find(|entry| entry["name"].as_str().is_some_and(|name| name.starts_with(start)))
    };
    let environment = named("environments/").expect("an environment");
    assert!(environment["what"].as_str().is_some_and(|what| what.starts_with("pure==1.0 for 3.13t")));
    assert!(environment["bytes"].as_u64().is_some_and(|bytes| bytes > 1000), "{environment}");
    for folder in ["harness/", "pycache/", "logs/"] {
        assert!(named(folder).is_some(), "{folder} in {entries:?}");
    }
    assert!(stdout(&run(&["cache"])).contains("in all"));

    let name = environment["name"].as_str().expect("a name");
    assert_eq!(code(&run(&["cache", "prune"])), 2, "nothing goes unasked");
    assert_eq!(code(&run(&["cache", "prune", "environments/nobody"])), 2);
    let dry = run(&["cache", "prune", "environments/*", "--dry-run"]);
    assert!(stdout(&dry).contains(name), "{}", stdout(&dry));
    let young = run(&["cache", "prune", "--older-than", "1d"]);
    assert_eq!(code(&young), 0);
    assert!(machine.at("cache").join(name).is_dir(), "neither removes what was used just now");
    let gone = run(&["cache", "prune", name]);
    assert_eq!(code(&gone), 0, "{}", stderr(&gone));
    assert!(!machine.at("cache").join(name).exists());
    // Made again when it is needed.
    let again = run(&["run", "--out", "again"]);
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    assert!(stderr(&again).contains("installing"), "{}", stderr(&again));
}

#[test]
fn the_doctor_knows_the_pair_and_what_is_missing() {
    let machine = Machine::with_only(&["3.13", "3.13t"]);
    let run = |arguments: &[&str]| machine.command(arguments).output().expect("the binary starts");
    let said = stdout(&run(&["doctor"]));
    assert!(said.contains("3.13 and 3.13t: fit"), "{said}");
    let alone = Machine::with_only(&["3.13"]);
    let output = alone.command(&["doctor"]).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("`3.13t` isn't here"), "{said}");
    assert!(said.contains("gilmatrix install 3.13t --with-twin"), "{said}");
    let nobody = Machine::with_only(&[]);
    let output = nobody.command(&["doctor"]).output().expect("the binary starts");
    assert_eq!(code(&output), 3, "{}", stdout(&output));
}
