//! A machine of its own: only the interpreters that a test gives it, an empty home and an empty cache.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::{PROGRAM, gilmatrix, repository, stderr, stdout};

pub(crate) struct Machine {
    dir: tempfile::TempDir,
}

impl Machine {
    /// `requests` are answered by what is really here.
    pub(crate) fn with_only(requests: &[&str]) -> Self {
        let machine = Self { dir: tempfile::tempdir().expect("a temporary folder") };
        for folder in ["home", "cache", "bin", "work"] {
            std::fs::create_dir(machine.at(folder)).expect("a folder");
        }
        for request in requests {
            machine.add(&format!("python{request}"), &real(request));
        }
        machine
    }

    pub(crate) fn at(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    /// Where matrices lie and runs go.
    pub(crate) fn folder(&self) -> PathBuf {
        self.at("work")
    }

    /// Puts one more executable where it is found.
    pub(crate) fn add(&self, name: &str, leads_to: &Path) {
        symlink(leads_to, self.at("bin").join(name)).expect("a link");
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = gilmatrix(&self.folder(), arguments);
        command.env("HOME", self.at("home")).env("GILMATRIX_CACHE", self.at("cache"));
        command.env("GILMATRIX_SEARCH_PATH", self.at("bin"));
        command
    }

    /// With this matrix as `matrix.toml`.
    pub(crate) fn run(&self, matrix: &str, arguments: &[&str]) -> Output {
        std::fs::write(self.folder().join("matrix.toml"), matrix).expect("matrix written");
        self.command(arguments).output().expect("the binary starts")
    }

    pub(crate) fn json(&self, file: &str) -> Value {
        let text = std::fs::read_to_string(self.folder().join(file))
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// The one cell of a run in mode `single` that fits.
    pub(crate) fn cell(&self, run: &str, interpreter: &str, environment: &str) -> Value {
        let results = self.json(&format!("{run}/results.json"));
        let cells = results["cells"].as_array().expect("cells");
        let fits = |cell: &&Value| {
            cell["interpreter"] == interpreter
                && cell["environment"] == environment
                && cell["mode"] == "single"
        };
        cells.iter().find(fits).unwrap_or_else(|| panic!("no cell {interpreter} {environment}")).clone()
    }

    /// A wheel for an interpreter, in the folder of the matrix; gives its name. `make_wheel.py` says what kinds there
    /// are.
    pub(crate) fn wheel(&self, request: &str, kind: &str, name: &str) -> String {
        let script = repository("tests/it/interpreters/make_wheel.py");
        let mut command = Command::new(real(request));
        let output =
            command.arg(script).arg(self.folder()).args([kind, name]).output().expect("Python starts");
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output).trim().to_owned()
    }
}

/// Makes the interpreters that answer these requests on the real machine the only ones that a command finds, whatever
/// cache it has.
pub(crate) fn finding_only(command: &mut Command, requests: &[&str]) {
    let folders = requests.iter().map(|request| real(request).parent().expect("a folder").to_owned());
    let path = std::env::join_paths(folders).expect("folders without a colon");
    command.env("GILMATRIX_SEARCH_PATH", path);
}

/// The executable that answers a request on the real machine.
pub(crate) fn real(request: &str) -> PathBuf {
    let mut command = Command::new(PROGRAM);
    let output = command.args(["pythons", request, "--format", "json"]).output().expect("the binary starts");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let path = answer["resolved"][0]["command"][0].as_str();
    PathBuf::from(path.unwrap_or_else(|| panic!("`{request}` isn't here; `scripts/test.sh` gets it")))
}
