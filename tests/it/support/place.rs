//! A folder with a matrix in it, and the binary run there.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{gilmatrix, repository};

/// Environment variable that marks what a test has started.
const TAG: &str = "GILMATRIX_TEST";

/// A folder of its own, gone with the test.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new(matrix: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("matrix.toml"), matrix).expect("matrix written");
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.path().join("out")
    }

    /// The command, ready to run in the folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = gilmatrix(self.path(), arguments);
        // Inherited by everything that it starts: `Place::processes` finds them by it.
        command.env(TAG, self.path());
        command
    }

    /// What is alive of all that was started from here, at whatever distance, zombies left out.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let tag = format!("{TAG}={}", self.path().display());
        let carries = |pid: &u32| {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|&byte| byte == 0).any(|variable| variable == tag.as_bytes())
        };
        all_processes().filter(carries).collect()
    }

    /// Named semaphores that its live processes have in use, as files of /dev/shm.
    pub(crate) fn semaphores(&self) -> std::collections::BTreeSet<PathBuf> {
        let maps = self
            .processes()
            .into_iter()
            .map(|pid| std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default());
        let lines: Vec<String> =
            maps.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
        let found = lines.iter().filter_map(|line| Some(&line[line.find("/dev/shm/sem.")?..]));
        found.filter(|path| !path.ends_with("(deleted)")).map(PathBuf::from).collect()
    }

    /// `gilmatrix run` into `out`.
    pub(crate) fn run(&self, more: &[&str]) -> Output {
        let mut arguments = vec!["run", "--out", "out", "--seed", "1"];
        arguments.extend(more);
        self.command(&arguments).output().expect("the binary starts")
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        let text =
            std::fs::read_to_string(self.out().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn records(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.out().join("records.jsonl")).unwrap_or_default();
        text.split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|line| serde_json::from_str(line).expect("a whole line is a record"))
            .collect()
    }

    /// The one cell that fits.
    pub(crate) fn cell(&self, interpreter: &str, mode: &str, workers: u64) -> Value {
        let results = self.json("results.json");
        let cells = results["cells"].as_array().expect("cells");
        let fits = |cell: &&Value| {
            cell["interpreter"] == interpreter && cell["mode"] == mode && cell["workers"] == workers
        };
        cells.iter().find(fits).unwrap_or_else(|| panic!("no cell {interpreter} {mode} {workers}")).clone()
    }
}

/// A small matrix: the real `python3` as baseline, and a fake one with this behaviour.
pub(crate) fn with_fake(behaviour: &str, more: &str) -> String {
    let script = repository("tests/it/fake/fake_interpreter.py");
    format!(
        r#"
[run]
budget = "12s"
max_rounds = 3
{more}
[interpreters]
use = ["real", "fake"]
baseline = "real"
[[interpreter]]
name = "real"
command = ["python3"]
[[interpreter]]
name = "fake"
command = ["python3", '{}', "{behaviour}", "python3"]
[modes]
use = ["single"]
[[workload]]
name = "fib"
tasks = 2
args = {{ n = 16 }}
"#,
        script.display()
    )
}

/// Processes whose command line holds this text.
pub(crate) fn alive(text: &str) -> Vec<u32> {
    let holds = |pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).replace('\0', " ").contains(text)
    };
    all_processes().filter(holds).collect()
}

fn all_processes() -> impl Iterator<Item = u32> {
    let own = std::process::id();
    let entries = std::fs::read_dir("/proc").expect("/proc");
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(move |&pid| pid != own)
}

/// Whether this comes true within a time that is generous on a busy machine.
pub(crate) fn eventually(mut true_now: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(30);
    while Instant::now() < deadline {
        if true_now() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true_now()
}
