//! `gilmatrix profile`: with a real py-spy, and with false ones that fail in the ways that it can.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{PROGRAM, code, finding_only, stderr, stdout};

const MATRIX: &str = r#"
[interpreters]
use = ["3.13"]
[modes]
use = ["single", "threads"]
workers = [2]
[[workload]]
script = "mine.py"
function = "recognisable"
tasks = 4
"#;

const MINE: &str = "
def recognisable():
    total = 0
    for i in range(200_000):
        total += i * i % 7
    return total
";

struct Place(tempfile::TempDir);

impl Place {
    /// `py_spy`: a shell script that is called so; without one, PATH has none.
    fn new(py_spy: Option<&str>) -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        std::fs::write(place.path().join("matrix.toml"), MATRIX).expect("the matrix");
        std::fs::write(place.path().join("mine.py"), MINE).expect("the script");
        let programs = place.path().join("bin");
        std::fs::create_dir(&programs).expect("a folder");
        if let Some(script) = py_spy {
            let file = programs.join("py-spy");
            std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("a script");
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("executable");
        }
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        let path = std::env::var("PATH").unwrap_or_default();
        command.current_dir(self.path()).arg("profile").args(arguments).stdin(Stdio::null());
        command.env("PATH", format!("{}:{path}", self.path().join("bin").display()));
        command.env("NO_COLOR", "1").env("GILMATRIX_CACHE", self.path().join("cache"));
        finding_only(&mut command, &["3.13"]);
        command
    }

    fn profile(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary starts")
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

/// Whether the kernel lets a process look into one that it hasn't started.
fn may_look() -> bool {
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    rustix::process::geteuid().is_root() || matches!(scope.trim(), "" | "0")
}

#[test]
fn a_real_py_spy_names_the_function_and_who_holds_the_gil() {
    let place = Place::new(None);
    let output = place.profile(&["-m", "threads", "--duration", "2s", "--out", "mine.svg"]);
    let said = stderr(&output);
    if said.contains("the package index can't be reached") {
        assert_eq!(code(&output), 3, "{said}");
        return;
    }
    if !may_look() {
        assert_eq!(code(&output), 5, "{said}");
        assert!(said.contains("ptrace_scope"), "{said}");
        return;
    }
    assert_eq!(code(&output), 0, "{said}");
    for name in ["mine.svg", "mine-gil.svg"] {
        let svg = place.read(name);
        assert!(svg.contains("<svg") && svg.contains("recognisable (mine.py:"), "{name}");
    }
    let text = stdout(&output);
    assert!(text.contains("mine-gil.svg: holding the GIL\n") && text.contains("the GIL is held"), "{text}");
    assert!(text.matches("ThreadPoolExecutor").count() >= 3, "{text}");
}

#[test]
fn what_it_cannot_do_is_said_with_what_to_do_instead() {
    for (script, expected_code, expected) in [
        ("echo 'Permission Denied: try again with elevated permissions' >&2; exit 1", 5, "sudo setcap"),
        ("echo 'Error: Failed to find python version from target process' >&2; exit 1", 3, "a newer one may"),
        (
            "echo 'Error: something else' >&2; echo 'Stack backtrace:' >&2; exit 1",
            5,
            "py-spy failed: Error: something else",
        ),
        ("exit 3", 5, "it printed nothing"),
    ] {
        let place = Place::new(Some(script));
        let output = place.profile(&["-m", "single", "--duration", "1s"]);
        assert_eq!(code(&output), expected_code, "{script}: {}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{script}: {}", stderr(&output));
        let left = std::fs::read_dir(place.path()).expect("the folder").flatten();
        let graphs = left.filter(|it| it.file_name().to_string_lossy().starts_with("flame")).count();
        assert_eq!(graphs, 0, "{script}");
    }
    let offline = Place::new(None).profile(&["-m", "single", "--offline"]);
    // A py-spy of the machine's own is as good.
    if which::which("py-spy").is_err() {
        assert_eq!(code(&offline), 3, "{}", stderr(&offline));
        assert!(stderr(&offline).contains("`--offline` asks nobody"), "{}", stderr(&offline));
    }
}

#[test]
fn exactly_one_cell_is_looked_at() {
    let place = Place::new(Some("exit 1"));
    let output = place.profile(&[]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("2 cells fit") && said.contains("-p 3.13 -w recognisable -m threads"), "{said}");
    let output = place.profile(&["-m", "thread"]);
    assert!(code(&output) == 2 && stderr(&output).contains("did you mean `threads`"), "{}", stderr(&output));
}

#[test]
fn the_graph_goes_beside_the_charts_of_a_run() {
    // Writes what it was told to write, as py-spy would.
    let script = r#"
for word in "$@"; do last="$file"; file="$word"; [ "$last" = --output ] && target="$word"; done
sleep 0.2
echo '<svg><title>thread (7): worker (50 samples, 100%)</title></svg>' > "$target"
"#;
    let place = Place::new(Some(script));
    let mut run = Command::new(PROGRAM);
    run.current_dir(place.path()).args(["run", "--budget", "3s", "--out", "r/one", "--format", "json"]);
    let done = run.stdin(Stdio::null()).output().expect("the binary starts");
    assert!(place.path().join("r/one/run.json").is_file(), "{}", stderr(&done));
    let records = place.read("r/one/records.jsonl");
    let output = place.profile(&["--run", "r/one", "-m", "single", "--duration", "1s"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let name = "r/one/charts/flame-3.13-recognisable-single-1";
    for end in [".svg", "-gil.svg"] {
        assert!(place.read(&format!("{name}{end}")).contains("worker"));
    }
    assert!(stdout(&output).contains("50 %  worker (7)"), "{}", stdout(&output));
    assert_eq!(records, place.read("r/one/records.jsonl"), "a look is never recorded");
}

#[test]
fn an_interrupted_look_leaves_nothing_alive() {
    let place = Place::new(Some("exec sleep 4321"));
    let mut child = place
        .command(&["-m", "threads", "--duration", "50s"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let own = |pid: u32| children(pid).iter().any(|child| line(*child).contains("sleep 4321"));
    let begin = Instant::now();
    while !own(child.id()) && begin.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let below = children(child.id());
    assert!(below.len() >= 2, "the cell and its profiler: {below:?}");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("a signal");
    assert_eq!(child.wait().expect("its end").code(), Some(130));
    for pid in below {
        assert!(line(pid).is_empty(), "{pid} is still there: {}", line(pid));
    }
}

fn children(pid: u32) -> Vec<u32> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

fn line(pid: u32) -> String {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).replace('\0', " ")
}
