//! What a nightly job runs, run here: the action's own script, cron's, and two jobs at once on one folder.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::{PROGRAM, gilmatrix, repository, told};

const MATRIX: &str = r#"
[run]
budget = "4s"
[interpreters]
use = ["one"]
[[interpreter]]
name = "one"
command = ["python3"]
[modes]
use = ["single", "threads"]
workers = [1]
[[workload]]
name = "fib"
tasks = 1
args = { n = 12 }
"#;

/// The shell script of one step of action.yml.
fn script(step: &str) -> String {
    let action = fs::read_to_string(repository("action.yml")).unwrap();
    let step = action.split("\n    - name: ").find(|part| part.starts_with(step)).unwrap();
    let run = step.split("\n      run: ").nth(1).unwrap();
    run.strip_prefix("|\n")
        .unwrap_or(run)
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix("        ").unwrap_or(line)))
        .collect()
}

/// The measuring step, with these of the action's inputs.
fn step(folder: &Path, inputs: &[(&str, &str)]) -> Output {
    let mut command = Command::new("bash");
    command.current_dir(folder).args(["-c", &script("Measure and compare")]).env("NO_COLOR", "1");
    for name in ["AGAINST", "BASE", "FAIL_ON", "OPTIONS"] {
        command.env(name, "");
    }
    command.env("MATRIX", "matrix.toml").env("OUT", "new").env("PROGRAM", PROGRAM);
    for name in ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"] {
        command.env(name, folder.join(name));
    }
    command.envs(inputs.iter().copied()).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn the_action_measures_reports_and_hands_on_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("matrix.toml"), MATRIX).unwrap();
    let read =
        |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let output =
        step(folder, &[("OUT", "base dir"), ("OPTIONS", "--seed 1\n--budget 3s\n"), ("BASE", "nowhere")]);
    let outputs = |code: u8, out: &str| {
        format!(
            "report={out}/report.html\npr-comment={out}/pr-comment.md\nbadge={out}/badge.svg\nexit-code={code}\n"
        )
    };
    assert_eq!(read("GITHUB_OUTPUT"), outputs(0, "base dir"), "{}", told(&output));
    let run: Value = serde_json::from_str(&read("base dir/run.json")).unwrap();
    assert_eq!(
        run["matrix"]["run"]["budget_ns"], 3_000_000_000u64,
        "the second line of the options counts, too"
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains(" answered, 2 cells measured"));
    assert!(read("GITHUB_STEP_SUMMARY").starts_with("# gilmatrix: base dir"));
    assert!(read("base dir/pr-comment.md").starts_with("<!-- gilmatrix -->\n"));
    assert!(read("base dir/badge.svg").contains("gilmatrix: 2 cells measured"));

    // Held against that base: a cell of it is gone.
    fs::write(folder.join("matrix.toml"), MATRIX.replace(", \"threads\"", "")).unwrap();
    fs::remove_file(folder.join("GITHUB_OUTPUT")).unwrap();
    let output = step(folder, &[("BASE", "base dir"), ("OPTIONS", "--seed 1")]);
    assert_eq!(read("GITHUB_OUTPUT"), outputs(4, "new"), "{}", told(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("\n::error title=gilmatrix%3A one fib threads vanished::"), "{said}");
    assert!(read("GITHUB_STEP_SUMMARY").contains("| **vanished** | one fib threads |"));
    assert!(read("new/pr-comment.md").contains("### ❌ gilmatrix: failed"));
    let badge: Value = serde_json::from_str(&read("new/badge.json")).unwrap();
    assert_eq!(badge["color"], "b00020", "{badge}");
    let ended = Command::new("bash").args(["-c", &script("How it ended")]).env("CODE", "4").status().unwrap();
    assert_eq!(ended.code(), Some(4));

    // A run that is there is not this job's: nothing of it is reported.
    fs::remove_file(folder.join("GITHUB_OUTPUT")).unwrap();
    let before = read("GITHUB_STEP_SUMMARY");
    let output = step(folder, &[("OPTIONS", "--seed 1")]);
    assert_eq!((output.status.code(), read("GITHUB_OUTPUT").as_str()), (Some(5), "exit-code=5\n"));
    assert!(told(&output).contains("::error title=gilmatrix::new holds a run already"), "{}", told(&output));
    assert_eq!(read("GITHUB_STEP_SUMMARY"), before);
}

#[test]
fn only_another_machine_makes_a_run_the_new_base() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("matrix.toml"), MATRIX.replace("4s", "2s")).unwrap();
    let made = gilmatrix(folder, &["run", "--out", "base", "--seed", "1"]).output().unwrap();
    assert_eq!(made.status.code(), Some(0), "{}", told(&made));
    let text = fs::read_to_string(folder.join("base/run.json")).unwrap();
    fs::remove_file(folder.join("base/results.json")).unwrap();
    let code = |out: &str, edit: &dyn Fn(&mut Value)| {
        let mut run: Value = serde_json::from_str(&text).unwrap();
        edit(&mut run);
        fs::write(folder.join("base/run.json"), run.to_string()).unwrap();
        let _ = fs::remove_file(folder.join("GITHUB_OUTPUT"));
        let output = step(folder, &[("BASE", "base"), ("OUT", out)]);
        let outputs = fs::read_to_string(folder.join("GITHUB_OUTPUT")).unwrap();
        (outputs.lines().last().unwrap().to_owned(), told(&output))
    };
    let (ended, said) = code("second", &|run| run["host"]["cpu_model"] = "a 100 % other one".into());
    assert_eq!(ended, "exit-code=0", "{said}");
    let warning =
        "\n::warning title=gilmatrix: this run is the new base::error: refused as not comparable:%0A";
    assert!(said.contains(warning) && said.contains("a 100 %25 other one"), "{said}");
    let (ended, said) = code("third", &|run| {
        run["host"]["cpu_model"] = "another".into();
        run["harness_sha256"] = "0".repeat(64).into();
    });
    assert_eq!(ended, "exit-code=6", "{said}");
    assert!(
        said.contains("\n::error title=gilmatrix: not comparable::error: refused as not comparable:%0A"),
        "{said}"
    );
    assert!(said.contains("harness"), "the real reason: {said}");
    let (ended, said) = code("fourth", &|run| run["schema"] = "gilmatrix.run/999".into());
    assert_ne!(ended, "exit-code=0", "{said}");
}

#[test]
fn annotations_need_no_summary_and_a_full_one_is_not_overfilled() {
    let folder = tempfile::tempdir().unwrap();
    let run = repository("reports/example");
    let compare = |summary: &Path| {
        let mut command = gilmatrix(folder.path(), &["compare"]);
        command.args([&run, &run]).args(["--format", "github"]).env("GITHUB_STEP_SUMMARY", summary);
        let output = command.output().unwrap();
        assert!(told(&output).contains("::notice title=gilmatrix::passed"), "{}", told(&output));
        output.status.code().unwrap()
    };
    assert_eq!(compare(Path::new("")), 0);
    assert_eq!(compare(folder.path()), 5, "a folder can't be written");
    let summary = folder.path().join("summary");
    fs::write(&summary, vec![b'x'; (1 << 20) - 10]).unwrap();
    assert_eq!(compare(&summary), 0);
    assert!(fs::metadata(&summary).unwrap().len() <= 1 << 20);
    fs::remove_file(&summary).unwrap();
    assert_eq!(compare(&summary), 0);
    let text = fs::read_to_string(&summary).unwrap();
    assert!(text.starts_with("### ") && text.contains("gilmatrix: passed"), "{text}");
}

#[test]
fn two_jobs_at_once_write_follow_and_prune_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("matrix.toml"), MATRIX.replace("4s", "1s")).unwrap();
    fs::create_dir(folder.join("nightly")).unwrap();
    // What a job left that was killed while it removed a run: no run, and not in the way.
    fs::create_dir(folder.join("nightly/.removing-old")).unwrap();
    fs::write(folder.join("nightly/.removing-old/run.json"), "{").unwrap();
    let job = |job: u32| {
        for night in 0..3 {
            let out = format!("nightly/{job}-{night}");
            for arguments in [
                &["run", "--out", &out, "--seed", "1"][..],
                &["history", "nightly"],
                &["history", "nightly", "--prune", "--keep", "2"],
            ] {
                let output = gilmatrix(folder, arguments).output().unwrap();
                assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", told(&output));
                assert!(!told(&output).contains("left out"), "{arguments:?}: {}", told(&output));
            }
        }
    };
    std::thread::scope(|scope| {
        (1..=3).for_each(|number| drop(scope.spawn(move || job(number))));
    });
    let output = gilmatrix(folder, &["history", "nightly", "--format", "json"]).output().unwrap();
    let history: Value = serde_json::from_slice(&output.stdout).unwrap();
    let runs = history["runs"].as_array().unwrap();
    // A job that had just begun a run while the last one pruned is over the two that it kept.
    assert!((2..=4).contains(&runs.len()), "{}", told(&output));
    for run in runs {
        let path = format!("nightly/{}", run["run_id"].as_str().unwrap());
        let output = gilmatrix(folder, &["report", &path]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{path}: {}", told(&output));
    }
    let names = fs::read_dir(folder.join("nightly")).unwrap();
    let mut names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.starts_with('.') && name != ".removing-old");
    assert!(names.is_empty(), "nothing is left half done: {names:?}");
}

#[test]
fn crons_jobs_take_turns_and_are_silent_on_good_nights() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let two = MATRIX.replace("[\"one\"]", "[\"one\", \"two\"]\nmissing = \"skip\"");
    let two = |command| format!("{two}[[interpreter]]\nname = \"two\"\ncommand = [\"{command}\"]\n");
    fs::write(folder.join("matrix.toml"), two("python3")).unwrap();
    let start = || {
        let mut command = Command::new(repository("docs/ci/cron.sh"));
        command.arg(folder).env("GILMATRIX", PROGRAM).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for job in [start(), start()] {
        let output = job.wait_with_output().unwrap();
        assert_eq!((output.status.code(), told(&output).as_str()), (Some(0), ""));
    }
    let nightly = folder.join("nightly");
    let count = |name: &str| {
        let runs = fs::read_dir(&nightly).unwrap().map(|entry| entry.unwrap().path());
        runs.filter(|run| run.join(name).is_file()).count()
    };
    assert_eq!((count("run.json"), count("run.log")), (2, 2));
    assert!(nightly.join("history.html").is_file());
    // An interpreter is gone that the run itself may do without.
    fs::write(folder.join("matrix.toml"), two("no-such-python")).unwrap();
    let output = start().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("two is missing"), "{}", told(&output));
    // A bad night says what happened, and with which code.
    fs::write(folder.join("matrix.toml"), MATRIX.replace("python3", "no-such-python")).unwrap();
    let output = start().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("no-such-python"), "{}", told(&output));
}
