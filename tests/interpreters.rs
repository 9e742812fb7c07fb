//! Asking for interpreters, against real ones: the pair that the test command installs.

#[path = "interpreters/support.rs"]
mod support;

mod bare_version {
    //! A bare version is the build with the GIL, even where the free-threaded one is all there is.

    use super::support::{Machine, code, stderr, stdout, unwrapped};

    fn matrix(names: &str, baseline: &str, missing: &str) -> String {
        format!(
            "[run]\nbudget = \"6s\"\nmax_rounds = 2\n[interpreters]\nuse = [{names}]\nbaseline = \"{baseline}\"\n\
             missing = \"{missing}\"\n[modes]\nuse = [\"single\"]\n[[workload]]\nname = \"fib\"\ntasks = 2\n\
             args = {{ n = 14 }}\n"
        )
    }

    const HINT: &str = "`3.13t` is here, ask for it by that name";

    #[test]
    fn as_the_baseline_or_where_nothing_may_miss_it_exits_3_with_the_hint() {
        let machine = Machine::with_only(&["3.13t"]);
        for matrix in
            [matrix("\"3.13\", \"3.13t\"", "3.13", "skip"), matrix("\"3.13t\", \"3.13\"", "3.13t", "fail")]
        {
            for command in ["plan", "run"] {
                let output = machine.run(&matrix, &[command]);
                assert_eq!(code(&output), 3, "{}", stderr(&output));
                let said = stderr(&output);
                assert!(
                    said.contains(HINT) && said.contains("the only 3.13 here is free-threaded"),
                    "{said}"
                );
            }
        }
        assert!(!machine.folder().join("reports").exists(), "nothing was measured, nothing stands");
    }

    #[test]
    fn otherwise_it_is_skipped_and_the_hint_shown_everywhere() {
        let machine = Machine::with_only(&["3.13t"]);
        let matrix = matrix("\"3.13t\", \"3.13\"", "3.13t", "skip");
        let plan = machine.run(&matrix, &["plan"]);
        assert_eq!(code(&plan), 0, "{}", stderr(&plan));
        assert!(stdout(&plan).contains(HINT), "{}", stdout(&plan));
        let run = machine.run(&matrix, &["run", "--out", "out"]);
        assert_eq!(code(&run), 0, "{}", stderr(&run));
        assert!(unwrapped(&stdout(&run)).contains(HINT), "{}", stdout(&run));
        for file in ["out/report.md", "out/results.json"] {
            let text = std::fs::read_to_string(machine.folder().join(file)).expect(file);
            assert!(text.contains(HINT), "{file}");
        }
        let skipped = machine.cell("out", "3.13", "plain");
        assert_eq!(skipped["outcome"], "skipped");
        assert!(skipped["reason"].as_str().is_some_and(|reason| reason.contains(HINT)), "{skipped}");
        assert_eq!(machine.cell("out", "3.13t", "plain")["outcome"], "completed");
    }
}

mod comparability {
    //! Builds that differ are never compared in silence.

    use super::support::{Machine, code, real, stderr};

    /// The pair with the same flags, and a 3.12 or older of another making.
    fn matrix(other: &str, comparability: &str) -> String {
        format!(
            "[run]\nbudget = \"8s\"\nmax_rounds = 2\n[interpreters]\nuse = [\"3.13\", \"3.13t\", \"{other}\"]\n\
             baseline = \"3.13\"\ncomparability = \"{comparability}\"\n[modes]\nuse = [\"single\"]\n[[workload]]\n\
             name = \"fib\"\ntasks = 2\nargs = {{ n = 14 }}\n"
        )
    }

    /// A build of other flags, made from the real one by a wrapper around its answers: its `sysconfig`
    /// says `-O0` and a debug build needs no compiler then.
    fn unoptimised(machine: &Machine) -> String {
        let script = machine.at("unoptimised");
        let text = format!(
            "#!{}\nimport os, sys\nargs = sys.argv[1:]\nfor at, arg in enumerate(args):\n    if arg == '-c':\n        \
             args[at + 1] = \"import sysconfig; sysconfig.get_config_vars()['PY_CORE_CFLAGS'] = '-O0'\\n\" + args[at + 1]\n\
             os.execv({1:?}, [{1:?}] + args)\n",
            real("3.13").display(),
            real("3.13")
        );
        std::fs::write(&script, text).expect("a script");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&script, mode).expect("executable");
        script.display().to_string()
    }

    #[test]
    fn a_difference_is_named_at_every_ratio_or_refused() {
        let machine = Machine::with_only(&["3.13", "3.13t"]);
        let other = unoptimised(&machine);
        let define = format!("[[interpreter]]\nname = \"slow\"\ncommand = [\"{other}\"]\n");
        let output = machine.run(&(matrix("slow", "warn") + &define), &["run", "--out", "out"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let difference = "`slow` with -O0";
        assert!(stderr(&output).contains(difference), "{}", stderr(&output));
        let slow = machine.cell("out", "slow", "plain");
        assert_eq!(slow["outcome"], "completed", "{slow}");
        assert!(slow["warnings"].to_string().contains(difference), "{slow}");
        let alike = machine.cell("out", "3.13t", "plain");
        assert!(!alike["warnings"].to_string().contains("built with"), "{alike}");
        let results = machine.json("out/results.json");
        assert!(results["warnings"].to_string().contains(difference), "{}", results["warnings"]);

        let strict = machine.run(&(matrix("slow", "strict") + &define), &["run", "--out", "strict"]);
        assert_eq!(code(&strict), 6, "{}", stderr(&strict));
        assert!(stderr(&strict).contains(difference), "{}", stderr(&strict));
        assert!(!machine.folder().join("strict").exists());
        let without = machine.run(&(matrix("slow", "strict") + &define), &["plan", "-P", "slow"]);
        assert_eq!(code(&without), 0, "the pair has the same flags: {}", stderr(&without));
    }
}

mod variants {
    //! Environments and options as an axis, proved by what the workers say.

    use super::support::{Machine, code, stderr};

    #[test]
    fn the_gil_of_one_free_threaded_build_is_switched_by_variable_and_by_option() {
        let machine = Machine::with_only(&["3.13", "3.13t"]);
        let matrix = r#"
[run]
budget = "20s"
max_rounds = 2
[interpreters]
use = ["3.13", "3.13t"]
[modes]
use = ["single"]
[[workload]]
name = "fib"
tasks = 2
args = { n = 14 }
[[variant]]
name = "gil-on"
env = { PYTHON_GIL = "1" }
[[variant]]
name = "gil-on-by-option"
xoptions = ["gil=1"]
[[variant]]
name = "gil-off"
xoptions = ["gil=0"]
[[variant]]
name = "later"
xoptions = ["tlbc=0"]
[[variant]]
name = "jit"
env = { PYTHON_JIT = "1" }
"#;
        let output = machine.run(matrix, &["run", "--out", "out"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        for (environment, enabled) in
            [("plain", false), ("gil-on", true), ("gil-on-by-option", true), ("gil-off", false)]
        {
            let cell = machine.cell("out", "3.13t", environment);
            assert_eq!(cell["outcome"], "completed", "{cell}");
            assert_eq!(cell["gil"]["enabled_after"], enabled, "{cell}");
            assert_eq!(cell["gil"]["build"], "free-threaded", "{cell}");
        }
        for (interpreter, environment, reason) in [
            ("3.13", "gil-on", "`PYTHON_GIL=1` changes nothing"),
            ("3.13", "gil-off", "is fatal to a build that can't do without the GIL"),
            ("3.13t", "later", "ignores `-X tlbc`, which came with 3.14"),
            ("3.13t", "jit", "needs a build with the JIT"),
        ] {
            let cell = machine.cell("out", interpreter, environment);
            assert_eq!(cell["outcome"], "skipped", "{cell}");
            assert!(cell["reason"].as_str().is_some_and(|said| said.contains(reason)), "{cell}");
        }
    }
}

mod packages {
    //! An isolated environment for each interpreter, through venv and pip; nothing is downloaded here.

    use super::support::{Machine, code, stderr, stdout};

    fn matrix(packages: &str, more: &str) -> String {
        format!(
            "[run]\nbudget = \"20s\"\nmax_rounds = 2\n[interpreters]\nuse = [\"3.13t\", \"3.13\"]\n\
             baseline = \"3.13t\"\n{more}[modes]\nuse = [\"single\"]\n[[workload]]\nname = \"fib\"\n\
             tasks = 2\nargs = {{ n = 14 }}\npackages = [\"{packages}\"]\n"
        )
    }

    /// Only the system's tools: no uv.
    fn run(machine: &Machine, matrix: &str, arguments: &[&str]) -> std::process::Output {
        std::fs::write(machine.folder().join("matrix.toml"), matrix).expect("matrix written");
        machine.command(arguments).env("PATH", "/usr/bin:/bin").output().expect("the binary starts")
    }

    #[test]
    fn an_environment_is_made_once_and_what_is_in_it_recorded() {
        let machine = Machine::with_only(&["3.13", "3.13t"]);
        let wheel = machine.wheel("3.13t", "pure", "pure");
        let matrix = matrix(&format!("./{wheel}"), "");

        let plan = run(&machine, &matrix, &["plan"]);
        assert_eq!(code(&plan), 0, "{}", stderr(&plan));
        assert!(stderr(&plan).contains("3.13t: `run` installs ./pure"), "{}", stderr(&plan));
        assert!(stdout(&plan).contains("cells: 2"), "{}", stdout(&plan));
        assert!(!machine.at("cache/environments").exists(), "a plan installs nothing");

        let offline = run(&machine, &matrix, &["plan", "--offline"]);
        assert!(stdout(&offline).contains("isn't in the cache, and `--offline`"), "{}", stdout(&offline));

        let first = run(&machine, &matrix, &["run", "--out", "first"]);
        assert_eq!(code(&first), 0, "{}", stderr(&first));
        assert!(stderr(&first).contains("3.13: installing"), "{}", stderr(&first));
        let info = machine.json("first/run.json");
        assert_eq!(info["packages"], serde_json::json!({"3.13": ["pure==1.0"], "3.13t": ["pure==1.0"]}));
        let records = std::fs::read_to_string(machine.folder().join("first/records.jsonl")).expect("records");
        let place = machine.at("cache/environments").display().to_string();
        assert!(records.lines().count() >= 4);
        assert!(records.lines().all(|line| line.contains(&place)), "every cell runs in its environment");
        for interpreter in ["3.13", "3.13t"] {
            assert_eq!(machine.cell("first", interpreter, "plain")["outcome"], "completed");
        }

        let second = run(&machine, &matrix, &["run", "--out", "second", "--offline"]);
        assert_eq!(code(&second), 0, "{}", stderr(&second));
        assert!(!stderr(&second).contains("installing"), "{}", stderr(&second));
    }

    #[test]
    fn an_import_that_switches_the_gil_on_is_a_mismatch_that_names_the_module() {
        let machine = Machine::with_only(&["3.13", "3.13t"]);
        let wheel = machine.wheel("3.13t", "gil", "gilback");
        let output = run(&machine, &matrix(&format!("./{wheel}"), ""), &["run", "--out", "out"]);
        assert_eq!(code(&output), 4, "{}", stderr(&output));
        let cell = machine.cell("out", "3.13t", "plain");
        assert_eq!(cell["outcome"], "gil_mismatch", "{cell}");
        assert!(cell["speedup"].is_null(), "{cell}");
        let reason = cell["reason"].as_str().expect("a reason");
        assert!(reason.contains("importing `gilback` switches it on"), "{reason}");
        // A wheel for another build is none for this one.
        let other = machine.cell("out", "3.13", "plain");
        assert_eq!(other["outcome"], "skipped", "{other}");
        let reason = other["reason"].as_str().expect("a reason");
        assert!(reason.contains("no wheels of") && reason.contains("3.13.5"), "{reason}");
        assert!(reason.contains("not a supported wheel"), "{reason}");

        let required = matrix(&format!("./{wheel}"), "missing = \"fail\"\n");
        let output = run(&machine, &required, &["run", "--out", "required"]);
        assert_eq!(code(&output), 3, "{}", stderr(&output));
        let broken: Vec<_> = std::fs::read_dir(machine.at("cache/environments"))
            .expect("environments")
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .collect();
        assert_eq!(broken.len(), 1, "what failed leaves nothing behind: {broken:?}");
    }
}
