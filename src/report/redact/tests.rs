//! A secret folder, host and user in every field of a record that takes them, looked for in all that is made of it.

use std::collections::BTreeSet;
use std::convert::Infallible;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::redactor::{KEPT, PROSE};
use super::*;
use crate::analysis;
use crate::record::{Invocation, RunInfo};
use crate::report::{formats, render_formats, terminal};

const FOLDER: &str = "/srv/it's Client Acme/zebra plans/more`zebra`";

/// The stored run, with what it has no example of.
fn full() -> (Value, Vec<Value>) {
    let mut run: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/stored/run.json")).expect("JSON");
    let lines = include_str!("../../../tests/fixtures/stored/records.jsonl").lines().take(70);
    let records = lines.map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let interpreter = run["interpreters"][0].clone();
    let workload = run["matrix"]["workloads"][0].clone();
    let cell = run["plan"]["cells"][0]["cell"].clone();
    let host = run["host"].clone();
    run["matrix"]["variants"] = json!([{
        "name": "mine", "env": {"API_TOKEN": "zebra", "PYTHON_GIL": "1"}, "xoptions": ["x"],
    }]);
    run["matrix"]["workloads"][0]["script"] = json!({
        "path": "x.py", "sha256": "0", "function": "f", "positional": ["x"], "inputs": "make", "setup": "s",
        "teardown": "t", "check": "c", "requires": ["r"],
    });
    run["matrix"]["workloads"][0]["project"] =
        json!({"path": "p", "name": "n", "sha256": "0", "requires_python": ">=3"});
    let words = json!(["TOKEN=x", "x"]);
    run["matrix"]["workloads"][0]["command"] =
        json!({"command": words, "prepare": words, "cleanup": words, "folder": "/f"});
    run["matrix"]["workloads"][0]["packages"] = json!(["x @ file:///y"]);
    run["matrix"]["workloads"][0]["args"] = json!({"text": "x", "deep": {"list": ["x"]}});
    run["host"]["loader_env"] = json!({"LD_PRELOAD": "/x/lib.so"});
    run["host"]["container"] = json!("docker");
    run["options"] = json!({"offline": false, "filters": {
        "interpreters": ["x"], "not_interpreters": ["x"], "workloads": ["x"], "not_workloads": ["x"], "modes": ["x"],
        "not_modes": ["x"], "workers": [],
    }, "overrides": {
        "quick": false, "budget": null, "precision": null, "sample_rate": null, "repeat_disturbed": false,
        "max_memory": null, "cpus": null, "install": false,
    }});
    run["against"] = json!({
        "request": "git:main", "commit": "0", "interpreters": [interpreter], "workloads": [workload], "cells": [],
        "unmatched": [{"cell": cell, "kind": "vanished", "reason": "x"}],
    });
    run["changed"] = json!([{"workload": null, "interpreter": null, "file": "x"}]);
    run["parts"] = json!([{"run_id": "one", "shard": null, "host": host, "workloads": ["fib"]}]);
    run["command"] = json!(["gilmatrix", "run", "x", "TOKEN=x"]);
    (run, records)
}

fn texts(value: &mut Value, place: &str, each: &mut dyn FnMut(&str, &mut String)) {
    match value {
        Value::String(text) => each(place, text),
        Value::Array(list) => list.iter_mut().for_each(|item| texts(item, place, each)),
        Value::Object(map) => {
            map.iter_mut().for_each(|(key, item)| texts(item, &format!("{place}.{key}"), each))
        }
        _ => {}
    }
}

/// What a field becomes: a path as a whole, or a sentence.
fn planted(place: &str, text: &str) -> String {
    let key = place.rsplit('.').next().unwrap_or_default();
    match key {
        "hostname" => "zebrahost.example".to_owned(),
        "run_id" => "zebrahost-1".to_owned(),
        _ if PROSE.contains(&key) => format!(
            "{text}: no {FOLDER}/x.py on zebrahost for zebrauser in /home/zebrauser/x, see `/a/zebra b/x` and \\
             https://zebrauser:zebra@zebra.example/zebra/simple"
        ),
        _ if text.starts_with("TOKEN=") => "TOKEN=zebra".to_owned(),
        _ => format!("{FOLDER}/x{text}"),
    }
}

/// Plants in all fields that take any text; gives how many there are.
fn plant<T: DeserializeOwned + Serialize>(sound: &Value, places: &mut BTreeSet<String>) -> T {
    // As it is written today.
    let sound: T = serde_json::from_value(sound.clone()).expect("sound");
    let mut whole = serde_json::to_value(sound).expect("JSON");
    let mut all = BTreeSet::new();
    texts(&mut whole.clone(), "", &mut |place, _| {
        all.insert(place.to_owned());
    });
    for place in all {
        let key = place.rsplit('.').next().unwrap_or_default();
        if KEPT.contains(&key) || place.ends_with(".env.API_TOKEN") {
            continue;
        }
        let mut changed = whole.clone();
        texts(&mut changed, "", &mut |at, text| {
            if at == place {
                *text = planted(at, text);
            }
        });
        if serde_json::from_value::<T>(changed.clone()).is_ok() {
            whole = changed;
            places.insert(place);
        }
    }
    serde_json::from_value(whole).expect("still sound")
}

#[test]
fn no_field_tells_a_folder_a_host_or_a_user() {
    let (run, records) = full();
    let mut places = BTreeSet::new();
    let run: RunInfo = plant(&run, &mut places);
    let records: Vec<Invocation> = records.iter().map(|record| plant(record, &mut places)).collect();
    assert!(places.len() > 70, "{places:?}");
    let all = || records.iter().cloned().map(Ok::<_, Infallible>);
    let mut redactor = Redactor::of(&run, all(), &[]).expect("read");
    let open = redactor.run(&run).expect("redacted");
    let kept: Vec<Invocation> =
        all().flatten().map(|record| redactor.redacted(&record).expect("redacted")).collect();
    let mut found = BTreeSet::new();
    let mut look = |name: &str, text: &str| {
        for word in ["zebra", "Acme"] {
            let letters: Vec<char> = text.chars().collect();
            let around = |at: usize| {
                let at = text[..at].chars().count();
                letters[at.saturating_sub(60)..(at + 30).min(letters.len())].iter().collect::<String>()
            };
            found.extend(text.match_indices(word).take(3).map(|(at, _)| format!("{name}: {}", around(at))));
        }
    };
    look("run.json", &serde_json::to_string(&open).expect("JSON"));
    kept.iter()
        .take(5)
        .for_each(|record| look("records.jsonl", &serde_json::to_string(record).expect("JSON")));
    let results = analysis::analyse(&open, kept);
    assert!(results.counts.completed > 0);
    let names: Vec<String> = formats().into_iter().filter(|name| *name != "png").map(str::to_owned).collect();
    for artifact in render_formats(&results, &names) {
        look(&artifact.path.to_string_lossy(), &String::from_utf8_lossy(&artifact.bytes.expect("drawn")));
        look("a path", &artifact.path.to_string_lossy());
    }
    look("the terminal", &terminal::table(&results, 200, false));
    assert!(found.is_empty(), "{found:#?}");
}
