//! What filters and `--quick` keep.

use super::*;

#[test]
fn filters_spare_what_ratios_need() {
    let mut setting = Setting::of(&["3.12", "3.13", "3.13t"]);
    setting.filters = Filters {
        interpreters: owned(&["3.13t"]),
        workloads: owned(&["fib"]),
        modes: owned(&["thr*"]),
        workers: vec![2],
        ..Filters::default()
    };
    let plan = setting.expand(SMALL).unwrap();
    assert_eq!(runs(&plan), ["3.13 fib single", "3.13t fib single", "3.13t fib threads×2"]);
    assert_eq!(plan.cells.len(), 3 * 2 * 7, "what is filtered stays in the plan");
    let reason = |line: &str| skipped(&plan, line).reason;
    assert_eq!(reason("3.13t matmul threads×2"), "the filters leave out workload `matmul`");
    assert_eq!(reason("3.12 fib single"), "the filters leave out interpreter `3.12`");
    assert_eq!(reason("3.13t fib mp×2 (fork)"), "the filters leave out mode `mp`");
    assert_eq!(reason("3.13t fib threads×4"), "the filters leave out 4 workers");
}

#[test]
fn filters_that_leave_out() {
    let mut setting = Setting::of(&["3.12", "3.13", "3.13t"]);
    setting.filters.not_interpreters = owned(&["3.1[23]"]);
    setting.filters.not_workloads = owned(&["fib"]);
    setting.filters.not_modes = owned(&["single", "mp"]);
    let plan = setting.expand(SMALL).unwrap();
    let expected = [
        "3.13 matmul single",
        "3.13t matmul single",
        "3.13t matmul threads",
        "3.13t matmul threads×2",
        "3.13t matmul threads×4",
    ];
    assert_eq!(runs(&plan), expected);
}

#[test]
fn filters_without_effect_are_mistakes() {
    let message = |filters: Filters| {
        let mut setting = Setting::of(&["3.13"]);
        setting.filters = filters;
        setting.expand(SMALL).unwrap_err().to_string()
    };
    assert_eq!(
        message(Filters { modes: owned(&["thread"]), ..Filters::default() }),
        "no mode matches `thread`; there are `single`, `threads`, `mp`; did you mean `threads`?"
    );
    assert_eq!(
        message(Filters { workers: vec![3], ..Filters::default() }),
        "no number of workers matches `3`; there are `1`, `2`, `4`"
    );
    assert_eq!(
        message(Filters { not_workloads: owned(&["*"]), ..Filters::default() }),
        "the filters leave no workload; give fewer of those that leave out"
    );
}

#[test]
fn quick_keeps_one_workload_and_one_number_of_workers() {
    let mut setting = Setting::of(&["3.12", "3.13", "3.13t"]);
    setting.quick = true;
    setting.effective_cpus = 3.5;
    let plan = setting.expand(SMALL).unwrap();
    let expected = ["single", "threads×2", "mp×2 (fork)"];
    // The baseline and what is free-threaded; 3.12 waits for a whole run.
    let expected: Vec<_> = ["3.13", "3.13t"]
        .iter()
        .flat_map(|name| expected.iter().map(move |rest| format!("{name} fib {rest}")))
        .collect();
    assert_eq!(runs(&plan), expected);
    let skip = skipped(&plan, "3.13 fib threads×4");
    assert_eq!(
        (skip.kind, skip.reason.as_str()),
        (SkipKind::Filtered, "`--quick` measures one number of workers, 2")
    );
    assert_eq!(
        skipped(&plan, "3.12 fib threads×2").reason,
        "`--quick` measures `3.13` and free-threaded builds"
    );
    assert_eq!(skipped(&plan, "3.13 matmul single").reason, "`--quick` measures one workload, `fib`");

    setting.filters.workloads = owned(&["matmul"]);
    setting.filters.workers = vec![4];
    let plan = setting.expand(SMALL).unwrap();
    assert!(runs(&plan).contains(&"3.13t matmul threads×4".to_owned()), "filters come before `--quick`");

    setting.filters = Filters { interpreters: owned(&["3.12"]), ..Filters::default() };
    let plan = setting.expand(SMALL).unwrap();
    assert!(runs(&plan).contains(&"3.12 fib threads×2".to_owned()), "who is named is measured");

    setting.filters = Filters::default();
    setting.effective_cpus = 0.5;
    let plan = setting.expand(SMALL).unwrap();
    assert!(runs(&plan).contains(&"3.13t fib threads".to_owned()), "else the smallest");
}
