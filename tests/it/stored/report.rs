//! `report` from the record alone: redrawing, redacting, other formats, older schemas. No Python runs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use super::STORED;
use crate::support::{Place, code, repository, stderr, stdout};

/// Returns a folder with a copy of the stored run in `out`, its texts changed.
fn copy(change: impl Fn(String) -> String) -> Place {
    let place = Place::new("");
    std::fs::create_dir_all(place.out()).expect("a folder");
    for name in ["run.json", "records.jsonl"] {
        let text = std::fs::read_to_string(repository(STORED).join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        std::fs::write(place.out().join(name), change(text)).expect("written");
    }
    place
}

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).expect("readable");
                found.push((path.strip_prefix(folder).expect("below").to_owned(), bytes));
            }
        }
    }
    found.sort();
    found
}

/// The command as someone else would run it, far from here.
fn elsewhere(command: &mut Command, home: &Path) {
    command.env("HOME", home).env("TZ", "Asia/Tokyo").env("LANG", "de_DE.UTF-8").env("LC_ALL", "C");
    command.env("USER", "someone").env("COLUMNS", "200").current_dir("/");
}

/// Started from a thread that may use one CPU only, which what it starts inherits.
fn on_one_cpu(mut command: Command) -> Output {
    let narrow = move || {
        let all = sched_getaffinity(None).expect("the CPUs that may be used");
        let mut one = CpuSet::new();
        one.set((0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu)).expect("a CPU"));
        sched_setaffinity(None, &one).expect("one of them");
        command.output().expect("the binary starts")
    };
    std::thread::spawn(narrow).join().expect("it ended")
}

fn assert_same(one: &[(PathBuf, Vec<u8>)], other: &[(PathBuf, Vec<u8>)]) {
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(one), names(other));
    for ((name, before), (_, after)) in one.iter().zip(other) {
        assert!(before == after, "{} differs", name.display());
    }
}

#[test]
fn an_older_schema_is_drawn_and_gives_the_same_bytes_anywhere() {
    let here = copy(|text| text);
    let first = here.command(&["report", "out"]).output().expect("the binary starts");
    assert_eq!(code(&first), 0, "{}", stderr(&first));
    assert!(stdout(&first).contains("fib"), "{}", stdout(&first));
    let drawn = files(&here.out());
    assert!(drawn.iter().filter(|(path, _)| path.extension().is_some_and(|kind| kind == "png")).count() > 5);

    let there = copy(|text| text);
    let mut command = there.command(&["report", &there.out().display().to_string()]);
    elsewhere(&mut command, there.path());
    let second = on_one_cpu(command);
    assert_eq!(code(&second), 0, "{}", stderr(&second));
    assert_same(&drawn, &files(&there.out()));
}

/// Those that the test above doesn't draw, of a run with everything that is derived and more invocations than are
/// parsed at once.
#[test]
fn the_other_formats_have_the_same_bytes_again_elsewhere_and_on_one_cpu() {
    let example = repository("reports/example");
    let place = Place::new("");
    let copied = place.path().join("some where/else");
    std::fs::create_dir_all(&copied).expect("a folder");
    for name in ["run.json", "records.jsonl"] {
        std::fs::copy(example.join(name), copied.join(name)).expect(name);
    }
    let mut formats = gilmatrix::internals::formats();
    formats.retain(|format| !["md", "html", "svg", "png"].contains(format));
    let drawn = |run: &Path, out: &str, run_by: &dyn Fn(Command) -> Output| {
        let out = place.path().join(out);
        let mut command = place.command(&["report", "--out"]);
        command.arg(&out).arg(run).args(formats.iter().flat_map(|format| ["--format", format]));
        let output = run_by(command);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        files(&out)
    };
    let plainly = |mut command: Command| command.output().expect("the binary starts");
    let first = drawn(&example, "first", &plainly);
    for file in ["results.json", "derived.csv", "bencher.json", "junit.xml", "summary.md", "badge.svg"] {
        assert!(first.iter().any(|(name, _)| name == Path::new(file)), "{file}");
    }
    // Over the files of the first time.
    assert_same(&first, &drawn(&example, "first", &plainly));
    assert_same(
        &first,
        &drawn(&copied, "second", &|mut command| {
            elsewhere(&mut command, place.path());
            on_one_cpu(command)
        }),
    );
}

#[test]
fn every_format_alone_writes_its_files_and_says_where() {
    let place = copy(|text| text);
    for (format, file) in [
        ("csv", "results.csv"),
        ("md", "report.md"),
        ("html", "report.html"),
        ("svg", "charts/time.svg"),
        ("json", "results.json"),
        ("pyperf", "pyperf/3.13.json"),
        ("gha", "github-action-benchmark.json"),
        ("bencher", "bencher.json"),
        ("junit", "junit.xml"),
    ] {
        let out = format!("only-{format}");
        let output = place.command(&["report", "out", "--format", format, "--out", &out]).output();
        let output = output.expect("the binary starts");
        assert_eq!(code(&output), 0, "{format}: {}", stderr(&output));
        let path = Path::new(&out).join(file);
        assert!(stdout(&output).lines().any(|line| Path::new(line) == path), "{format}: {}", stdout(&output));
        assert!(place.path().join(&path).metadata().expect("a file").len() > 100, "{format}");
    }
    let wrong = place.command(&["report", "out", "--format", "pdf"]).output().expect("the binary starts");
    assert_eq!(code(&wrong), 2);
    assert!(stderr(&wrong).contains("pyperf"), "names what there is: {}", stderr(&wrong));
}

#[test]
fn redacted_files_name_no_host_no_user_and_no_folder() {
    let place = copy(|text| {
        // Interpreter and workload carry a user's name, and so does what a process printed.
        let text = text.replace("\"3.12\"", "\"/home/alice/builds/bin/python3\"");
        let text = text
            .replace("\"fib\"", "\"alice-fib\"")
            .replace("\"hostname\": \"vm\"", "\"hostname\": \"quux7.example\"");
        let text = text.replace("~/.pyenv", "/home/alice/.pyenv");
        text.replace(
            "\"stderr_tail\":\"",
            "\"stderr_tail\":\"alice can't read `/home/alice/secret folder/x` on quux7: ",
        )
    });
    let run = std::fs::read_to_string(place.out().join("run.json")).expect("run.json");
    assert!(run.contains("alice-fib") && run.contains("/home/alice") && run.contains("quux7"), "planted");
    let output =
        place.command(&["report", "out", "--redact", "--out", "public"]).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(!stdout(&output).contains("alice"), "{}", stdout(&output));
    let more = [
        "report", "out", "--redact", "--out", "public", "--format", "junit", "--format", "pyperf",
        "--format", "gha",
    ];
    let output = place.command(&more).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let public = place.path().join("public");
    // Through a link in the run's folder nothing is written.
    std::os::unix::fs::symlink(&public, place.out().join("redacted")).expect("a link");
    let refused = place.command(&["report", "out", "--redact"]).output().expect("the binary starts");
    assert!(code(&refused) == 5 && stderr(&refused).contains("symbolic link"), "{}", stderr(&refused));
    let found = files(&public);
    assert!(found.len() > 20);
    for (name, bytes) in &found {
        let text = String::from_utf8_lossy(bytes);
        for gone in ["alice", "/home/", "quux7", ".pyenv/", "secret"] {
            assert!(!text.contains(gone), "{}: {gone}", name.display());
            assert!(!name.to_string_lossy().contains(gone), "{}", name.display());
        }
    }
    // The copy is a run of its own: it draws the same again.
    let again = place.command(&["report", "public"]).output().expect("the binary starts");
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    for (name, bytes) in found {
        assert!(
            bytes == std::fs::read(public.join(&name)).expect("still there"),
            "{} differs",
            name.display()
        );
    }

    let over =
        place.command(&["report", "out", "--redact", "--out", "out"]).output().expect("the binary starts");
    assert_eq!(code(&over), 2, "a record is never written over");
    assert!(place.out().join("run.json").exists());
}

#[test]
fn several_runs_are_drawn_side_by_side_what_differs_first() {
    let place = copy(|text| text);
    let other = place.path().join("other");
    std::fs::create_dir_all(&other).expect("a folder");
    for name in ["run.json", "records.jsonl"] {
        let text = std::fs::read_to_string(place.out().join(name)).expect(name);
        let text = text.replace("\"hostname\": \"vm\"", "\"hostname\": \"vm-2\"");
        std::fs::write(other.join(name), text).expect("written");
    }
    std::fs::write(place.path().join("notes.txt"), "no run").expect("written");
    let named = ["report", "out", "other", "notes.txt"];
    let output = place.command(&named).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains("`notes.txt` is no run"), "{}", stderr(&output));
    assert!(stdout(&output).contains("2 machines: A on vm: "), "{}", stdout(&output));
    for name in ["report.html", "report.md", "results.csv", "charts/side-by-side.png"] {
        assert!(place.path().join("side-by-side").join(name).is_file(), "{name}");
    }
    assert!(place.out().join("report.html").is_file() && other.join("report.html").is_file());
    // The folder that the last call wrote is no run, either.
    let output = place.command(&["report", "out", "other", "side-by-side"]).output().expect("starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));

    let csv = ["report", "out", "other", "--out", "both", "--format", "csv"];
    let output = place.command(&csv).output().expect("the binary starts");
    assert_eq!(code(&output), 2, "both runs have one id");
    assert!(stderr(&output).contains("are both called"), "{}", stderr(&output));
    let run = std::fs::read_to_string(other.join("run.json")).expect("run.json");
    let id = run.split("\"run_id\": \"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
    std::fs::write(other.join("run.json"), run.replace(id, "another")).expect("written");
    let output = place.command(&csv).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    // Two tables of each, and one of both.
    assert_eq!(stdout(&output).lines().count(), 5, "{}", stdout(&output));
    let table = std::fs::read_to_string(place.path().join("both/results.csv")).expect("all runs' table");
    assert!(table.starts_with("run,run_id,host,interpreter,") && table.contains(",another,vm-2,"));
}

#[test]
fn what_is_no_run_is_said_alike_by_every_command() {
    let place = copy(|text| text);
    std::fs::create_dir_all(place.path().join("empty")).expect("a folder");
    let commands: [&[&str]; 6] = [
        &["report", "empty"],
        &["merge", "out", "empty", "--out", "merged"],
        &["compare", "empty", "out"],
        &["run", "--resume", "empty"],
        &["profile", "--run", "empty"],
        &["report", "nowhere"],
    ];
    for command in commands {
        let output = place.command(command).output().expect("the binary starts");
        assert_eq!(code(&output), 2, "{command:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("is no run"), "{command:?}: {}", stderr(&output));
    }
}
