//! Trouble that no cell is to blame for.

use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{PROGRAM, Place, alive, code, stderr, with_fake};

#[test]
fn no_interpreter_exits_3_and_lists_the_places_searched() {
    let place = Place::new("[interpreters]\nuse = [\"3.99\"]\n");
    let output = place.run(&[]);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("3.99") && said.contains("searched") && said.contains("PATH"), "{said}");
    assert!(!place.out().join("records.jsonl").exists(), "nothing was measured, nothing stands");
}

#[test]
fn a_wrong_matrix_exits_2_and_points_at_the_line() {
    let place = Place::new("[interpreters]\nuse = [\"3.13\"]\n[modes]\nuse = [\"thread\"]\n");
    let output = place.run(&[]);
    assert_eq!(code(&output), 2);
    let said = stderr(&output);
    assert!(said.contains("matrix.toml:4") && said.contains("threads") && said.contains('^'), "{said}");
}

#[test]
fn an_output_that_cannot_be_written_exits_5() {
    let place = Place::new(&with_fake("good", ""));
    std::fs::write(place.out(), "a file where the directory should be").expect("written");
    let output = place.run(&[]);
    assert_eq!(code(&output), 5, "{}", stderr(&output));
    assert!(stderr(&output).contains("out"), "{}", stderr(&output));
}

#[test]
fn a_budget_too_short_for_ratios_is_said_before_it_is_spent() {
    let place = Place::new(
        &with_fake("good", "")
            .replace("[\"single\"]", "[\"single\", \"threads\", \"mp\"]\nworkers = [1, 2, 4]"),
    );
    let warned = |arguments: &[&str]| stderr(&place.command(arguments).output().expect("the binary starts"));
    let said = warned(&["plan", "--budget", "2s"]);
    assert!(said.contains("too short for 14 cells") && said.contains("`--budget "), "{said}");
    assert!(!warned(&["plan", "--budget", "5m"]).contains("too short"));
    let said = warned(&["run", "--out", "out", "--budget", "1s"]);
    assert!(said.contains("too short for 14 cells"), "{said}");
    assert!(place.json("run.json")["warnings"][0].as_str().is_some_and(|text| text.contains("too short")));
}

#[test]
fn a_run_is_never_written_over() {
    let place = Place::new(&with_fake("good", ""));
    let first = place.run(&["--budget", "3s"]);
    assert_eq!(code(&first), 0, "{}", stderr(&first));
    let before = std::fs::read(place.out().join("records.jsonl")).expect("records");
    let output = place.run(&["--budget", "3s"]);
    assert_eq!(code(&output), 5, "{}", stderr(&output));
    assert_eq!(before, std::fs::read(place.out().join("records.jsonl")).expect("records"));
}

#[test]
fn a_full_disk_exits_5_and_what_was_recorded_stays_readable() {
    let place = Place::new(&with_fake("good", "").replace("max_rounds = 3", ""));
    // A cache of its own, filled before: bytecode that is cut short would stay for all other tests.
    let cache = place.path().join("cache");
    let mut warm = place.command(&["run", "--out", "warm", "--budget", "4s"]);
    assert_eq!(code(&warm.env("XDG_CACHE_HOME", &cache).output().expect("the binary starts")), 0);
    // A limit on file sizes refuses a write as a full disk does; the signal for it would end who doesn't expect it.
    let script = format!("ulimit -f 96; exec {PROGRAM} run --out out --seed 1 --budget 40s --precision 0.1%");
    let output = std::process::Command::new("bash")
        .args(["-c", &script])
        .current_dir(place.path())
        .env("XDG_CACHE_HOME", &cache)
        .output()
        .expect("bash starts");
    assert_eq!(code(&output), 5, "{}", stderr(&output));
    assert!(stderr(&output).contains("records.jsonl"), "{}", stderr(&output));
    let text = std::fs::read_to_string(place.out().join("records.jsonl")).expect("records");
    assert!(text.ends_with('\n') && place.records().len() > 3, "whole lines stand");
    assert_eq!(place.json("run.json")["status"], "failed");
    let again = place.command(&["report", "out"]).output().expect("the binary starts");
    assert_eq!(code(&again), 0, "{}", stderr(&again));
}

#[test]
fn bytecode_that_was_cut_short_is_named_and_removed() {
    let place = Place::new(&with_fake("good", ""));
    let cache = place.path().join("cache");
    let run = |out: &str| {
        let mut command = place.command(&["run", "--out", out, "--budget", "4s"]);
        command.env("XDG_CACHE_HOME", &cache).output().expect("the binary starts")
    };
    assert_eq!(code(&run("first")), 0);
    // Of all modules, so that the harness doesn't start; of the mode alone, so that the harness says it.
    for (round, folder) in ["", "/modes/"].into_iter().enumerate() {
        let cut = cut_short(&cache.join("gilmatrix/pycache"), folder);
        assert!(cut > 0, "{folder}: {cut} files of bytecode");
        let damaged = run(&format!("damaged{round}"));
        assert_eq!(code(&damaged), 4, "{}", stderr(&damaged));
        assert!(stderr(&damaged).contains("was cut short"), "{}", stderr(&damaged));
        assert_eq!(code(&run(&format!("whole{round}"))), 0);
    }
}

/// Cuts every file below a folder whose path has `part` in half; returns how many there were.
fn cut_short(folder: &std::path::Path, part: &str) -> usize {
    let mut cut = 0;
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            cut += cut_short(&path, part);
        } else if path.to_string_lossy().contains(part) {
            let bytes = std::fs::read(&path).expect("bytecode");
            std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("a file");
            cut += 1;
        }
    }
    cut
}

#[test]
fn a_run_whose_folder_is_taken_away_ends_with_5_at_once() {
    let place = Place::new(&with_fake("good", "").replace("max_rounds = 3", ""));
    let child = started(&place, 2);
    std::fs::remove_dir_all(place.out()).expect("the run's folder");
    let began = Instant::now();
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(code(&output), 5, "{}", stderr(&output));
    assert!(stderr(&output).contains("records.jsonl"), "{}", stderr(&output));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[test]
fn a_closed_terminal_ends_no_run_that_was_started_with_nohup() {
    let place = Place::new(&with_fake("good", ""));
    let script = format!("trap '' HUP; exec {PROGRAM} run --out out --seed 1 --budget 8s");
    let mut command = std::process::Command::new("bash");
    command.args(["-c", &script]).current_dir(place.path()).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().expect("bash starts");
    let deadline = Instant::now() + Duration::from_mins(1);
    while !place.out().join("records.jsonl").exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = Pid::from_raw(child.id() as i32).expect("a pid");
    kill_process(pid, Signal::HUP).expect("signalled");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(place.json("run.json")["status"], "completed");
}

/// From now on the kernel refuses this process and what it starts to watch processes, as an old one or a sandbox does.
fn refuse_pidfds() -> std::io::Result<()> {
    let word = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    // The call's number; if it is this one: refused, else allowed.
    let mut program = [
        word(0x20, 0, 0, 0),
        word(0x15, 0, 1, libc::SYS_pidfd_open as u32),
        word(0x06, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        word(0x06, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: 4, filter: program.as_mut_ptr() };
    // SAFETY: the program lives until the kernel has copied it.
    let set = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) == 0
    };
    if set { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

#[test]
fn a_kernel_that_lets_nobody_watch_processes_is_named_and_leaves_nothing_in_the_way() {
    let place = Place::new(&with_fake("good", ""));
    let arguments = ["run", "--out", "out", "--seed", "1", "--budget", "3s"];
    let mut command = place.command(&arguments);
    // SAFETY: nothing but system calls.
    unsafe { command.pre_exec(refuse_pidfds) };
    let output = command.output().expect("the binary starts");
    assert_eq!(code(&output), 5, "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("Linux 5.3") && said.contains("Operation not permitted"), "{said}");
    assert!(!place.out().exists(), "a failed start leaves nothing");
    let again = place.command(&arguments).output().expect("the binary starts");
    assert_eq!(code(&again), 0, "{}", stderr(&again));
}

#[test]
fn the_self_test_counts_and_finds_nothing_broken() {
    let place = Place::new("");
    let arguments = ["doctor", "--self-test", "--budget", "20s", "--format", "json", "3.13"];
    let output = place.command(&arguments).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let score = &report["score"];
    let of =
        |share: &str, key: &str| score[share][key].as_u64().unwrap_or_else(|| panic!("{share}: {report}"));
    assert!(of("covered", "trials") >= 1, "{report}");
    assert_eq!(of("covered", "trials"), of("false_alarms", "trials") + of("found", "trials"), "{report}");
    assert!(
        score["half_width_of_a_minute"].as_f64().is_some_and(|width| width > 0.0 && width < 0.5),
        "{report}"
    );
    assert_eq!(score["broken"], serde_json::json!([]));
    let alone = place.command(&["doctor", "--budget", "3s"]).output().expect("the binary starts");
    assert_eq!(code(&alone), 2, "a budget is the self-test's");
}

/// Starts a run and waits until its record has `lines` lines.
fn started(place: &Place, lines: usize) -> std::process::Child {
    let mut command =
        place.command(&["run", "--out", "out", "--seed", "1", "--budget", "60s", "--precision", "0.1%"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let deadline = Instant::now() + Duration::from_mins(1);
    while Instant::now() < deadline {
        let text = std::fs::read_to_string(place.out().join("records.jsonl")).unwrap_or_default();
        if text.lines().count() >= lines {
            return child;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    panic!("no records after a minute");
}

fn gone(text: &str, within: Duration) -> bool {
    let deadline = Instant::now() + within;
    while Instant::now() < deadline {
        if alive(text).is_empty() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn ctrl_c_ends_everything_keeps_the_record_and_exits_130() {
    let place = Place::new(&with_fake("good", "").replace("max_rounds = 3", ""));
    let child = started(&place, 4);
    let pid = rustix::process::Pid::from_raw(child.id() as i32).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("signalled");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(code(&output), 130, "{}", stderr(&output));
    assert!(stderr(&output).contains("interrupted"));
    assert!(place.records().len() >= 4);
    assert_eq!(place.json("run.json")["status"], "interrupted");
    assert!(place.out().join("report.md").exists(), "what was measured is reported");
}

#[test]
fn kill_9_leaves_whole_lines_and_no_process() {
    let place = Place::new(&with_fake("good", "").replace("max_rounds = 3", ""));
    let mut child = started(&place, 4);
    child.kill().expect("killed");
    child.wait().expect("reaped");
    let records = place.records();
    assert!(records.len() >= 4);
    assert_eq!(place.json("run.json")["status"], "running");
    let spec = records[0]["command"].as_array().and_then(|words| words.last()).and_then(|word| word.as_str());
    // …/gilmatrix-XXXXXX/1-YYYYYY/spec.json: the run's own folder.
    let folder = std::path::Path::new(spec.expect("a spec")).ancestors().nth(2).expect("the run's folder");
    assert!(
        gone(&folder.display().to_string(), Duration::from_secs(5)),
        "{:?}",
        alive(&folder.display().to_string())
    );
    let output = place.command(&["report", "out"]).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(place.out().join("report.html").exists());
}
