//! The batch script of `plan --format slurm`, run with a stand-in for Slurm, and the options that shards are given.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const MATRIX: &str = r#"
[run]
budget = "2h"
[interpreters]
use = ["3"]
[modes]
use = ["single", "threads"]
workers = [1, 2]
[[workload]]
name = "fib"
[[workload]]
name = "sorting"
"#;

use crate::support::PROGRAM;

fn gilmatrix(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(PROGRAM).current_dir(folder).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn script(path: &Path, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn shards_measure_what_was_planned() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("it's mine.toml"), MATRIX).unwrap();
    let options = ["it's mine.toml", "-w", "f*", "-M", "threads", "--budget", "5m", "--offline"];
    let plan = |more: &[&str]| gilmatrix(folder.path(), &[&["plan"], &options[..], more].concat());
    let github = plan(&["--shards", "1", "--format", "github"]);
    let shards: Value = serde_json::from_str(github.strip_prefix("matrix=").unwrap()).unwrap();
    let arguments = shards["include"][0]["arguments"].as_str().unwrap();
    // A shell takes them apart, and they plan the same cells within the same budget.
    let command = format!("\"$0\" plan {arguments} --format json");
    let output =
        Command::new("sh").current_dir(folder.path()).args(["-c", &command, PROGRAM]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), plan(&["--format", "json"]), "{command}");
    let slurm = plan(&["--shards", "1", "--format", "slurm"]);
    assert!(slurm.contains(&format!(" run {arguments} --shard ")), "{slurm}");
    assert!(slurm.contains("#SBATCH --time=35\n"), "{slurm}");
}

#[test]
fn a_node_is_asked_for_as_long_as_the_matrix_may_take() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("matrix.toml"), MATRIX).unwrap();
    let slurm = gilmatrix(folder.path(), &["plan", "--shards", "2", "--format", "slurm"]);
    assert!(slurm.contains("#SBATCH --time=150\n"), "{slurm}");
}

/// Runs the first task of the array; what sbatch and gilmatrix were called with, a word a line.
fn first_task(folder: &Path, sbatch_ends: i32) -> (Output, String, String) {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).unwrap();
    let noted = |name: &str, code: i32| {
        script(&bin.join(name), &format!("printf '%s\\n' \"$@\" >> \"$NOTES/{name}\"; exit {code}"));
    };
    noted("sbatch", sbatch_ends);
    noted("gilmatrix", 0);
    for name in ["sbatch", "gilmatrix"] {
        fs::write(folder.join(name), "").unwrap();
    }
    let path = std::env::join_paths([&bin, Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
    let output = Command::new(folder.join("my nightly.sh"))
        .current_dir(folder)
        .arg("--seed=1")
        .envs([("SLURM_ARRAY_JOB_ID", "7"), ("SLURM_ARRAY_TASK_ID", "1"), ("SLURM_JOB_ID", "8")])
        .env("PATH", path)
        .env("NOTES", folder)
        .env_remove("GILMATRIX")
        .output()
        .unwrap();
    let noted = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    (output, noted("sbatch"), noted("gilmatrix"))
}

#[test]
fn a_task_measures_whatever_becomes_of_the_merge_and_submits_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("matrix.toml"), MATRIX).unwrap();
    let text = gilmatrix(folder, &["plan", "--shards", "2", "--format", "slurm"]);
    let path = folder.join("my nightly.sh");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let measured = "run\nmatrix.toml\n--shard\n1/2\n--out\nreports/slurm-7/shard-1\n--seed=1\n";

    // Where nodes may not submit.
    let (output, _, run) = first_task(folder, 1);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), run.as_str()), (Some(0), measured), "{said}");
    let by_hand = "merge by hand: gilmatrix merge reports/slurm-7/shard-* --out reports/slurm-7";
    assert!(said.contains(by_hand), "{said}");

    let (output, submitted, run) = first_task(folder, 0);
    assert_eq!((output.status.code(), run.as_str()), (Some(0), measured));
    let end = format!("{}\n--merge\n7\n", path.display());
    assert!(submitted.starts_with("--dependency=afterany:7\n--array=0\n"), "{submitted}");
    assert!(submitted.ends_with(&end), "a path with a space stays whole: {submitted}");

    // Queued again: one merge is enough, and the run goes on.
    fs::create_dir_all(folder.join("reports/slurm-7/shard-1")).unwrap();
    fs::write(folder.join("reports/slurm-7/shard-1/run.json"), "{}").unwrap();
    let (output, submitted, run) = first_task(folder, 0);
    assert_eq!((output.status.code(), submitted.as_str()), (Some(0), ""));
    assert_eq!(run, "run\n--resume\nreports/slurm-7/shard-1\n");
}
