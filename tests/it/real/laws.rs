//! What the runner checks from outside, whatever the code under test does.

use crate::support::{Place, code, stderr, stdout};

/// Time: a clock that is patched for one mode alone would make that mode look faster, or slower, than it is.
#[test]
fn a_changed_clock_is_no_measurement() {
    for (clock, name) in [("real() // 2", "slow"), ("real() * 2", "fast")] {
        let place = Place::new(
            "[run]\nbudget = \"6s\"\nmax_rounds = 2\n[interpreters]\nuse = [\"3.13\"]\n[modes]\nworkers = [2]\n\
             use = [\"single\", \"threads\"]\n[[workload]]\nscript = \"mine.py\"\nfunction = \"work\"\ntasks = 2\n",
        );
        let source = format!(
            "import sys, time\nif '\"threads\"' in open(sys.argv[2]).read():\n    real = time.perf_counter_ns\n    \
             time.perf_counter_ns = lambda: {clock}\ndef work():\n    return sum(n * n for n in range(100_000))\n"
        );
        std::fs::write(place.path().join("mine.py"), source).expect("mine.py");
        let output = place.run(&[]);
        assert_eq!(code(&output), 4, "{name}: {}", stderr(&output));
        let threads = place.cell("3.13", "threads", 2);
        assert_eq!(threads["outcome"], "clock_mismatch", "{name}: {threads}");
        assert!(threads["reason"].as_str().is_some_and(|it| it.contains("by the runner's")), "{threads}");
        assert!(threads["speedup"].is_null() && threads["speedup_self"].is_null(), "{threads}");
        assert_eq!(place.cell("3.13", "single", 1)["outcome"], "completed");
        assert!(stdout(&output).contains("wrong clock"), "{}", stdout(&output));
    }
}

/// A session's two threads get halves of two CPUs where its one loop gets half of one: with the GIL they are no faster
/// for that.
#[test]
fn beside_other_work_threads_under_the_gil_win_nothing() {
    let place = Place::new(
        "[run]\nbudget = \"8s\"\nprecision = 0.2\n[interpreters]\nuse = [\"3.13\"]\n[modes]\nworkers = [2]\n\
         use = [\"single\", \"threads\"]\n[[workload]]\nname = \"fib\"\nargs = { n = 20 }\n",
    );
    // Two for each of two CPUs; `timeout` ends them with itself.
    let spin = || {
        let mut program = std::process::Command::new("setsid");
        program.args(["timeout", "60", "nice", "-n", "19", "python3", "-c", "while True: pass"]);
        program.spawn().expect("setsid, of util-linux")
    };
    let others: Vec<_> = std::iter::repeat_with(spin).take(4).collect();
    let output = place.run(&[]);
    for mut other in others {
        let pid = i32::try_from(other.id()).expect("a pid");
        rustix::process::kill_process(
            rustix::process::Pid::from_raw(pid).expect("one"),
            rustix::process::Signal::TERM,
        )
        .expect("it is there");
        other.wait().expect("it ends");
    }
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let results = place.json("results.json");
    let ratios =
        [place.cell("3.13", "threads", 2)["speedup_self"].clone(), results["answers"][0]["gain"].clone()];
    for found in ratios.iter().filter(|it| it["ratio"].as_f64().is_some_and(|ratio| ratio > 1.1)) {
        assert!(found["ci95"][0].as_f64().is_some_and(|low| low <= 1.0), "{found} in {}", stdout(&output));
    }
    assert!(results["answers"][0]["doubts"].to_string().contains("busy_machine"), "{}", stdout(&output));
}

/// Work, and what is kept: each lie is called by its name, and what does its work in each call has none.
#[test]
fn lies_are_called_by_their_names() {
    let lies = [
        (
            "skips",
            "    if multiprocessing.parent_process(): return 4181\n    return fib(19)\n",
            "mp",
            "less_work",
        ),
        ("leaks", "    kept.append(bytearray(b'x') * 2_000_000)\n    return fib(19)\n", "threads", "grows"),
        (
            "slower",
            "    kept.append(0)\n    return sum(1 for _ in range(len(kept) * 20_000)) * 0\n",
            "single",
            "slows",
        ),
        (
            "later",
            "    threading.Thread(target=fib, args=(27,), daemon=True).start()\n    return 1\n",
            "single",
            "busy_between",
        ),
        ("rests", "    time.sleep(0.01)\n    return 1\n", "threads", "waits"),
    ];
    for (name, body, mode, kind) in lies {
        let results = measured(name, body);
        let cell = |cell: &&serde_json::Value| cell["mode"] == mode;
        let cells = results["cells"].as_array().expect("cells");
        let found = cells.iter().find(cell).expect("a cell");
        assert!(found["doubts"].to_string().contains(kind), "{name}: {}", found["doubts"]);
        assert!(found["speedup"].is_null(), "{name}: {found}");
        assert_ne!(results["answers"][0]["choose"]["mode"], mode, "{name}: {}", results["answers"][0]);
    }
    let honest = measured("honest", "    return fib(19)\n");
    for cell in honest["cells"].as_array().expect("cells") {
        assert_eq!(cell["doubts"], serde_json::json!([]), "{cell}");
    }
}

/// The results of a function with this body, in three modes.
fn measured(name: &str, body: &str) -> serde_json::Value {
    let place = Place::new(
        "[run]\nbudget = \"9s\"\n[interpreters]\nuse = [\"3.13\"]\n[modes]\nworkers = [2]\n\
         use = [\"single\", \"threads\", \"mp\"]\n[[workload]]\nscript = \"mine.py\"\nfunction = \"work\"\ntasks = 4\n",
    );
    let head = "import multiprocessing, threading, time\nkept = []\n\
                def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\ndef work():\n";
    std::fs::write(place.path().join("mine.py"), format!("{head}{body}")).expect("mine.py");
    let output = place.run(&[]);
    assert_eq!(code(&output), 0, "{name}: {}", stderr(&output));
    place.json("results.json")
}

/// Half of a run with the old packages, half with the new: no ratio is of either.
#[test]
fn packages_that_change_during_a_run_are_named() {
    let place = Place::new("");
    let venv = place.path().join("venv");
    let made =
        std::process::Command::new("python3").args(["-m", "venv", "--without-pip"]).arg(&venv).status();
    assert!(made.expect("python3 starts").success());
    let matrix = format!(
        "[run]\nbudget = \"4s\"\n[interpreters]\nuse = [\"own\"]\n[[interpreter]]\nname = \"own\"\n\
         command = [\"{}/bin/python\"]\n[modes]\nworkers = [2]\nuse = [\"single\", \"threads\"]\n[[workload]]\n\
         script = \"mine.py\"\nfunction = \"work\"\ntasks = 2\n",
        venv.display()
    );
    std::fs::write(place.path().join("matrix.toml"), matrix).expect("matrix.toml");
    let source = "import site\nwith open(site.getsitepackages()[0] + '/other.py', 'a') as file:\n    \
                  file.write('# newer\\n')\ndef work():\n    return sum(n * n for n in range(20_000))\n";
    std::fs::write(place.path().join("mine.py"), source).expect("mine.py");
    let output = place.run(&[]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for mode in [("single", 1), ("threads", 2)] {
        let cell = place.cell("own", mode.0, mode.1);
        let doubt = &cell["doubts"][0];
        assert_eq!(doubt["kind"], "changed_during_run", "{cell}");
        assert!(doubt["text"].as_str().is_some_and(|text| text.contains("site-packages")), "{doubt}");
    }
}
