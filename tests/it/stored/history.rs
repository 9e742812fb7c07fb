//! `gilmatrix history` over folders made from a stored run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::stored;
use crate::support::{PROGRAM, stderr, stdout};

fn history(args: &[&str]) -> Output {
    Command::new(PROGRAM).arg("history").args(args).output().unwrap()
}

/// A small deterministic noise, about ±1 %.
fn noise(night: u64, cell: usize) -> f64 {
    let mixed = (night * 2_654_435_761 + cell as u64 * 40_503).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    (mixed as f64 / f64::from(1 << 24) - 0.5) * 0.02
}

/// Nights made of the example's results; from night 20 on `slower` loses a tenth of its speedup.
fn nights(dir: &Path, count: u64, slower: &str) {
    let base: Value = serde_json::from_str(&fs::read_to_string(stored("results.json")).unwrap()).unwrap();
    for night in 0..count {
        let mut results = base.clone();
        results["run_id"] = json!(format!("night-{night:03}"));
        results["started_unix_ns"] = json!((1_780_000_000 + night * 86_400) * 1_000_000_000);
        for (place, cell) in results["cells"].as_array_mut().unwrap().iter_mut().enumerate() {
            let name = format!(
                "{} {} {}×{}",
                text(&cell["interpreter"]),
                text(&cell["workload"]),
                text(&cell["mode"]),
                cell["workers"]
            );
            let Some(ratio) = cell["speedup"]["ratio"].as_f64() else { continue };
            let shift = if night >= 20 && name == slower { -0.1 } else { 0.0 };
            let ratio = ratio * (noise(night, place) + shift).exp();
            cell["speedup"]["ratio"] = json!(ratio);
            cell["speedup"]["ci95"] = json!([ratio * 0.985, ratio * 1.015]);
        }
        let run = dir.join(format!("night-{night:03}"));
        fs::create_dir_all(&run).unwrap();
        fs::write(run.join("results.json"), results.to_string()).unwrap();
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The page's policy allows the one script and the one style sheet that it holds, and nothing else.
fn only_its_own_script_may_run(page: &str) {
    let between = |open: &str, close: &str| {
        let from = page.find(open).unwrap() + open.len();
        &page[from..from + page[from..].find(close).unwrap()]
    };
    let policy = between("Content-Security-Policy\" content=\"", "\"");
    for (kind, held) in
        [("style", between("<style>", "</style>")), ("script", between("<script>", "</script>"))]
    {
        let hash = BASE64.encode(Sha256::digest(held.as_bytes()));
        assert!(policy.contains(&format!("{kind}-src 'sha256-{hash}';")), "{kind}: {policy}");
    }
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
}

#[test]
fn a_slowdown_is_named_with_its_first_bad_run_and_alarms() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 30, "3.13t fib threads×2");
    let folder = dir.path().to_str().unwrap();
    let output = history(&[folder, "--alarm", "8"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.contains("1 change for the worse") && said.contains("night-020"), "{said}");
    assert!(said.contains("3.13t fib threads×2"), "{said}");
    let page = fs::read_to_string(dir.path().join("history.html")).unwrap();
    assert!(page.contains("slower since night-020"));
    only_its_own_script_may_run(&page);
    assert!(dir.path().join("history/3.13t-fib-threads-2-speedup.svg").is_file());

    // Found in night 22. Old news don't wake anybody, and the same folder gives the same bytes.
    let output = history(&[folder, "--alarm", "7"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(fs::read_to_string(dir.path().join("history.html")).unwrap(), page);

    let output = history(&[
        folder,
        "--format",
        "json",
        "--cell",
        "3.13t threads×2",
        "--out",
        dir.path().join("o").to_str().unwrap(),
    ]);
    let trends: Value = serde_json::from_slice(&output.stdout).unwrap();
    let trends = trends["trends"].as_array().unwrap();
    assert!(
        !trends.is_empty()
            && trends.iter().all(|trend| trend["interpreter"] == "3.13t" && trend["mode"] == "threads")
    );
    assert!(dir.path().join("o/history.json").is_file());
}

/// Rewrites the results of one night.
fn change(dir: &Path, night: u64, edit: impl Fn(&mut Value)) {
    let path = dir.join(format!("night-{night:03}/results.json"));
    let mut results: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    edit(&mut results);
    fs::write(path, results.to_string()).unwrap();
}

#[test]
fn an_alarm_is_raised_when_a_slowdown_is_found_however_late_and_for_three_nights() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 27, "3.13t fib threads×2");
    // The second bad night ran elsewhere: three on the same machine are there in the fourth.
    change(dir.path(), 21, |results| results["host"]["cpu_model"] = json!("another"));
    let later = tempfile::tempdir().unwrap();
    let mut codes = Vec::new();
    for night in (21..27).rev() {
        let output = history(&[dir.path().to_str().unwrap(), "--alarm", "3"]);
        let named = "found in the last 3 runs: 3.13t fib threads×2: ";
        assert_eq!(stderr(&output).contains(named), output.status.code() == Some(1), "{}", stderr(&output));
        codes.insert(0, output.status.code().unwrap());
        let name = format!("night-{night:03}");
        fs::rename(dir.path().join(&name), later.path().join(name)).unwrap();
    }
    assert_eq!(codes, [0, 0, 1, 1, 1, 0], "nights 21 to 26");
}

#[test]
fn what_the_newest_night_lacks_alarms_by_name() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 8, "none");
    let alarm = |more: &[&str]| {
        let output = history(&[&[dir.path().to_str().unwrap(), "--alarm", "3"], more].concat());
        (output.status.code().unwrap(), stderr(&output))
    };
    assert_eq!(alarm(&[]).0, 0);
    // A cell that crashed, another that isn't there any more.
    change(dir.path(), 7, |results| {
        let cells = results["cells"].as_array_mut().unwrap();
        cells.retain(|cell| {
            cell["interpreter"] != "3.12" || cell["workload"] != "fib" || cell["mode"] != "mp"
        });
        let one = |cell: &&mut Value| cell["interpreter"] == "3.13t" && cell["mode"] == "asyncio";
        cells.iter_mut().find(one).unwrap()["outcome"] = json!("crashed");
    });
    let (code, said) = alarm(&[]);
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("3.13t fib asyncio failed: crashed in the newest run"), "{said}");
    assert!(said.contains("3.12 fib mp×2 (fork) vanished: the newest run doesn't have it"), "{said}");
    assert_eq!(alarm(&["--cell", "3.13 fib"]).0, 4, "3.13t has it in its name");
    assert_eq!(alarm(&["--cell", "matmul-numpy"]).0, 0);
    // `missing = "skip"`: the run was fine without it.
    change(dir.path(), 7, |results| {
        let missing = json!({"name": "3.13t", "request": "3.13t", "reason": "it is gone", "hint": null});
        results["missing"].as_array_mut().unwrap().push(missing);
        for cell in results["cells"].as_array_mut().unwrap() {
            if cell["interpreter"] == "3.13t" {
                cell["outcome"] = json!("skipped");
            }
        }
    });
    let (code, said) = alarm(&[]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("3.13t is missing") && said.contains("it is gone"), "{said}");
    assert!(!said.contains("3.13t fib"), "one line for all its cells: {said}");
    let without = history(&[dir.path().to_str().unwrap()]);
    assert_eq!(without.status.code(), Some(0), "only an alarm fails");
    let (code, said) = alarm(&["--cell", "nosuchcell"]);
    assert_eq!(code, 2, "a typo would never alarm: {said}");
    assert!(said.contains("nosuchcell"), "{said}");
}

#[test]
fn a_copied_run_is_no_other_night() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 21, "3.13t fib threads×2");
    for copy in 1..=3 {
        let folder = dir.path().join(format!("copy-{copy}"));
        fs::create_dir(&folder).unwrap();
        fs::copy(dir.path().join("night-020/results.json"), folder.join("results.json")).unwrap();
    }
    let output = history(&[dir.path().to_str().unwrap(), "--alarm", "3"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).starts_with("21 runs:"), "{}", stdout(&output));
    assert!(stderr(&output).contains("3 runs left out: copies"), "{}", stderr(&output));
}

#[test]
fn a_quiet_year_is_quiet_and_a_broken_night_is_left_out() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 25, "none");
    fs::write(dir.path().join("night-003/results.json"), "{").unwrap();
    // A run whose analysis is gone is analysed again.
    let run = dir.path().join("record-alone");
    fs::create_dir(&run).unwrap();
    for file in ["run.json", "records.jsonl"] {
        fs::copy(stored(file), run.join(file)).unwrap();
    }
    let output = history(&[dir.path().to_str().unwrap(), "--alarm", "25"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stderr(&output).contains("night-003` is left out"), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("25 runs: no change for the worse"), "{}", stdout(&output));
    let smallest = "A change in the last three runs would have been seen from ";
    assert!(stdout(&output).contains(smallest), "{}", stdout(&output));
}

#[test]
fn pruning_keeps_the_newest_and_what_is_no_run() {
    let dir = tempfile::tempdir().unwrap();
    let run: Value = serde_json::from_str(&fs::read_to_string(stored("run.json")).unwrap()).unwrap();
    for night in 0..6u64 {
        let mut run = run.clone();
        run["started_unix_ns"] = json!((1_700_000_000 + night * 86_400) * 1_000_000_000);
        let folder = dir.path().join(format!("n{night}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("run.json"), run.to_string()).unwrap();
        fs::write(folder.join("records.jsonl"), "").unwrap();
    }
    fs::create_dir(dir.path().join("mine")).unwrap();
    // A runner holds this one.
    let held = fs::File::open(dir.path().join("n1/records.jsonl")).unwrap();
    held.lock().unwrap();
    let folder = dir.path().to_str().unwrap();
    let there = || {
        let mut names: Vec<String> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(history(&[folder, "--prune", "--keep", "3", "--dry-run"]).status.code(), Some(0));
    assert_eq!(there(), "mine n0 n1 n2 n3 n4 n5");
    let output = history(&[folder, "--prune", "--keep", "3"]);
    assert_eq!(stdout(&output).lines().count(), 2, "{}", stdout(&output));
    assert!(stderr(&output).contains("being written"), "{}", stderr(&output));
    assert_eq!(there(), "mine n1 n3 n4 n5");
    drop(held);
    // What an earlier job left, in the way of nobody.
    fs::create_dir_all(dir.path().join(".removing-n1/records.jsonl")).unwrap();
    let output = history(&[folder, "--prune", "--older-than", "2023-11-18"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(there(), ".removing-n1 mine n4 n5");
    fs::remove_dir_all(dir.path().join(".removing-n1")).unwrap();
    for loose in
        [["--keep", "0"], ["--older-than", "3m"], ["--older-than", "0d"], ["--older-than=-1d", "--dry-run"]]
    {
        let output = history(&[&[folder, "--prune"], &loose[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{loose:?}: {}", stderr(&output));
    }
    for beside in ["--alarm=3", "--format=json", "--since=3d", "--cell=fib", "--min-change=3%", "--out=o"] {
        let output = history(&[folder, "--prune", "--keep", "1", beside]);
        assert_eq!(output.status.code(), Some(2), "{beside}: {}", stderr(&output));
    }
    assert_eq!(there(), "mine n4 n5");
    history(&[folder, "--prune", "--older-than", "1h"]);
    assert_eq!(there(), "mine n5", "the newest stays, however old");
}

#[test]
fn nobody_resumes_a_run_while_it_is_removed() {
    use gilmatrix::internals::{Hold, Journal, RecordError, hold};
    let dir = tempfile::tempdir().unwrap();
    let records = dir.path().join("records.jsonl");
    drop(Journal::open(&records).unwrap());
    let held = hold(&records);
    assert!(matches!(held, Hold::Ours(Some(_))));
    assert!(matches!(Journal::open(&records), Err(RecordError::Locked { .. })));
    drop(held);
    let runner = Journal::open(&records).unwrap();
    assert!(matches!(hold(&records), Hold::Runner));
    drop(runner);
}

#[test]
fn names_of_any_length_have_their_pictures() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 2, "none");
    let name = "n".repeat(300);
    for night in 0..2 {
        change(dir.path(), night, |results| {
            for cell in results["cells"].as_array_mut().unwrap() {
                if cell["workload"] == "fib" {
                    cell["workload"] = json!(name);
                }
            }
        });
    }
    let output = history(&[dir.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let trends: Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("history.json")).unwrap()).unwrap();
    let pictures = fs::read_dir(dir.path().join("history")).unwrap().count();
    assert_eq!(pictures, trends["trends"].as_array().unwrap().len());
}

#[test]
fn what_can_not_be_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().to_str().unwrap();
    for (args, expected) in [
        (vec![folder], "no finished run"),
        (vec!["/no/such/folder"], "can't read"),
        (vec![folder, "--since", "soon"], "expected a span as `30d`"),
        (vec![folder, "--prune"], "--keep"),
        (vec![folder, "--alarm", "0"], "0 is not in"),
        (vec![folder, "--min-change", "7"], "not below 1"),
    ] {
        let output = history(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn shards_beside_the_run_merged_of_them_count_once() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 4, "none");
    change(dir.path(), 3, |results| {
        let part =
            |id: &str| json!({ "run_id": id, "shard": null, "host": results["host"], "workloads": ["fib"] });
        results["parts"] = json!([part("night-001"), part("night-002")]);
    });
    let output = history(&[dir.path().to_str().unwrap()]);
    assert!(stderr(&output).contains("2 runs left out"), "{}", stderr(&output));
    let history: Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("history.json")).unwrap()).unwrap();
    let ids: Vec<&str> = history["runs"].as_array().unwrap().iter().map(|run| text(&run["run_id"])).collect();
    assert_eq!(ids, ["night-000", "night-003"]);
}

#[test]
fn a_run_of_the_future_is_never_the_newest() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 3, "none");
    change(dir.path(), 1, |results| results["started_unix_ns"] = json!(4_000_000_000_000_000_000_u64));
    let output = history(&[dir.path().to_str().unwrap(), "--alarm", "3"]);
    assert!(
        stderr(&output).contains("which is yet to come") && stderr(&output).contains("night-001"),
        "{}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let history: Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("history.json")).unwrap()).unwrap();
    assert_eq!(history["runs"].as_array().unwrap().len(), 2);
}

#[test]
fn a_run_dated_behind_its_neighbours_is_doubted() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 8, "none");
    let folder = dir.path().to_str().unwrap();
    change(dir.path(), 3, |results| results["started_unix_ns"] = json!(1_779_000_000_000_000_000_u64));
    let output = history(&[folder, "--alarm", "3"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("night-003` is left out: it says that it began on"),
        "{}",
        stderr(&output)
    );
    // Whether it became slower isn't known of the newest.
    change(dir.path(), 7, |results| results["started_unix_ns"] = json!(1_000_000_000_u64));
    let output = history(&[folder, "--alarm", "3"]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(stderr(&output).contains("before there was a gilmatrix"), "{}", stderr(&output));
}

#[test]
fn a_torn_newest_run_is_not_passed_over_and_an_old_one_is() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 5, "none");
    let tear = |night: u64| {
        let path = dir.path().join(format!("night-{night:03}/results.json"));
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    };
    let folder = dir.path().to_str().unwrap();
    tear(1);
    let output = history(&[folder, "--alarm", "3"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("night-001` is left out"), "{}", stderr(&output));
    tear(4);
    let output = history(&[folder, "--alarm", "3"]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(stderr(&output).contains("the newest run can't be judged"), "{}", stderr(&output));
    // What follows from the record is made of it again.
    let night = dir.path().join("night-004");
    for name in ["run.json", "records.jsonl"] {
        fs::copy(stored(name), night.join(name)).unwrap();
    }
    let output = history(&[folder, "--alarm", "3"]);
    assert!(!stderr(&output).contains("night-004"), "{}", stderr(&output));
}

#[test]
fn two_kinds_of_host_have_a_level_line_each_and_unjudged_times_none() {
    let dir = tempfile::tempdir().unwrap();
    nights(dir.path(), 24, "none");
    for night in 0..24 {
        change(dir.path(), night, |results| {
            results["references"] = json!([]);
            if night % 2 == 1 {
                results["host"]["cpu_model"] = json!("Another CPU");
                for cell in results["cells"].as_array_mut().unwrap() {
                    let Some(ratio) = cell["speedup"]["ratio"].as_f64() else { continue };
                    cell["speedup"]["ratio"] = json!(ratio * 0.5);
                    cell["speedup"]["ci95"] = json!([ratio * 0.49, ratio * 0.51]);
                }
            }
        });
    }
    assert_eq!(history(&[dir.path().to_str().unwrap()]).status.code(), Some(0));
    // A level is the one stroke of 1.6 pixels in ink that runs across.
    let levels = |name: &str| {
        let svg = fs::read_to_string(dir.path().join("history").join(name)).unwrap();
        svg.lines()
            .filter(|line| line.contains("stroke-width=\"6\""))
            .map(|line| line.matches('M').count())
            .sum::<usize>()
    };
    let hosts = |name: &str| {
        let svg = fs::read_to_string(dir.path().join("history").join(name)).unwrap();
        svg.lines().filter(|line| line.contains("stroke-width=\"6\"")).map(str::to_owned).collect::<Vec<_>>()
    };
    let speedup = levels("3.13t-fib-threads-2-speedup.svg");
    let time = levels("3.13-fib-single-time.svg");
    assert_eq!(
        speedup,
        time + 2,
        "{:?} {:?}",
        hosts("3.13t-fib-threads-2-speedup.svg"),
        hosts("3.13-fib-single-time.svg")
    );
}
