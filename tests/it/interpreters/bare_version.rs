//! A bare version is the build with the GIL, even where the free-threaded one is all there is.

use crate::support::{Machine, code, stderr, stdout, unwrapped};

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
            assert!(said.contains(HINT) && said.contains("the only 3.13 here is free-threaded"), "{said}");
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

#[test]
fn what_the_filters_leave_out_is_not_required() {
    let machine = Machine::with_only(&["3.13t"]);
    let matrix = matrix("\"3.13t\", \"3.13\"", "3.13t", "fail");
    let output = machine.run(&matrix, &["plan", "-P", "3.13"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}
