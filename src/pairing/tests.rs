use super::*;
use crate::cell::Cell;
use crate::record::{Invocation, InvocationKind, Outcome, RECORDS_SCHEMA, Side, Value};

fn cells() -> Vec<Cell> {
    let single = Cell::single;
    let threads = Cell { mode: "threads".to_owned(), workers: 2, ..single("3.13t", "fib") };
    let pool = Cell { mode: "mp".to_owned(), ..threads.clone() };
    vec![single("3.13", "fib"), single("3.13t", "fib"), threads, pool]
}

fn pairing(weak: bool) -> Pairing {
    Pairing::new(Roles::new(cells().iter(), "3.13", |_| weak))
}

/// Passes of `ns` in three sweeps; each says that its workers used half of it.
fn member(id: u64, kind: InvocationKind, block: u64, cell: &Cell, ns: u64) -> Invocation {
    let value = |sweep: u32, concurrent: u32| Value {
        ns: if concurrent > 1 { ns * 5 / 4 } else { ns },
        block: Some(block),
        sweep,
        seq: sweep,
        start_ns: id * 1000,
        warmup: sweep == 0,
        concurrent,
        checksum: "c".to_owned(),
        cpu_ns: Some(ns / 2),
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
        "schema": RECORDS_SCHEMA, "id": id, "kind": "solo", "round": 2, "block": block, "cell": cell,
        "command": [], "pid": 1, "started_unix_ns": 0, "started_ns": id * 1000, "outcome": "completed",
        "phases_ns": {}, "values": [], "workers": [], "stdout_tail": "", "stderr_tail": "", "warnings": []
    }))
    .unwrap();
    record.kind = kind;
    record.values = (0..4).map(|sweep| value(sweep, 1)).collect();
    if kind == InvocationKind::Capacity {
        record.values.extend((1..4).map(|sweep| value(sweep, 2)));
    }
    record
}

/// A run with a block of every kind.
fn record() -> Vec<Invocation> {
    let cells = cells();
    let of = |kind, block: u64, members: &[(&Cell, u64)]| -> Vec<Invocation> {
        let members = members.iter().enumerate();
        members.map(|(index, (cell, ns))| member(block * 10 + index as u64, kind, block, cell, *ns)).collect()
    };
    let reference = Cell::reference("3.13");
    let mut all = of(InvocationKind::Block, 1, &[(&cells[0], 600), (&cells[1], 800), (&cells[2], 400)]);
    all.extend(of(InvocationKind::Rivals, 2, &[(&cells[3], 200), (&cells[2], 400)]));
    all.extend(of(InvocationKind::Capacity, 3, &[(&cells[0], 600), (&cells[0], 600)]));
    all.extend(of(InvocationKind::Reference, 4, &[(&reference, 900), (&cells[0], 600)]));
    let mut against = of(InvocationKind::Against, 5, &[(&cells[2], 300), (&cells[2], 400)]);
    against[0].side = Side::Base;
    all.extend(against);
    all.extend(of(InvocationKind::Block, 6, &[(&cells[0], 600), (&cells[3], 300)]));
    all
}

fn sorted(mut pairs: Vec<Pair>) -> Vec<Pair> {
    pairs.sort_by_key(|pair| (pair.block, pair.cell, pair.role, pair.other));
    pairs
}

fn at_once(records: &[Invocation], weak: bool) -> Vec<Pair> {
    let mut pairing = pairing(weak);
    let mut pairs: Vec<Pair> =
        records.iter().flat_map(|one| pairing.take(one, one.outcome == Outcome::Completed)).collect();
    pairs.extend(pairing.close());
    assert_eq!(pairing.late(), 0);
    sorted(pairs)
}

#[test]
fn a_record_gives_the_same_pairs_line_by_line_and_at_once() {
    let records = record();
    let whole = at_once(&records, false);
    // As a run under way does it: a block is closed once its members have ended.
    let mut live = pairing(false);
    let mut pairs = Vec::new();
    for block in records.chunk_by(|one, next| one.block == next.block) {
        block.iter().for_each(|one| pairs.extend(live.take(one, true)));
        pairs.extend(live.close());
    }
    assert_eq!(sorted(pairs), whole);
    let reversed: Vec<Invocation> = records.into_iter().rev().collect();
    assert_eq!(at_once(&reversed, false), whole);
}

#[test]
fn every_role_has_its_pairs() {
    let pairs = at_once(&record(), false);
    let found: Vec<_> = pairs
        .iter()
        .map(|pair| {
            (pair.block, pair.cell, pair.role, pair.other, (pair.value().exp() * 100.0).round() as i64)
        })
        .collect();
    assert_eq!(
        found,
        [
            (1, 0, PairRole::Contender, Some(1), 133),
            (1, 0, PairRole::Contender, Some(2), 67),
            (1, 1, PairRole::Base, Some(0), 75),
            (1, 1, PairRole::Contender, Some(2), 50),
            (1, 2, PairRole::Base, Some(0), 150),
            (1, 2, PairRole::Own, Some(1), 200),
            (2, 2, PairRole::Contender, Some(3), 50),
            (3, 0, PairRole::Capacity { processes: 2 }, None, 160),
            (4, 0, PairRole::Reference, None, 150),
            (5, 2, PairRole::Against, None, 75),
            (6, 0, PairRole::Contender, Some(3), 50),
            (6, 3, PairRole::Base, Some(0), 200),
        ]
    );
    assert!(pairs.iter().all(|pair| pair.logs.len() == 3), "warm-ups are no sweeps: {pairs:?}");
    // Half the time on each CPU clock: threads burn 400/600 of the baseline's.
    let threads = pairs.iter().find(|pair| (pair.cell, pair.role) == (2, PairRole::Base)).unwrap();
    assert!((threads.cpu_value().unwrap() - (400f64 / 600.0).ln()).abs() < 1e-12);
}

#[test]
fn weak_scaling_counts_the_work() {
    let pairs = at_once(&record(), true);
    let threads = pairs.iter().find(|pair| (pair.cell, pair.role) == (2, PairRole::Base)).unwrap();
    assert!((threads.value() - 3f64.ln()).abs() < 1e-12, "twice the work in 1/1.5 of the time");
    assert!((threads.cpu_value().unwrap() - (400f64 / 1200.0).ln()).abs() < 1e-12);
    let two = pairs.iter().find(|pair| (pair.block, pair.role) == (2, PairRole::Contender)).unwrap();
    assert!((two.value() - 0.5f64.ln()).abs() < 1e-12, "both do twice the work");
}

/// A command with threads of its own doesn't say how long it waited for a CPU: beside one that does, neither is spared it.
#[test]
fn of_two_commands_waiting_is_taken_off_both_or_neither() {
    let command = |interpreter| Cell { mode: "command".to_owned(), ..Cell::single(interpreter, "tool") };
    let cells = [command("3.13"), command("3.13t")];
    let value = |waited: [Option<u64>; 2]| {
        let mut pairing = Pairing::new(Roles::new(cells.iter(), "3.13", |_| false));
        let mut records = Vec::new();
        for (id, (cell, waited)) in (0..).zip(cells.iter().zip(waited)) {
            let mut one = member(id, InvocationKind::Block, 1, cell, 400);
            one.values.iter_mut().for_each(|value| value.run_delay_ns = waited);
            records.push(one);
        }
        let mut pairs: Vec<Pair> = records.iter().flat_map(|one| pairing.take(one, true)).collect();
        pairs.extend(pairing.close());
        pairs.iter().find(|pair| pair.role == PairRole::Base).map(Pair::value)
    };
    assert_eq!(value([Some(200), Some(200)]), Some(0.0));
    assert_eq!(value([Some(200), None]), Some(0.0));
    assert!((value([Some(200), Some(0)]).unwrap() - 0.5f64.ln()).abs() < 1e-12);
}

#[test]
fn what_failed_pairs_with_nobody() {
    let mut records = record();
    records.iter_mut().filter(|one| one.block != Some(1)).for_each(|one| one.outcome = Outcome::Crashed);
    records[1].outcome = Outcome::Crashed;
    let pairs = at_once(&records, false);
    let found: Vec<_> = pairs.iter().map(|pair| (pair.cell, pair.role)).collect();
    assert_eq!(found, [(0, PairRole::Contender), (2, PairRole::Base)]);
    // One of two processes lost: what the other did alone is no capacity.
    let mut records = record();
    records
        .iter_mut()
        .filter(|one| one.kind == InvocationKind::Capacity)
        .take(1)
        .for_each(|one| one.outcome = Outcome::Crashed);
    assert!(at_once(&records, false).iter().all(|pair| !matches!(pair.role, PairRole::Capacity { .. })));
}

#[test]
fn a_block_that_was_closed_takes_nobody() {
    let mut pairing = pairing(false);
    let single = &cells()[0];
    pairing.take(&member(1, InvocationKind::Block, 1, single, 600), true);
    pairing.close();
    assert_eq!(pairing.take(&member(2, InvocationKind::Block, 1, single, 600), true), []);
    assert_eq!(pairing.late(), 1);
}
