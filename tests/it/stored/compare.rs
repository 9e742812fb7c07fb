//! `gilmatrix compare` on files made from a stored run of an earlier version: every operand, exit code and refusal.
//! No Python runs.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use super::stored;

/// The example's results, with the reference that makes stored runs comparable.
fn results() -> Value {
    let mut results: Value =
        serde_json::from_str(&fs::read_to_string(stored("results.json")).unwrap()).unwrap();
    results["harness_sha256"] = json!("aa");
    let speedup = json!({"baseline": "3.13 fib single×1", "ratio": 1.5, "ci95": [1.49, 1.51], "settled": true, "pairs": 10});
    let names: Vec<Value> =
        results["workloads"].as_array().unwrap().iter().map(|info| info["name"].clone()).collect();
    let references = names.iter().map(|name| json!({"workload": name, "speedup": speedup}));
    results["references"] = references.collect();
    for cell in results["cells"].as_array_mut().unwrap() {
        for key in ["timeline", "processes", "values_ns"] {
            cell[key] = json!([]);
        }
        cell["checksum"] = json!("one");
        if cell["speedup"]["pairs"].as_u64().is_some_and(|pairs| pairs > 0) {
            let ratio = cell["speedup"]["ratio"].as_f64().unwrap();
            cell["speedup"]["pairs"] = json!(10);
            cell["speedup"]["ci95"] = json!([ratio * 0.99, ratio * 1.01]);
        }
    }
    results
}

/// The one cell of this identity.
fn cell<'a>(
    results: &'a mut Value,
    interpreter: &str,
    workload: &str,
    mode: &str,
    workers: u64,
) -> &'a mut Value {
    let cells = results["cells"].as_array_mut().unwrap();
    let wanted = |cell: &&mut Value| {
        cell["interpreter"] == interpreter
            && cell["workload"] == workload
            && cell["mode"] == mode
            && cell["workers"] == workers
    };
    cells.iter_mut().find(wanted).unwrap()
}

struct Ended {
    code: i32,
    out: String,
    err: String,
}

fn ended(output: &Output) -> Ended {
    Ended {
        code: output.status.code().unwrap_or(-1),
        out: crate::support::stdout(output),
        err: crate::support::stderr(output),
    }
}

fn gilmatrix(folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = crate::support::gilmatrix(folder, arguments);
    command.env("LC_ALL", "C.UTF-8");
    ended(&command.env_remove("GITHUB_STEP_SUMMARY").output().unwrap())
}

/// `compare` of the results as they are with what `change` makes of them.
fn compared(change: impl Fn(&mut Value), more: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let base = results();
    let mut new = base.clone();
    new["run_id"] = json!("new");
    change(&mut new);
    fs::write(folder.path().join("base.json"), base.to_string()).unwrap();
    fs::write(folder.path().join("new.json"), new.to_string()).unwrap();
    let mut arguments = vec!["compare", "base.json", "new.json"];
    arguments.extend(more);
    gilmatrix(folder.path(), &arguments)
}

#[test]
fn a_run_is_taken_as_a_folder_as_its_record_and_as_its_results() {
    let folder = tempfile::tempdir().unwrap();
    let run = stored("");
    let run = run.to_str().unwrap().trim_end_matches('/');
    fs::copy(stored("results.json"), folder.path().join("kept.json")).unwrap();
    let operands = [
        run.to_owned(),
        format!("run:{run}"),
        format!("{run}/run.json"),
        format!("{run}/records.jsonl"),
        format!("{run}/results.json"),
        "kept.json".to_owned(),
    ];
    for operand in &operands {
        for other in [&operands[0], &operands[5]] {
            let ended = gilmatrix(folder.path(), &["compare", operand, other]);
            assert_eq!(ended.code, 0, "{operand} {other}: {}{}", ended.out, ended.err);
            assert!(ended.out.starts_with("example against example: passed"), "{operand}: {}", ended.out);
        }
    }
    // Results alone, in a folder of their own, are a run, too.
    let alone = folder.path().join("alone");
    fs::create_dir(&alone).unwrap();
    fs::copy(stored("results.json"), alone.join("results.json")).unwrap();
    assert_eq!(gilmatrix(folder.path(), &["compare", "alone", run]).code, 0);
}

#[test]
fn what_is_no_run_is_said_with_what_would_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("empty")).unwrap();
    fs::write(path.join("broken.json"), "{\"schema\": \"gilmatrix.results/2\", ").unwrap();
    fs::write(path.join("other.json"), "{\"schema\": \"someone.else/1\"}").unwrap();
    fs::write(path.join("newer.json"), "{\"schema\": \"gilmatrix.results/99\"}").unwrap();
    fs::write(path.join("less.json"), "{\"schema\": \"gilmatrix.results/2\"}").unwrap();
    // A record says nothing without what it is of.
    fs::copy(stored("records.jsonl"), path.join("records.jsonl")).unwrap();
    let run = stored("");
    for (operand, code, expected) in [
        ("nowhere", 2, "`nowhere` is no run: expected a run's directory, or"),
        ("empty", 2, "expected a run's directory, or its `run.json`, `records.jsonl` or `results.json`"),
        ("broken.json", 2, "`broken.json`, line 1: "),
        ("less.json", 2, "missing field"),
        ("other.json", 6, "has schema `someone.else/1`"),
        ("newer.json", 6, "has schema `gilmatrix.results/99`"),
        ("records.jsonl", 2, "`records.jsonl` is no run"),
    ] {
        for arguments in
            [["compare", operand, run.to_str().unwrap()], ["compare", run.to_str().unwrap(), operand]]
        {
            let ended = gilmatrix(path, &arguments);
            assert_eq!(ended.code, code, "{operand}: {}", ended.err);
            assert!(ended.err.contains(expected) && ended.out.is_empty(), "{operand}: {}", ended.err);
        }
    }
}

#[test]
fn the_same_run_is_clean_and_noise_is_no_change() {
    let ended = compared(|_| {}, &[]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(
        ended.out.starts_with("new against example: passed: nothing changed; 22 cells compared"),
        "{}",
        ended.out
    );
    let ended = compared(
        |new| {
            let speedup = &mut cell(new, "3.13", "fib", "threads", 2)["speedup"];
            let ratio = speedup["ratio"].as_f64().unwrap() / 1.05;
            *speedup = json!({"baseline": "b", "ratio": ratio, "ci95": [ratio * 0.99, ratio * 1.01], "settled": true, "pairs": 10});
        },
        &[],
    );
    assert_eq!(ended.code, 0, "between two sessions 5 % can't be told: {}", ended.out);
}

fn slow(new: &mut Value) {
    let speedup = &mut cell(new, "3.13", "fib", "threads", 2)["speedup"];
    let ratio = speedup["ratio"].as_f64().unwrap() / 1.4;
    speedup["ratio"] = json!(ratio);
    speedup["ci95"] = json!([ratio * 0.99, ratio * 1.01]);
}

fn heavy(new: &mut Value) {
    let cell = cell(new, "3.13t", "fib", "mp", 2);
    let bytes = cell["peak_pss_bytes"].as_u64().unwrap();
    cell["peak_pss_bytes"] = json!(bytes * 5 / 4);
}

fn gone(new: &mut Value) {
    new["cells"].as_array_mut().unwrap().retain(|cell| cell["interpreter"] != "3.12");
    new["interpreters"].as_array_mut().unwrap().retain(|one| one["name"] != "3.12");
    let missing = json!({"name": "3.12", "request": "3.12", "reason": "not found", "hint": null});
    new["missing"].as_array_mut().unwrap().push(missing);
}

#[test]
fn each_kind_of_change_has_its_code_and_names_its_cell() {
    type Change = fn(&mut Value);
    let table: [(Change, i32, &str); 10] = [
        (
            |new| cell(new, "3.13t", "fib", "mp", 2)["checksum"] = json!("another"),
            4,
            "! other answers       3.13t fib mp×2 (fork)  the base gives checksum `one`, the new `another`",
        ),
        (slow, 1, "! slower              3.13 fib threads×2"),
        (heavy, 1, "! heavier             3.13t fib mp×2"),
        (gone, 3, "! interpreter missing 3.12 fib single "),
        (
            |new| new["cells"].as_array_mut().unwrap().retain(|cell| cell["mode"] != "asyncio"),
            4,
            "! vanished            3.13 fib asyncio ",
        ),
        (
            |new| {
                let cell = cell(new, "3.13", "fib", "mp", 2);
                (cell["outcome"], cell["reason"]) = (json!("crashed"), json!("killed by signal 11"));
            },
            4,
            "! failed              3.13 fib mp×2",
        ),
        (
            |new| {
                let cell = cell(new, "3.13t", "fib", "threads", 2);
                (cell["outcome"], cell["reason"]) =
                    (json!("gil_mismatch"), json!("the GIL was on after the work"));
            },
            4,
            "! GIL changed         3.13t fib threads×2",
        ),
        (
            |new| cell(new, "3.13t", "fib", "threads", 2)["gil"]["enabled_after"] = json!(true),
            4,
            "! GIL changed         3.13t fib threads×2  the GIL was off, now it is on",
        ),
        (
            // Another size is another cell.
            |new| {
                new["workloads"]
                    .as_array_mut()
                    .unwrap()
                    .iter_mut()
                    .for_each(|info| info["tasks"] = json!(99));
            },
            4,
            "the new run has it with another size",
        ),
        (
            // A leg that measured nothing.
            |new| {
                for cell in new["cells"].as_array_mut().unwrap() {
                    (cell["outcome"], cell["reason"]) = (json!("not_reached"), json!("the budget ended"));
                }
            },
            4,
            "failed: nothing was compared",
        ),
    ];
    for (change, code, expected) in table {
        let ended = compared(change, &[]);
        assert_eq!(ended.code, code, "{expected}: {}{}", ended.out, ended.err);
        assert!(ended.out.contains(expected), "{expected}:\n{}", ended.out);
    }
    // A base that measured nothing isn't "passed" either.
    let folder = tempfile::tempdir().unwrap();
    let mut base = results();
    base["cells"] = json!([]);
    fs::write(folder.path().join("base.json"), base.to_string()).unwrap();
    fs::write(folder.path().join("new.json"), results().to_string()).unwrap();
    let ended = gilmatrix(folder.path(), &["compare", "base.json", "new.json"]);
    assert_eq!(ended.code, 4, "{}", ended.out);
}

#[test]
fn the_most_pressing_code_wins_and_limits_are_as_told() {
    let all = |new: &mut Value| {
        slow(new);
        heavy(new);
        gone(new);
    };
    assert_eq!(compared(all, &[]).code, 3);
    let ended = compared(slow, &["--max-slowdown", "60%"]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    let ended = compared(heavy, &["--max-memory", "30%"]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    let other = |new: &mut Value| cell(new, "3.13", "fib", "mp", 2)["checksum"] = json!("another");
    let ended = compared(other, &["--allow", "answers"]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    assert!(ended.out.contains("  other answers "), "{}", ended.out);
    // What older versions made their digests of is another thing: they are no other answers.
    let older = |new: &mut Value| cell(new, "3.13", "fib", "mp", 2)["checksum"] = json!("82e7e469070d6d31");
    let ended = compared(older, &[]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    // What became better is told and fails nothing.
    let ended = compared(
        |new| {
            let cell = cell(new, "3.13", "fib", "mp", 4);
            let bytes = cell["peak_pss_bytes"].as_u64().unwrap();
            cell["peak_pss_bytes"] = json!(bytes / 2);
        },
        &[],
    );
    assert_eq!(ended.code, 0, "{}", ended.out);
    assert!(ended.out.contains("  lighter             3.13 fib mp×4"), "{}", ended.out);
}

#[test]
fn what_can_not_be_compared_is_undecided_and_fails_where_it_is_told_to() {
    let vague = |new: &mut Value| {
        let cell = cell(new, "3.13", "fib", "mp", 2);
        (cell["speedup"], cell["wall_ns"]["ci95"]) = (json!(null), json!(null));
    };
    let ended = compared(vague, &[]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    assert!(ended.out.starts_with("new against example: passed, undecided cells left"), "{}", ended.out);
    assert!(ended.out.contains("? undecided           3.13 fib mp×2"), "{}", ended.out);
    let ended = compared(vague, &["--fail-on", "undecided"]);
    assert_eq!(ended.code, 4, "it is no regression: {}", ended.out);
    assert!(ended.out.contains("! undecided           3.13 fib mp×2"), "{}", ended.out);
}

#[test]
fn what_failed_in_the_base_has_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let mut base = results();
    let broken = cell(&mut base, "3.13", "fib", "mp", 2);
    (broken["outcome"], broken["reason"]) = (json!("crashed"), json!("killed by signal 11"));
    fs::write(folder.path().join("base.json"), base.to_string()).unwrap();
    fs::write(folder.path().join("new.json"), results().to_string()).unwrap();
    let ended = gilmatrix(folder.path(), &["compare", "base.json", "new.json"]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    assert!(ended.out.contains("recovered           3.13 fib mp×2"), "{}", ended.out);
}

#[test]
fn what_fails_in_both_is_told_and_what_is_new_and_fails_fails_the_gate() {
    let folder = tempfile::tempdir().unwrap();
    let compared = |base: &Value, new: &Value| {
        fs::write(folder.path().join("base.json"), base.to_string()).unwrap();
        fs::write(folder.path().join("new.json"), new.to_string()).unwrap();
        gilmatrix(folder.path(), &["compare", "base.json", "new.json"])
    };
    let mut failing = results();
    let broken = cell(&mut failing, "3.13", "fib", "mp", 2);
    (broken["outcome"], broken["reason"]) = (json!("crashed"), json!("killed by signal 11"));
    let ended = compared(&failing, &failing);
    assert_eq!(ended.code, 0, "{}", ended.out);
    let told = "still failing       3.13 fib mp×2";
    assert!(ended.out.contains(told) && ended.out.contains("now: killed by signal 11"), "{}", ended.out);

    let mut without = results();
    let cells = without["cells"].as_array_mut().unwrap();
    cells.retain(|cell| !(cell["workload"] == "fib" && cell["mode"] == "mp"));
    let ended = compared(&without, &failing);
    assert_eq!(ended.code, 4, "{}", ended.out);
    assert!(ended.out.contains("! failed"), "{}", ended.out);
    assert!(
        ended.out.contains("the base doesn't have it, and it fails: killed by signal 11"),
        "{}",
        ended.out
    );
}

#[test]
fn unlike_runs_are_refused_by_name_until_they_are_allowed() {
    type Change = fn(&mut Value);
    let table: [(Change, &str, &str); 4] = [
        (|new| new["host"]["cpu_model"] = json!("Another CPU"), "cpu", "the base ran on `AMD EPYC"),
        (
            |new| new["host"]["effective_cpus"] = json!(8.0),
            "cpus",
            "usable CPUs: 2 in the base, 8 in the new",
        ),
        (|new| new["harness_sha256"] = json!("bb"), "harness", "the harness has changed"),
        (|new| new["interpreters"][1]["facts"]["optimisation"] = json!("-Og"), "flags", "base and new: "),
    ];
    for (change, name, expected) in table {
        let ended = compared(change, &[]);
        assert_eq!(ended.code, 6, "{name}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains(expected), "{name}: {}", ended.err);
        assert!(ended.err.contains(&format!("add `--allow {name}`")), "{name}: {}", ended.err);
        let ended = compared(change, &["--allow", name]);
        assert_eq!(ended.code, 0, "{name}: {}{}", ended.out, ended.err);
        assert!(ended.out.contains("not quite comparable: "), "{name}: {}", ended.out);
    }
    let both = |new: &mut Value| {
        new["host"]["cpu_model"] = json!("Another CPU");
        new["harness_sha256"] = json!("bb");
    };
    let ended = compared(both, &["--allow", "cpu"]);
    assert_eq!(ended.code, 6, "what isn't allowed stays refused: {}", ended.err);
    assert!(ended.err.contains("`--allow harness`") && !ended.err.contains("Another CPU"), "{}", ended.err);
    assert_eq!(compared(both, &["--allow", "cpu,harness"]).code, 0);
    let ended = compared(both, &["--allow", "cpuu"]);
    assert_eq!(ended.code, 2, "{}", ended.err);
}

#[test]
fn a_pull_request_a_job_and_a_badge_get_what_they_take() {
    let ended = compared(slow, &["--format", "pr-comment"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.out.starts_with("<!-- gilmatrix -->\n### ❌ gilmatrix: failed: a regression"),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("| **slower** | 3.13 fib threads×2 |"), "{}", ended.out);
    let ended = compared(slow, &["--format", "github"]);
    assert!(ended.out.starts_with("::error title=gilmatrix%3A 3.13 fib threads×2 slower::"), "{}", ended.out);
    let ended = compared(slow, &["--format", "shields"]);
    let shields: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&shields["schemaVersion"], &shields["message"]), (&json!(1), &json!("1 slower")));
    let ended = compared(|_| {}, &["--format", "badge"]);
    assert!(
        ended.out.starts_with("<svg ") && ended.out.contains("gilmatrix: no regression"),
        "{}",
        ended.out
    );
    let ended = compared(slow, &["--format", "json"]);
    let found: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(found["changes"][0]["kind"], "slower");
}

#[test]
fn strangers_that_share_the_interpreters_pages_are_no_change() {
    let shared = |new: &mut Value| {
        let cell = cell(new, "3.13", "fib", "single", 1);
        let bytes = cell["peak_pss_bytes"].as_u64().unwrap();
        cell["peak_pss_bytes"] = json!(bytes * 13 / 10);
        let sample = json!({"t_ns": 1, "cpu_ns": 1, "rss_bytes": bytes, "pss_bytes": bytes, "processes": 1, "threads": 1});
        cell["timeline"] = json!([sample]);
    };
    let folder = tempfile::tempdir().unwrap();
    let (mut base, mut new) = (results(), results());
    shared(&mut new);
    cell(&mut base, "3.13", "fib", "single", 1)["timeline"] =
        cell(&mut new, "3.13", "fib", "single", 1)["timeline"].clone();
    fs::write(folder.path().join("base.json"), base.to_string()).unwrap();
    fs::write(folder.path().join("new.json"), new.to_string()).unwrap();
    let ended = gilmatrix(folder.path(), &["compare", "base.json", "new.json"]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    // What is its own counts.
    let rss = cell(&mut new, "3.13", "fib", "single", 1)["peak_rss_bytes"].as_u64().unwrap();
    cell(&mut new, "3.13", "fib", "single", 1)["peak_rss_bytes"] = json!(rss * 13 / 10);
    fs::write(folder.path().join("new.json"), new.to_string()).unwrap();
    let ended = gilmatrix(folder.path(), &["compare", "base.json", "new.json"]);
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.out.contains("! heavier             3.13 fib single  peak RSS"), "{}", ended.out);
}

#[test]
fn a_run_of_nothing_but_baselines_is_compared_by_its_reference() {
    let alone = |results: &mut Value| {
        results["cells"].as_array_mut().unwrap().retain(|cell| {
            cell["interpreter"] == "3.13" && cell["mode"] == "single" && cell["workload"] == "fib"
        });
        let cell = cell(results, "3.13", "fib", "single", 1);
        (cell["speedup"], cell["wall_ns"]) = (json!(null), json!(null));
    };
    let folder = tempfile::tempdir().unwrap();
    let (mut base, mut new) = (results(), results());
    alone(&mut base);
    alone(&mut new);
    fs::write(folder.path().join("base.json"), base.to_string()).unwrap();
    for (ratio, code, expected) in [(1.5, 0, "1 cell compared"), (1.2, 1, "! slower ")] {
        for reference in new["references"].as_array_mut().unwrap() {
            reference["speedup"]["ratio"] = json!(ratio);
            reference["speedup"]["ci95"] = json!([ratio * 0.99, ratio * 1.01]);
        }
        fs::write(folder.path().join("new.json"), new.to_string()).unwrap();
        let ended = gilmatrix(folder.path(), &["compare", "base.json", "new.json"]);
        assert_eq!(ended.code, code, "{}", ended.out);
        assert!(ended.out.contains(expected), "{}", ended.out);
    }
}

#[test]
fn budgets_of_the_new_runs_matrix_go_before_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    for (name, budgets) in [
        ("base", json!([])),
        (
            "new",
            json!([{"rule": {"interpreter": null, "workload": null, "mode": null, "workers": null, "start_method": null, "variant": null}, "max_slowdown": null, "max_memory": 0.0001}]),
        ),
    ] {
        let run = folder.path().join(name);
        fs::create_dir(&run).unwrap();
        let mut info: Value = serde_json::from_str(&fs::read_to_string(stored("run.json")).unwrap()).unwrap();
        info["matrix"]["budgets"] = budgets;
        fs::write(run.join("run.json"), info.to_string()).unwrap();
        let mut records = fs::read_to_string(stored("records.jsonl")).unwrap();
        if name == "new" {
            // More than that budget gives, and more than chance does.
            records = records.lines().map(heavier_line).collect();
        }
        fs::write(run.join("records.jsonl"), records).unwrap();
    }
    let ended = gilmatrix(folder.path(), &["compare", "base", "new"]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("! heavier") && ended.out.contains("0.0 % allowed"), "{}", ended.out);
    let ended = gilmatrix(folder.path(), &["compare", "new", "base"]);
    assert_eq!(ended.code, 0, "the base's budgets are yesterday's: {}", ended.out);
}

#[test]
fn budgets_stand_in_the_run_json_beside_the_results() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("new");
    fs::create_dir(&run).unwrap();
    let mut info: Value = serde_json::from_str(&fs::read_to_string(stored("run.json")).unwrap()).unwrap();
    info["matrix"]["budgets"] = json!([{"rule": {"interpreter": null, "workload": null, "mode": null, "workers": null, "start_method": null, "variant": null}, "max_slowdown": 0.9, "max_memory": null}]);
    let (base, mut new) = (results(), results());
    slow(&mut new);
    fs::write(folder.path().join("base.json"), base.to_string()).unwrap();
    fs::write(run.join("results.json"), new.to_string()).unwrap();
    for operand in ["new", "new/results.json"] {
        let _ = fs::remove_file(run.join("run.json"));
        let ended = gilmatrix(folder.path(), &["compare", "base.json", operand]);
        assert_eq!(ended.code, 1, "{operand}: {}{}", ended.out, ended.err);
        fs::write(run.join("run.json"), info.to_string()).unwrap();
        let ended = gilmatrix(folder.path(), &["compare", "base.json", operand]);
        assert_eq!(ended.code, 0, "{operand}: {}{}", ended.out, ended.err);
        // Of another run.
        let mut other = info.clone();
        other["run_id"] = json!("other");
        fs::write(run.join("run.json"), other.to_string()).unwrap();
        let ended = gilmatrix(folder.path(), &["compare", "base.json", operand]);
        assert_eq!(ended.code, 1, "{operand}: {}{}", ended.out, ended.err);
    }
}

#[test]
fn merged_runs_are_compared_host_by_host() {
    let parts = |results: &mut Value, second: &str| {
        let mut other = results["host"].clone();
        other["cpu_model"] = json!(second);
        results["parts"] = json!([
            {"run_id": "s1", "shard": {"index": 1, "of": 2}, "host": results["host"], "workloads": ["matmul-numpy"]},
            {"run_id": "s2", "shard": {"index": 2, "of": 2}, "host": other, "workloads": ["fib"]},
        ]);
    };
    let folder = tempfile::tempdir().unwrap();
    let (mut base, mut same, mut moved) = (results(), results(), results());
    parts(&mut base, "Second CPU");
    parts(&mut same, "Second CPU");
    parts(&mut moved, "Third CPU");
    for (name, one) in [("base", &base), ("same", &same), ("moved", &moved)] {
        fs::write(folder.path().join(format!("{name}.json")), one.to_string()).unwrap();
    }
    let ended = gilmatrix(folder.path(), &["compare", "base.json", "same.json"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let ended = gilmatrix(folder.path(), &["compare", "base.json", "moved.json"]);
    assert_eq!(ended.code, 6, "{}{}", ended.out, ended.err);
    assert!(
        ended.err.contains("the base ran `fib` on `Second CPU`, the new on `Third CPU`"),
        "{}",
        ended.err
    );
    assert!(!ended.err.contains("matmul"), "{}", ended.err);
    let ended = gilmatrix(folder.path(), &["compare", "base.json", "moved.json", "--allow", "cpu"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
}

#[test]
fn memory_has_an_interval_where_peaks_are_kept_and_says_where_it_has_none() {
    // Two solos of each cell, so far apart.
    let peaks = |results: &mut Value, spread: f64| {
        for cell in results["cells"].as_array_mut().unwrap() {
            let Some(bytes) = cell["peak_pss_bytes"].as_u64() else { continue };
            let one = |factor: f64| json!({"rss_bytes": bytes * 2, "pss_bytes": (bytes as f64 * factor) as u64, "processes": 3});
            cell["peaks"] = json!([one(1.0), one(1.0 + spread)]);
        }
    };
    let compare = |spread: f64| {
        let folder = tempfile::tempdir().unwrap();
        let (mut base, mut new) = (results(), results());
        heavy(&mut new);
        for (name, one) in [("base", &mut base), ("new", &mut new)] {
            peaks(one, spread);
            fs::write(folder.path().join(format!("{name}.json")), one.to_string()).unwrap();
        }
        gilmatrix(folder.path(), &["compare", "base.json", "new.json"])
    };
    let ended = compare(0.01);
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.out.contains("! heavier") && ended.out.contains("+25.0 % (95 %: +2"), "{}", ended.out);
    assert!(!ended.out.contains("no interval"), "{}", ended.out);
    let ended = compare(0.3);
    assert_eq!(ended.code, 0, "{}", ended.out);
    assert!(ended.out.contains("10.0 % allowed: not beyond chance"), "{}", ended.out);
    assert!(ended.out.contains("? undecided           3.13t fib mp×2"), "{}", ended.out);
    // Of the highest peaks alone.
    let ended = compared(heavy, &[]);
    assert!(ended.out.contains("+25.0 % (no interval), 10.0 % allowed"), "{}", ended.out);
    assert!(ended.out.contains("of the peak memory of 22 of 22 cells there is no interval"), "{}", ended.out);
}

#[test]
fn what_could_have_been_shown_is_said() {
    let ended = compared(|_| {}, &[]);
    assert!(ended.out.contains("the smallest slowdown these runs could show: +1"), "{}", ended.out);
    assert!(!ended.out.contains("as they are"), "{}", ended.out);
    // Without a reference times are compared as they are, and twice as slow is beyond their reach.
    let folder = tempfile::tempdir().unwrap();
    let (mut base, mut new) = (results(), results());
    for one in [&mut base, &mut new] {
        one["references"] = json!([]);
        for cell in one["cells"].as_array_mut().unwrap().iter_mut().filter(|cell| cell["wall_ns"].is_object())
        {
            let median = cell["wall_ns"]["median"].as_u64().unwrap();
            cell["values_ns"] = json!(vec![median; 30]);
            cell["wall_ns"]["ci95"] = json!([median - median / 100, median + median / 100]);
        }
    }
    for cell in new["cells"].as_array_mut().unwrap().iter_mut().filter(|cell| cell["wall_ns"].is_object()) {
        let median = cell["wall_ns"]["median"].as_u64().unwrap() * 22 / 10;
        cell["wall_ns"] = json!({"median": median, "ci95": [median - median / 100, median + median / 100]});
    }
    fs::write(folder.path().join("base.json"), base.to_string()).unwrap();
    fs::write(folder.path().join("new.json"), new.to_string()).unwrap();
    let ended = gilmatrix(folder.path(), &["compare", "base.json", "new.json"]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    assert!(ended.out.contains("have no reference in common"), "{}", ended.out);
    assert!(ended.out.contains("could be told from the machine's: +14"), "{}", ended.out);
    assert!(!ended.out.contains("these runs could show"), "{}", ended.out);
}

/// A record whose peak is 9 % higher.
fn heavier_line(line: &str) -> String {
    let mut record: Value = serde_json::from_str(line).unwrap();
    for key in ["peak_pss_bytes", "peak_rss_bytes"] {
        if let Some(bytes) = record["resources"][key].as_u64() {
            record["resources"][key] = json!(bytes + bytes * 9 / 100);
        }
    }
    format!("{record}\n")
}
