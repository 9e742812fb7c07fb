use super::*;
use crate::plan::PlannedCell;
use crate::record::{Outcome, Phases, RECORDS_SCHEMA, Value};

fn threads(workers: u32) -> Cell {
    Cell { mode: "threads".to_owned(), workers, ..Cell::single("3.13t", "fib") }
}

fn progress() -> Progress {
    let cells = [Cell::single("3.13", "fib"), Cell::single("3.13t", "fib"), threads(2), threads(4)];
    let planned = cells.map(|cell| PlannedCell { cell, skipped: None, oversubscribed: false });
    Progress::new(&planned, "3.13", 0.05, |_| false)
}

fn record(id: u64, kind: InvocationKind, round: u32, block: Option<u64>, cell: Cell) -> Invocation {
    let value = |sweep: u32| Value {
        ns: 100 + id,
        block,
        sweep,
        seq: sweep,
        start_ns: id * 1000 + 300,
        warmup: sweep == 0,
        concurrent: 1,
        checksum: "c".to_owned(),
        cpu_ns: None,
        loop_lag_ns: None,
        repeats: 1,
        total_ns: None,
        loop_lag_p99_ns: None,
        beats: None,
        workers_cpu_ns: None,
        run_delay_ns: None,
        harness_ns: None,
        after: None,
    };
    let mut record: Invocation = serde_json::from_value(serde_json::json!({
        "schema": RECORDS_SCHEMA, "id": id, "kind": "solo", "round": round, "block": block, "cell": cell,
        "command": [], "pid": 1, "started_unix_ns": 0, "started_ns": id * 1000, "outcome": "completed",
        "phases_ns": {}, "values": [], "workers": [], "stdout_tail": "", "stderr_tail": "", "warnings": []
    }))
    .unwrap();
    record.kind = kind;
    record.outcome = Outcome::Completed;
    record.phases_ns = Phases { start: Some(10), teardown: Some(50), ..Phases::default() };
    record.values = (0..4).map(value).collect();
    record
}

fn block(first: u64, round: u32, number: u64, cells: &[Cell]) -> Vec<Invocation> {
    let of = |(index, cell): (usize, &Cell)| {
        record(first + index as u64, InvocationKind::Block, round, Some(number), cell.clone())
    };
    cells.iter().enumerate().map(of).collect()
}

#[test]
fn numbers_and_time_go_on_where_they_stood() {
    let mut progress = progress();
    let mut records = vec![record(1, InvocationKind::Solo, 1, None, Cell::single("3.13", "fib"))];
    records.extend(block(2, 2, 1, &[Cell::single("3.13", "fib"), Cell::single("3.13t", "fib"), threads(2)]));
    records.extend(block(5, 2, 2, &[Cell::single("3.13", "fib"), Cell::single("3.13t", "fib"), threads(2)]));
    let past = ResumeState::read(records.into_iter().map(Ok), &mut progress).unwrap();
    assert_eq!((past.invocations, past.last_id, past.last_block, past.round), (7, 7, 2, 2));
    assert_eq!(past.spent_ns, 7000 + 300 + 107 + 50);
    let known = progress.get(&threads(2)).unwrap();
    assert_eq!((known.over_baseline.pairs(), known.over_own.pairs()), (2, 2));
    assert_eq!(progress.get(&Cell::single("3.13", "fib")).unwrap().solos, 1);
}

#[test]
fn what_the_broken_off_round_has_measured_is_not_measured_twice() {
    let mut progress = progress();
    let bases = [Cell::single("3.13", "fib"), Cell::single("3.13t", "fib")];
    let mut records = block(1, 1, 1, &[bases[0].clone(), bases[1].clone(), threads(4)]);
    records.extend(block(4, 2, 2, &[bases[0].clone(), bases[1].clone(), threads(2)]));
    records.push(record(7, InvocationKind::Solo, 2, None, threads(2)));
    let past = ResumeState::read(records.into_iter().map(Ok), &mut progress).unwrap();
    let of = |cells: &[Cell]| Job::Block(bases.iter().chain(cells).cloned().collect());
    let jobs = vec![
        Job::Solo(threads(2)),
        Job::Solo(threads(4)),
        of(&[threads(2), threads(4)]),
        of(&[threads(2)]),
        of(&[]),
        Job::Capacity { single: bases[0].clone(), workers: 2 },
    ];
    let rest = past.prune(jobs, &progress);
    assert_eq!(
        rest,
        [Job::Solo(threads(4)), of(&[threads(4)]), Job::Capacity { single: bases[0].clone(), workers: 2 }]
    );
}

#[test]
fn half_a_block_gives_the_pairs_that_are_whole() {
    let mut progress = progress();
    let mut records =
        block(1, 2, 1, &[Cell::single("3.13", "fib"), threads(2), Cell::single("3.13t", "fib")]);
    records.pop();
    ResumeState::read(records.into_iter().map(Ok), &mut progress).unwrap();
    let known = progress.get(&threads(2)).unwrap();
    assert_eq!((known.over_baseline.pairs(), known.over_own.pairs()), (1, 0));
}
