//! What the runner checks from outside, whatever the code under test does.

use crate::support::{Place, code, stderr, stdout};

/// Time: a clock that is patched for one mode alone would make that mode look faster, or slower, than it is.
#[test]
fn a_changed_clock_is_no_measurement() {
    for (clock, name) in [("real() // 2", "slow"), ("real() * 2", "fast")] {
        let place = Place::new(
            "[run]\nbudget = \"12s\"\nmax_rounds = 2\n[interpreters]\nuse = [\"3.13\"]\n[modes]\nworkers = [2]\n\
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
