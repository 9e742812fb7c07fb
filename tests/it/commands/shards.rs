//! A matrix in two parts, measured one after the other, and merged.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::stderr;

const MATRIX: &str = r#"
[run]
budget = "6s"
precision = 0.5
[interpreters]
use = ["3"]
[modes]
use = ["single", "threads"]
workers = [2]
[[workload]]
name = "fib"
tasks = 2
args = { n = 16 }
[[workload]]
name = "sorting"
tasks = 2
[[workload]]
name = "matmul"
tasks = 2
args = { n = 12 }
"#;

fn gilmatrix(folder: &Path, arguments: &[&str]) -> Output {
    crate::support::gilmatrix(folder, arguments).output().unwrap()
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("matrix.toml"), MATRIX).unwrap();
    folder
}

#[test]
fn two_shards_become_one_run() {
    let folder = place();
    let here = folder.path();
    for index in ["1", "2"] {
        let out = format!("shard-{index}");
        let output = gilmatrix(here, &["run", "--shard", &format!("{index}/2"), "--out", &out]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    // In whatever order they are named.
    let output = gilmatrix(here, &["merge", "shard-2", "shard-1", "--out", "whole"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));

    let whole = json(&here.join("whole/results.json"));
    let cells = whole["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 6);
    assert!(cells.iter().all(|cell| cell["outcome"] == "completed"), "{cells:?}");
    for index in 1..=2 {
        let part = json(&here.join(format!("shard-{index}/results.json")));
        for cell in part["cells"].as_array().unwrap().iter().filter(|cell| cell["outcome"] == "completed") {
            let same =
                |other: &&Value| other["workload"] == cell["workload"] && other["mode"] == cell["mode"];
            let merged = cells.iter().find(same).unwrap();
            for figure in ["speedup", "wall_ns", "total_ns", "cpu_ns"] {
                assert_eq!(merged[figure], cell[figure], "{figure} of {}", cell["mode"]);
            }
        }
    }
    let lines = std::fs::read_to_string(here.join("whole/records.jsonl")).unwrap();
    let ids: Vec<u64> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>(), "numbered through");
    assert_eq!(json(&here.join("whole/run.json"))["parts"].as_array().unwrap().len(), 2);
    assert_eq!(whole["parts"].as_array().unwrap().len(), 2, "what ran where");
    assert!(here.join("whole/report.html").is_file());

    for (runs, expected) in [
        (vec!["shard-1"], "shard 2/2 is missing"),
        (vec!["shard-1", "shard-1", "shard-2"], "are both shard 1/2"),
        (vec!["shard-1", "whole"], "is no shard"),
    ] {
        let args: Vec<&str> = ["merge"].into_iter().chain(runs).chain(["--out", "other"]).collect();
        let output = gilmatrix(here, &args);
        assert_eq!(output.status.code(), Some(6), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        assert!(!here.join("other").exists(), "nothing half-written stands");
    }

    // A machine that gave nothing is no success of the others.
    std::fs::write(here.join("shard-2/records.jsonl"), "").unwrap();
    let output = gilmatrix(here, &["merge", "shard-1", "shard-2", "--out", "half"]);
    assert_eq!(output.status.code(), Some(2), "a record that was lost: {}", stderr(&output));
    assert!(stderr(&output).contains("the record ends here, but invocations 1 to "), "{}", stderr(&output));
    assert!(!here.join("half/run.json").exists());
    let run = std::fs::read_to_string(here.join("shard-2/run.json")).unwrap();
    let mut run: serde_json::Value = serde_json::from_str(&run).unwrap();
    run["invocations"] = 0.into();
    std::fs::write(here.join("shard-2/run.json"), run.to_string()).unwrap();
    let output = gilmatrix(here, &["merge", "shard-1", "shard-2", "--out", "half"]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(stderr(&output).contains("nothing was measured in shard 2/2 (`shard-2`)"), "{}", stderr(&output));
    assert!(here.join("half/report.html").is_file(), "what the others gave is there");
}

#[test]
fn the_gates_of_all_shards_decide_together() {
    let folder = place();
    let here = folder.path();
    let script = |folder: &Path, name: &str, times: u32| {
        let text = format!("def work(n):\n    return sum(i * i for i in range(n * {times})) * 0\n");
        std::fs::write(folder.join(name), text).unwrap();
    };
    let matrix = "[run]\nbudget = \"40s\"\n[interpreters]\nuse = [\"3\"]\n[modes]\nuse = [\"single\"]\n\
        [[workload]]\nscript = \"one.py\"\nfunction = \"work\"\nname = \"one\"\ntasks = 1\nargs = { n = 5000 }\n\
        [[workload]]\nscript = \"two.py\"\nfunction = \"work\"\nname = \"two\"\ntasks = 1\nargs = { n = 5000 }\n";
    std::fs::create_dir(here.join("base")).unwrap();
    for folder in [here, &here.join("base")] {
        std::fs::write(folder.join("matrix.toml"), matrix).unwrap();
        script(folder, "one.py", 1);
        script(folder, "two.py", 1);
    }
    // The second shard's alone.
    let plan = gilmatrix(here, &["plan", "--shards", "2", "--format", "github"]);
    let line = String::from_utf8(plan.stdout).unwrap();
    let shards: Value = serde_json::from_str(line.strip_prefix("matrix=").unwrap()).unwrap();
    script(here, &format!("{}.py", shards["include"][1]["workloads"].as_str().unwrap()), 4);
    let codes = ["1/2", "2/2"].map(|shard| {
        let out = format!("shard-{}", &shard[..1]);
        let output = gilmatrix(here, &["run", "--shard", shard, "--against", "base", "--out", &out]);
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output))
    });
    assert_eq!([codes[0].0, codes[1].0], [Some(0), Some(1)], "{codes:?}");
    let output = gilmatrix(here, &["merge", "shard-1", "shard-2", "--out", "whole"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("1 slower; 2 cells compared"), "{said}");
}

#[test]
fn shards_are_foretold() {
    let folder = place();
    let output = gilmatrix(folder.path(), &["plan", "--shards", "2", "--format", "github"]);
    let line = String::from_utf8(output.stdout).unwrap();
    let shards: Value = serde_json::from_str(line.strip_prefix("matrix=").unwrap()).unwrap();
    let workloads: Vec<&str> =
        shards["include"].as_array().unwrap().iter().map(|it| it["workloads"].as_str().unwrap()).collect();
    assert_eq!(workloads, ["fib matmul", "sorting"]);

    let output = gilmatrix(folder.path(), &["plan", "--shards", "4"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("3 at most"), "{}", stderr(&output));
    let output = gilmatrix(folder.path(), &["run", "--shard", "3/2"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("expected one as `1/2`"), "{}", stderr(&output));

    let output = gilmatrix(folder.path(), &["plan", "--shards", "2", "--format", "slurm"]);
    let script = String::from_utf8(output.stdout).unwrap();
    assert!(
        script.contains("#SBATCH --array=1-2") && script.contains(" run matrix.toml --shard"),
        "{script}"
    );
    let path = folder.path().join("nightly.sh");
    std::fs::write(&path, script).unwrap();
    assert!(Command::new("sh").arg("-n").arg(&path).status().unwrap().success());
}
