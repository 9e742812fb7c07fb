//! Environments and options as an axis, proved by what the workers say.

use crate::support::{Machine, code, stderr};

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
