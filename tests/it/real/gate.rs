//! `run --against` and `compare` from end to end: what fails a gate, and with which code.

use std::path::Path;

use crate::support::{Place, code, stderr, stdout};

/// Two runs of small scripts; `more` goes to the matrix's end.
fn matrix(interpreters: &str, more: &str) -> String {
    format!(
        "[run]\nbudget = \"8s\"\n[interpreters]\nuse = [{interpreters}]\nbaseline = \"one\"\n\
         [[interpreter]]\nname = \"one\"\ncommand = [\"python3\"]\n[modes]\nuse = [\"single\"]\n\
         [[workload]]\nscript = \"work.py\"\nfunction = \"work\"\ntasks = 1\nargs = {{ n = 5000 }}\n{more}"
    )
}

fn script(folder: &Path, times: u32) {
    let text = format!("def work(n):\n    return sum(i * i for i in range(n * {times})) * 0\n");
    std::fs::write(folder.join("work.py"), text).expect("written");
}

#[test]
fn a_script_several_times_as_slow_fails_the_gate_and_is_named() {
    let place = Place::new(&matrix("\"one\"", ""));
    let base = tempfile::tempdir().expect("a folder");
    script(base.path(), 1);
    script(place.path(), 4);
    let output = place.run(&["--against", &base.path().display().to_string(), "--budget", "120s"]);
    assert_eq!(code(&output), 1, "{}\n{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("! slower"), "{}", stdout(&output));
    let results = place.json("results.json");
    assert_eq!(results["against"]["cells"][0]["verdict"], "confirmed", "{}", results["against"]);
    assert!(place.records().iter().any(|record| record["side"] == "base"));
}

#[test]
fn another_answer_fails_the_gate_unless_it_is_meant() {
    let place = Place::new(&matrix("\"one\"", ""));
    let base = tempfile::tempdir().expect("a folder");
    for (folder, more) in [(base.path(), 0), (place.path(), 1)] {
        let text = format!("def work(n):\n    return sum(range(n)) + {more}\n");
        std::fs::write(folder.join("work.py"), text).expect("written");
    }
    let against = base.path().display().to_string();
    let arguments = ["--against", &against, "--max-slowdown", "90%", "--budget", "60s"];
    let output = place.run(&arguments);
    assert_eq!(code(&output), 4, "{}\n{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("! other answers"), "{}", stdout(&output));
    for file in ["report.md", "report.html"] {
        let text = std::fs::read_to_string(place.out().join(file)).expect(file);
        assert!(text.contains("other answers"), "{file}");
    }
    std::fs::remove_dir_all(place.out()).expect("removed");
    let output = place.run(&[&arguments[..], &["--allow", "answers"]].concat());
    assert_eq!(code(&output), 0, "{}\n{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("  other answers"), "{}", stdout(&output));
}

#[test]
fn a_base_that_fails_now_and_then_does_not_hide_what_is_three_times_as_slow() {
    let place = Place::new(&matrix("\"one\"", ""));
    let base = tempfile::tempdir().expect("a folder");
    script(place.path(), 3);
    // Every sixth process of the base, by a count that they share.
    let text = "import fcntl, pathlib\ncount = pathlib.Path(__file__).with_name('count')\n\
                with open(count, 'a+') as file:\n    fcntl.flock(file, fcntl.LOCK_EX)\n    file.write('x')\n    file.flush()\n    \
                if file.tell() % 6 == 0:\n        raise ValueError('now and then')\n\
                def work(n):\n    return sum(i * i for i in range(n)) * 0\n";
    std::fs::write(base.path().join("work.py"), text).expect("written");
    let output = place.run(&["--against", &base.path().display().to_string(), "--budget", "120s"]);
    assert_eq!(code(&output), 1, "{}\n{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("! slower"), "{}", stdout(&output));
    assert!(stdout(&output).contains("the base failed in "), "{}", stdout(&output));
}

#[test]
fn what_the_budget_did_not_reach_has_not_passed() {
    let more = "[[workload]]\nname = \"fib\"\ntasks = 1\nargs = { n = 27 }\n";
    let place = Place::new(&matrix("\"one\"", more));
    script(place.path(), 1);
    let base = tempfile::tempdir().expect("a folder");
    script(base.path(), 1);
    let output = place.run(&["--against", &base.path().display().to_string(), "--budget", "1s"]);
    assert_eq!(code(&output), 4, "{}\n{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("! not measured"), "{}", stdout(&output));
}

#[test]
fn a_script_that_holds_more_memory_fails_the_gate_and_is_named() {
    let place = Place::new(&matrix("\"one\"", "[[budget]]\nmax_slowdown = 0.9\n"));
    let base = tempfile::tempdir().expect("a folder");
    for (folder, mib) in [(base.path(), 1), (place.path(), 40)] {
        let text =
            format!("held = bytearray(b'x') * ({mib} << 20)\ndef work(n):\n    return sum(range(n)) * 0\n");
        std::fs::write(folder.join("work.py"), text).expect("written");
    }
    let output = place.run(&["--against", &base.path().display().to_string(), "--budget", "120s"]);
    assert_eq!(code(&output), 1, "{}\n{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("! heavier"), "{}", stdout(&output));
    let memory = &place.json("results.json")["against"]["cells"][0]["memory"];
    assert_eq!(memory["verdict"], "confirmed", "{memory}");
    // Each look has as many fresh pairs as docs/ci.md says: which one suffices is the machine's affair.
    let weighed = memory["pairs"].as_u64().expect("a number") as usize;
    assert!([3, 6, 12].contains(&weighed), "{memory}");
    // Fresh solos of both sides beside the first pair.
    let solos = |side: Option<&str>| {
        let records = place.records();
        records.iter().filter(|one| one["kind"] == "solo" && one["side"].as_str() == side).count()
    };
    assert!(
        solos(Some("base")) == weighed + 1 && solos(None) > weighed,
        "{} {}",
        solos(Some("base")),
        solos(None)
    );
    let page = std::fs::read_to_string(place.out().join("report.html")).expect("a page");
    assert!(page.contains("Gate: failed: a regression"));
}

#[test]
fn a_cell_that_broke_says_that_its_base_works() {
    let place = Place::new(&matrix("\"one\"", ""));
    let base = tempfile::tempdir().expect("a folder");
    script(base.path(), 1);
    std::fs::write(place.path().join("work.py"), "def work(n):\n    raise ValueError('broke')\n")
        .expect("written");
    let output = place.run(&["--against", &base.path().display().to_string()]);
    assert_eq!(code(&output), 4, "{}\n{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("the base completes"), "{}", stdout(&output));
}

#[test]
fn a_faster_commit_passes_and_the_repository_is_not_touched() {
    let place = Place::new(&matrix("\"one\"", ""));
    script(place.path(), 4);
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.current_dir(place.path()).args(["-c", "user.name=a", "-c", "user.email=a@b"]);
        let output = command.args(arguments).output().expect("git");
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "slow"]);
    script(place.path(), 1);
    let before = git(&["status", "--porcelain"]);
    let output = place.run(&["--against", "git:HEAD", "--budget", "60s"]);
    assert_eq!(code(&output), 0, "{}\n{}", stdout(&output), stderr(&output));
    assert_eq!(place.json("results.json")["against"]["cells"][0]["verdict"], "cleared");
    assert_eq!(git(&["status", "--porcelain"]), format!("{before}?? out/\n"));
    let output = place.command(&["run", "--against", "git:nowhere"]).output().expect("it starts");
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("no commit `nowhere`"), "{}", stderr(&output));
}

#[test]
fn what_is_no_longer_there_has_codes_of_its_own() {
    let other = "[[interpreter]]\nname = \"two\"\nrequest = \"./two\"\n";
    let more = "[[workload]]\nname = \"fib\"\ntasks = 1\nargs = { n = 12 }\n";
    let place = Place::new(&matrix("\"one\", \"two\"", &format!("{more}{other}")));
    script(place.path(), 1);
    let two = place.path().join("two");
    let real = String::from_utf8_lossy(
        &std::process::Command::new("python3")
            .args(["-c", "import sys; print(sys.executable)"])
            .output()
            .expect("python3")
            .stdout,
    )
    .trim()
    .to_owned();
    std::os::unix::fs::symlink(real, &two).expect("linked");
    let run = |out: &str, more: &[&str]| {
        let mut arguments = vec!["run", "--out", out, "--seed", "1"];
        arguments.extend(more);
        place.command(&arguments).output().expect("it starts")
    };
    let output = run("base", &[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let compare = |arguments: &[&str]| place.command(arguments).output().expect("it starts");

    std::fs::remove_file(&two).expect("removed");
    let output = run("without", &["--against", "run:base", "--budget", "60s"]);
    assert_eq!(code(&output), 3, "{}\n{}", stdout(&output), stderr(&output));
    let output = compare(&["compare", "base", "without"]);
    assert_eq!(code(&output), 3, "{}\n{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("interpreter missing"), "{}", stdout(&output));

    std::fs::write(place.path().join("matrix.toml"), matrix("\"one\"", "")).expect("written");
    let output = run("fewer", &["--against", "run:base"]);
    assert_eq!(code(&output), 4, "{}\n{}", stdout(&output), stderr(&output));
    let output = compare(&["compare", "base", "fewer/results.json", "--format", "github"]);
    assert_eq!(code(&output), 4, "{}\n{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).starts_with("::error title=gilmatrix%3A "), "{}", stdout(&output));

    let text = std::fs::read_to_string(place.path().join("fewer/results.json")).expect("read");
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    value["host"]["cpu_model"] = "another".into();
    std::fs::write(place.path().join("elsewhere.json"), value.to_string()).expect("written");
    let output = compare(&["compare", "fewer", "elsewhere.json"]);
    assert_eq!(code(&output), 6, "{}", stderr(&output));
    assert!(stderr(&output).contains("`another`"), "{}", stderr(&output));
    let output = compare(&["compare", "fewer", "elsewhere.json", "--allow", "cpu"]);
    assert_ne!(code(&output), 6, "{}", stderr(&output));
    assert_eq!(code(&compare(&["compare", "fewer", "nowhere"])), 2);
}

#[test]
fn two_runs_that_start_at_once_get_folders_of_their_own() {
    let place = Place::new(&matrix("\"one\"", ""));
    script(place.path(), 1);
    let start = || {
        let mut command = place.command(&["run", "--seed", "1", "--budget", "3s"]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command.spawn().expect("it starts")
    };
    let mut both = [start(), start()];
    for child in &mut both {
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
    }
    let runs: Vec<_> = std::fs::read_dir(place.path().join("reports")).expect("reports").flatten().collect();
    assert_eq!(runs.len(), 2);
    for run in runs {
        let output =
            place.command(&["report", &run.path().display().to_string()]).output().expect("it starts");
        assert_eq!(code(&output), 0, "{}", stderr(&output));
    }
}

#[test]
fn a_base_has_its_submodules_and_what_git_ignores_is_named() {
    let place = Place::new(&matrix("\"one\"", ""));
    let other = tempfile::tempdir().expect("a folder");
    let git = |folder: &Path, arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.current_dir(folder).args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "-c",
            "protocol.file.allow=always",
        ]);
        let output = command.args(arguments).output().expect("git");
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    };
    std::fs::write(other.path().join("inner.py"), "TIMES = 1\n").expect("written");
    git(other.path(), &["init", "-q"]);
    git(other.path(), &["add", "-A"]);
    git(other.path(), &["commit", "-qm", "inner"]);
    let work = "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent / 'sub'))\nimport inner\n\
                try:\n    import built, fresh\nexcept ImportError:\n    pass\n\n\
                def work(n):\n    return sum(i * i for i in range(n * inner.TIMES)) * 0\n";
    std::fs::write(place.path().join("work.py"), work).expect("written");
    std::fs::write(place.path().join("built.py"), "").expect("written");
    // Of the same name as something that is imported, but nobody imports this one.
    let elsewhere = place.path().join(".venv/lib/python3.13/site-packages/other");
    std::fs::create_dir_all(&elsewhere).expect("made");
    std::fs::write(elsewhere.join("pathlib.py"), "").expect("written");
    std::fs::write(place.path().join(".gitignore"), "built.py\nout/\n.venv/\n").expect("written");
    git(place.path(), &["init", "-q"]);
    git(place.path(), &["submodule", "--quiet", "add", &other.path().display().to_string(), "sub"]);
    git(place.path(), &["add", "-A"]);
    git(place.path(), &["commit", "-qm", "all"]);
    std::fs::write(place.path().join("fresh.py"), "").expect("written");
    let output = place.run(&["--against", "git:HEAD", "--budget", "30s"]);
    // Whatever it decides on a busy machine: its base ran.
    assert!([0, 1].contains(&code(&output)), "{}\n{}", stdout(&output), stderr(&output));
    assert!(stderr(&output).contains("the base lacks `built.py`, `fresh.py`, which"), "{}", stderr(&output));
    let base = place.records().into_iter().filter(|record| record["side"] == "base").collect::<Vec<_>>();
    assert!(!base.is_empty() && base.iter().all(|record| record["outcome"] == "completed"), "{base:?}");
}
