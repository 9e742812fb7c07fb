//! A folder with a matrix in it, and the binary run there.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A folder of its own, gone with the test.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new(matrix: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("matrix.toml"), matrix).expect("matrix written");
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn out(&self) -> PathBuf {
        self.path().join("out")
    }

    /// The command, ready to run in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gilmatrix"));
        command.current_dir(self.path()).args(arguments).stdin(Stdio::null());
        command.env("NO_COLOR", "1");
        command
    }

    /// `gilmatrix run` into `out`.
    pub fn run(&self, more: &[&str]) -> Output {
        let mut arguments = vec!["run", "--out", "out", "--seed", "1"];
        arguments.extend(more);
        self.command(&arguments).output().expect("the binary starts")
    }

    pub fn json(&self, name: &str) -> Value {
        let text =
            std::fs::read_to_string(self.out().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn records(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.out().join("records.jsonl")).expect("records");
        text.split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
            .map(|line| serde_json::from_str(line).expect("a whole line is a record"))
            .collect()
    }

    /// The one cell that fits.
    pub fn cell(&self, interpreter: &str, mode: &str, workers: u64) -> Value {
        let results = self.json("results.json");
        let cells = results["cells"].as_array().expect("cells");
        let fits = |cell: &&Value| {
            cell["interpreter"] == interpreter && cell["mode"] == mode && cell["workers"] == workers
        };
        cells.iter().find(fits).unwrap_or_else(|| panic!("no cell {interpreter} {mode} {workers}")).clone()
    }
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A small matrix: the real `python3` as baseline, and a fake one with this behaviour.
pub fn with_fake(behaviour: &str, more: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/fake_interpreter.py");
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
pub fn alive(text: &str) -> Vec<u32> {
    let own = std::process::id();
    let entries = std::fs::read_dir("/proc").expect("/proc");
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|&pid| pid != own)
        .filter(|pid| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).replace('\0', " ").contains(text)
        })
        .collect()
}
