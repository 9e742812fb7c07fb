//! `project = "."`: a real project, built by a real backend, installed for each interpreter that it takes.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{finding_only, told};

const PYPROJECT: &str = r#"
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"
[project]
name = "kept"
version = "1.2"
description = "for a test"
requires-python = ">=3.12"
"#;

const PACKAGE: &str =
    "import os\nPLACE = os.path.abspath(__file__)\ndef work(n):\n    return sum(range(n * 1000))\n";

/// The package lies beside the script, too: the installed one must be what runs.
const BENCH: &str = r#"
import kept


def work(n=5):
    assert "site-packages" in kept.PLACE, kept.PLACE
    return kept.work(n)
"#;

const MATRIX: &str = r#"
[run]
budget = "6s"
max_rounds = 2
[interpreters]
use = ["3.13", "3.11"]
baseline = "3.13"
[modes]
use = ["single", "mp"]
workers = [2]
[[workload]]
script = "bench.py"
function = "work"
project = "."
"#;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        std::fs::create_dir(place.path().join("kept")).expect("a folder");
        for (name, text) in [
            ("pyproject.toml", PYPROJECT),
            ("kept/__init__.py", PACKAGE),
            ("bench.py", BENCH),
            ("matrix.toml", MATRIX),
        ] {
            std::fs::write(place.path().join(name), text).expect(name);
        }
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn gilmatrix(&self, arguments: &[&str]) -> Output {
        let mut command = crate::support::gilmatrix(self.path(), arguments);
        // Hidden, so that it is no part of the project.
        command.env("GILMATRIX_CACHE", self.path().join(".cache"));
        finding_only(&mut command, &["3.13", "3.11"]);
        command.output().expect("the binary starts")
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let path = self.path().join(file);
        let text = std::fs::read_to_string(&path).expect(file);
        assert!(text.contains(old), "{file}");
        std::fs::write(path, text.replace(old, new)).expect(file);
    }
}

/// Wrapped lines on one.
fn flat(output: &Output) -> String {
    told(output).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn it_is_installed_where_its_python_fits_and_built_again_when_it_changes() {
    let place = Place::new();
    let offline = place.gilmatrix(&["plan", "--offline"]);
    assert!(flat(&offline).contains("the project kept` isn't in the cache"), "{}", told(&offline));

    let output = place.gilmatrix(&["run", "--out", "reports/one"]);
    if told(&output).contains("index can't be reached") {
        return;
    }
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(flat(&output).contains("`kept` requires Python >=3.12, this is 3.11"), "{}", told(&output));
    let text = std::fs::read_to_string(place.path().join("reports/one/run.json")).expect("run.json");
    let info: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(info["packages"], serde_json::json!({"3.13": ["kept==1.2"]}));
    let hash = info["matrix"]["workloads"][0]["project"]["sha256"].as_str().expect("a hash").to_owned();
    assert_eq!(hash.len(), 64);
    assert!(!place.path().join("build").exists(), "a build leaves nothing in the project");

    // Neither a run's directory nor a matrix makes it another project.
    place.replace("matrix.toml", "6s", "5s");
    let again = place.gilmatrix(&["run", "--offline", "--out", "reports/two", "-p", "3.13"]);
    assert_eq!(again.status.code(), Some(0), "{}", told(&again));
    assert!(!told(&again).contains("installing"), "{}", told(&again));

    place.replace("kept/__init__.py", "1000", "1001");
    let plan = place.gilmatrix(&["plan"]);
    assert!(told(&plan).contains("3.13: `run` installs the project kept"), "{}", told(&plan));

    place.replace("pyproject.toml", "version = \"1.2\"", "version = 12");
    let broken = place.gilmatrix(&["run", "--out", "reports/broken", "-p", "3.13"]);
    assert_ne!(broken.status.code(), Some(0), "{}", told(&broken));
    let said = flat(&broken);
    assert!(said.contains("`kept` can't be built for 3.13") && said.contains("version"), "{said}");

    let tried = place.gilmatrix(&["try", "bench.py:work", "--project", "kept", "-p", "3.13"]);
    assert_eq!(tried.status.code(), Some(2), "{}", told(&tried));
    assert!(flat(&tried).contains("it has no `pyproject.toml`"), "{}", told(&tried));
}

/// Only the package differs, the script that is held against the base doesn't.
#[test]
fn a_package_that_became_slower_is_found_in_the_bases_own_build() {
    let place = Place::new();
    place.replace("matrix.toml", "use = [\"3.13\", \"3.11\"]", "use = [\"3.13\"]");
    place.replace("matrix.toml", "use = [\"single\", \"mp\"]", "use = [\"single\"]");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(place.path()).args(["-c", "user.name=a", "-c", "user.email=a@b"]);
        let output = command.args(arguments).output().expect("git");
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "base"]);
    place.replace("kept/__init__.py", "n * 1000", "n * 4000");
    place.replace("kept/__init__.py", "sum(range(", "0 * sum(range(");
    git(&["commit", "-qam", "slower"]);
    let run = |against: &str, out: &str| {
        place.gilmatrix(&[
            "run",
            "--against",
            against,
            "--allow",
            "answers",
            "--budget",
            "120s",
            "--out",
            out,
        ])
    };
    let output = run("git:HEAD~1", "reports/slower");
    if told(&output).contains("index can't be reached") {
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("! slower"), "{}", told(&output));
    let text = std::fs::read_to_string(place.path().join("reports/slower/run.json")).expect("run.json");
    let info: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let environment = |value: &serde_json::Value| value["interpreters"][0]["environments"].clone();
    assert_ne!(environment(&info), environment(&info["against"]), "an environment of its own");

    // A stored run's environment may have been pruned since: then it can't be the base.
    place.replace("kept/__init__.py", "n * 4000", "n * 4001");
    let python = info["interpreters"][0]["environments"]["work"]["command"][0].as_str().expect("a path");
    let made = Path::new(python).ancestors().nth(2).expect("its folder");
    assert!(made.starts_with(place.path().join(".cache/environments")), "{}", made.display());
    std::fs::remove_dir_all(made).expect("removed");
    let pruned = run("run:reports/slower", "reports/pruned");
    assert_eq!(pruned.status.code(), Some(3), "{}", told(&pruned));
    assert!(flat(&pruned).contains("is no longer in the cache"), "{}", told(&pruned));

    // Another folder stands for the matrix's; one without the project would be blind.
    let empty = tempfile::tempdir().expect("a folder");
    std::fs::copy(place.path().join("bench.py"), empty.path().join("bench.py")).expect("copied");
    let blind = run(&empty.path().display().to_string(), "reports/blind");
    assert_eq!(blind.status.code(), Some(2), "{}", told(&blind));
    assert!(flat(&blind).contains("nothing of it would be compared"), "{}", told(&blind));
}

#[test]
fn a_folder_without_a_project_is_named_with_its_line() {
    let place = Place::new();
    place.replace("matrix.toml", "project = \".\"", "project = \"kept\"");
    let output = place.gilmatrix(&["plan"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    let said = told(&output);
    assert!(
        said.contains("the project `kept` can't be installed") && said.contains("matrix.toml:1"),
        "{said}"
    );
}
