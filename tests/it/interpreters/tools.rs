//! The real uv, the real mise and Debian's `PyPy`.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use serde_json::Value;

use crate::support::{Machine, code, real, repository, stderr, stdout};

/// One at a time: tests share what was downloaded.
static GETTING: Mutex<()> = Mutex::new(());

/// The folder of a tool's program.
fn get(tool: &str) -> PathBuf {
    let _one = GETTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let script = repository("tests/it/interpreters/get.sh");
    let output =
        Command::new(script).arg(tool).arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("tools")).output();
    let output = output.expect("the script starts");
    assert!(output.status.success(), "{tool} can't be had: {}", stderr(&output));
    PathBuf::from(stdout(&output).trim())
}

/// A home where uv, mise and pyenv keep what they keep, and nothing else is searched but the system.
struct Home {
    machine: Machine,
    path: String,
}

impl Home {
    fn with(tools: &[PathBuf]) -> Self {
        let folders = tools.iter().map(|folder| folder.display().to_string());
        let path = folders.chain(["/usr/bin".to_owned(), "/bin".to_owned()]).collect::<Vec<_>>().join(":");
        Self { machine: Machine::with_only(&[]), path }
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = match program {
            "gilmatrix" => self.machine.command(arguments),
            other => {
                let mut command = Command::new(other);
                command.args(arguments);
                command
            }
        };
        for (name, _) in std::env::vars() {
            if ["UV_", "MISE_", "PYENV_", "XDG_"].iter().any(|start| name.starts_with(start)) {
                command.env_remove(name);
            }
        }
        command.env("HOME", self.machine.at("home")).env("PATH", &self.path).env("MISE_YES", "1");
        command.env("PYENV_ROOT", self.machine.at("home/.pyenv")).env_remove("GILMATRIX_SEARCH_PATH");
        // Nobody answers there, here or on a machine with a network.
        for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
            command.env(proxy, "http://127.0.0.1:9");
        }
        command.env("UV_HTTP_RETRIES", "0").env_remove("NO_PROXY").env_remove("no_proxy");
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        self.command(program, arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"))
    }

    /// A build under the name that a tool gives it.
    fn keep(&self, request: &str, under: &str) {
        let prefix = real(request).ancestors().nth(2).expect("a prefix").to_owned();
        let place = self.machine.at("home").join(under);
        std::fs::create_dir_all(place.parent().expect("a parent")).expect("a folder");
        symlink(prefix, place).expect("a link");
    }
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}

#[test]
fn what_uv_mise_and_pyenv_share_counts_once() {
    let home = Home::with(&[get("uv"), get("mise")]);
    home.keep("3.13", ".pyenv/versions/3.13.5");
    home.keep("3.13t", ".pyenv/versions/3.13.5t");
    home.keep("3.13t", ".local/share/uv/python/cpython-3.13.5+freethreaded-linux-x86_64-gnu");
    let synced = home.run("mise", &["sync", "python", "--pyenv"]);
    assert!(synced.status.success(), "{}", stderr(&synced));
    let venv = home.machine.at("home/venv").display().to_string();
    let made =
        home.run("uv", &["venv", "--no-project", "--python", &real("3.13t").display().to_string(), &venv]);
    assert!(made.status.success(), "{}", stderr(&made));
    let home = Home { path: format!("{venv}/bin:{}", home.path), ..home };

    let output = home.run("gilmatrix", &["pythons", "3.13", "3.13t", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let answer = json(&output);
    let all = answer["interpreters"].as_array().expect("interpreters");
    for (request, provider, alias) in [
        ("3.13", "pyenv", "mise/installs/python/3.13.5/bin"),
        ("3.13t", "uv", "mise/installs/python/latest/bin"),
        ("3.13t", "uv", "home/venv/bin"),
    ] {
        let same: Vec<&Value> = all.iter().filter(|one| one["request"] == request).collect();
        assert_eq!(same.len(), 1, "{request}: {same:?}");
        assert_eq!(same[0]["provider"], provider, "{}", same[0]);
        assert!(same[0]["aliases"].to_string().contains(alias), "{alias} in {}", same[0]);
    }
    let free = &answer["resolved"][1];
    assert_eq!(free["facts"]["py_gil_disabled"], true, "{free}");
    assert_eq!(free["facts"]["virtual_env"], false, "the interpreter, not an environment of it: {free}");
}

#[test]
fn each_provider_says_why_it_could_not_serve() {
    let home = Home::with(&[get("uv"), get("mise")]);
    let arguments = ["install", "3.14t", "--provider", "uv,mise,pyenv", "--format", "json"];
    let output = home.run("gilmatrix", &arguments);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    let answer = json(&output);
    let refusals = answer[0]["refusals"].as_array().expect("refusals");
    let order: Vec<&str> = refusals.iter().filter_map(|one| one["provider"].as_str()).collect();
    assert_eq!(order, ["uv", "mise", "pyenv"]);
    let reason = |at: usize| refusals[at]["reason"].as_str().unwrap_or_default();
    assert!(reason(0).contains("Failed to download"), "{}", reason(0));
    assert!(reason(1).contains("python@3.14t") && !reason(1).contains('█'), "{}", reason(1));
    assert_eq!(reason(2), "it is not on PATH");
    // Told while it went on, in the same words.
    assert!(stderr(&output).contains("3.14t: mise can't serve"), "{}", stderr(&output));
    let debug = home.run("gilmatrix", &["install", "3.13td", "--provider", "mise"]);
    assert!(stdout(&debug).contains("mise: it has no debug builds"), "{}", stdout(&debug));
}

#[test]
fn packages_come_through_uv_where_it_is() {
    let machine = Machine::with_only(&["3.13t"]);
    let wheel = machine.wheel("3.13t", "pure", "pure");
    let matrix = format!(
        "[run]\nbudget = \"5s\"\nmax_rounds = 1\n[interpreters]\nuse = [\"3.13t\"]\n[modes]\nuse = [\"single\"]\n\
         [[workload]]\nname = \"fib\"\ntasks = 2\nargs = {{ n = 14 }}\npackages = [\"./{wheel}\"]\n"
    );
    std::fs::write(machine.folder().join("matrix.toml"), matrix).expect("matrix written");
    let path = format!("{}:/usr/bin:/bin", get("uv").display());
    let output = machine.command(&["run", "--out", "out"]).env("PATH", path).output().expect("it starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let place = std::fs::read_dir(machine.at("cache/environments")).expect("environments");
    let marker = place.flatten().map(|it| it.path().join("gilmatrix.json")).find(|marker| marker.is_file());
    let marker = std::fs::read_to_string(marker.expect("a marker")).expect("read");
    assert!(marker.contains("\"installer\": \"uv\"") && marker.contains("pure==1.0"), "{marker}");
    assert_eq!(machine.cell("out", "3.13t", "plain")["outcome"], "completed");
}

#[test]
fn pypy_is_found_and_measured_beside_cpython() {
    let machine = Machine::with_only(&["3.13"]);
    let programs = get("pypy");
    machine.add("pypy3", &programs.join("pypy3"));
    let matrix = "[run]\nbudget = \"10s\"\nmax_rounds = 2\n[interpreters]\nuse = [\"3.13\", \"pypy\"]\n\
         [modes]\nuse = [\"single\"]\n[[workload]]\nname = \"fib\"\ntasks = 2\nargs = { n = 14 }\n";
    std::fs::write(machine.folder().join("matrix.toml"), matrix).expect("matrix written");
    let mut command = machine.command(&["run", "--out", "out"]);
    let output = command.env("LD_LIBRARY_PATH", programs.join("../lib")).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let cell = machine.cell("out", "pypy", "plain");
    assert_eq!(cell["outcome"], "completed", "{cell}");
    let info = machine.json("out/run.json");
    assert_eq!(info["interpreters"][1]["facts"]["implementation"], "pypy");
    assert!(
        !cell["warnings"].to_string().contains("built with"),
        "differing in everything is its point: {cell}"
    );
}

/// Whose `sitecustomize` prints what looks like an answer, at every start.
#[test]
fn a_virtual_environment_that_prints_is_measured_as_itself() {
    let machine = Machine::with_only(&["3.13t"]);
    let venv = machine.folder().join("venv");
    let made = Command::new(real("3.13t")).args(["-m", "venv", "--without-pip"]).arg(&venv).output();
    assert!(made.expect("Python starts").status.success());
    let site = std::fs::read_dir(venv.join("lib")).expect("lib").flatten().next().expect("a folder").path();
    let text = "print('{\"k\": \"value\", \"ns\": 1}', flush=True)\n";
    std::fs::write(site.join("site-packages/sitecustomize.py"), text).expect("written");
    let matrix = "[run]\nbudget = \"10s\"\nmax_rounds = 2\n[interpreters]\nuse = [\"3.13t\", \"./venv\"]\n\
         [modes]\nuse = [\"single\"]\n[[workload]]\nname = \"fib\"\ntasks = 2\nargs = { n = 14 }\n";
    let output = machine.run(matrix, &["run", "--out", "out"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let cell = machine.cell("out", "./venv", "plain");
    assert_eq!(cell["outcome"], "completed", "{cell}");
    assert_eq!(cell["gil"]["enabled_after"], false, "{cell}");
    let records = std::fs::read_to_string(machine.folder().join("out/records.jsonl")).expect("records");
    let own = records.lines().filter(|line| line.contains("venv/bin/python"));
    assert!(
        own.clone().count() > 0 && own.clone().all(|line| line.contains("\\\"ns\\\": 1")),
        "it did print"
    );
}
