//! What was planted on one side of a gate is found on that side.

use crate::analysis::changes::{ChangeKind, Ending, of_gate};
use crate::analysis::synthetic::{World, cell};
use crate::analysis::{GateVerdict, Results, analyse};
use crate::plan::Cell;
use crate::record::{Against, Budgeted, InvocationKind, Outcome, Resources, Side};

const MIB: u64 = 1 << 20;

/// Two cells held against a base; both sides alone in the first rounds, as the schedule has it.
fn world() -> (World, Cell, Cell) {
    let mut world = World::new(1, &["3.13"], &["fib", "json"], &["single"], &[1]);
    let (fib, json) = (cell("3.13", "fib", "single", 1), cell("3.13", "json", "single", 1));
    let budget = |cell: &Cell| Budgeted { cell: cell.clone(), max_slowdown: 0.03, max_memory: 0.1 };
    world.run.against = Some(Against {
        request: "../base".to_owned(),
        commit: None,
        interpreters: world.run.interpreters.clone(),
        workloads: world.run.matrix.workloads.clone(),
        cells: vec![budget(&fib), budget(&json)],
        unmatched: Vec::new(),
        fail_on_undecided: false,
    });
    (world, fib, json)
}

/// One side alone, with this peak.
fn weigh(world: &mut World, cell: &Cell, side: Side, round: u32, bytes: u64) {
    world.solo(round, cell);
    let invocation = world.records.last_mut().expect("a solo");
    invocation.side = side;
    let resources = invocation.resources.take().unwrap_or_default();
    invocation.resources =
        Some(Resources { peak_rss_bytes: bytes * 2, peak_pss_bytes: Some(bytes), ..resources });
}

/// `blocks` meetings in which the new side is `slower` times as slow.
fn meet(world: &mut World, cell: &Cell, blocks: u32, slower: f64) {
    for _ in 0..blocks {
        let before = world.records.len();
        world.block(InvocationKind::Against, 2, &[cell.clone(), cell.clone()], 5);
        world.records[before].side = Side::Base;
        for value in &mut world.records[before + 1].values {
            value.ns = (value.ns as f64 * slower) as u64;
        }
    }
}

fn run(world: &World) -> Results {
    analyse(&world.run, world.records.clone())
}

#[test]
fn a_heavier_cell_is_confirmed_on_fresh_solos_of_both_sides() {
    let (mut world, fib, json) = world();
    for cell in [&fib, &json] {
        meet(&mut world, cell, 6, 0.98);
        weigh(&mut world, cell, Side::New, 1, 24 * MIB);
        weigh(&mut world, cell, Side::Base, 2, if *cell == fib { 20 } else { 24 } * MIB);
    }
    for more in 0..3 {
        weigh(&mut world, &fib, Side::New, 3, 24 * MIB + more * 1000);
        weigh(&mut world, &fib, Side::Base, 3, 20 * MIB);
    }
    let results = run(&world);
    let gate = results.against.as_ref().expect("a gate");
    let memory: Vec<_> = gate.cells.iter().map(|one| one.memory.as_ref().expect("weighed")).collect();
    assert_eq!([memory[0].verdict, memory[1].verdict], [GateVerdict::Confirmed, GateVerdict::Cleared]);
    assert!((memory[0].growth - 1.2).abs() < 1e-3 && memory[0].pairs == 3, "{:?}", memory[0]);
    let found = of_gate(&results).expect("changes");
    assert_eq!(found.ending(), Ending::Regression);
    let heavier: Vec<_> = found.changes.iter().filter(|one| one.kind == ChangeKind::Heavier).collect();
    assert_eq!(heavier.len(), 1);
    assert!(heavier[0].cell.contains("fib") && heavier[0].text.contains("+20.0 %"), "{:?}", heavier[0]);
    // The base's peaks are not the cell's own.
    assert_eq!(results.cells[0].peak_pss_bytes, Some(24 * MIB + 2000));
}

#[test]
fn one_pair_of_solos_makes_a_suspect_and_nothing_more() {
    let (mut world, fib, _) = world();
    meet(&mut world, &fib, 6, 0.98);
    weigh(&mut world, &fib, Side::New, 1, 30 * MIB);
    weigh(&mut world, &fib, Side::Base, 2, 20 * MIB);
    let results = run(&world);
    let found = of_gate(&results).expect("changes");
    assert!(found.changes.iter().any(|one| one.kind == ChangeKind::Undecided && one.text.contains("memory")));
    // The other cell's turn never came.
    assert!(found.changes.iter().all(|one| one.kind == ChangeKind::Undecided), "{:?}", found.changes);
    assert_eq!(found.ending(), Ending::Clean);
    world.run.against.as_mut().expect("a gate").fail_on_undecided = true;
    assert_eq!(of_gate(&run(&world)).expect("changes").ending(), Ending::Failed);
}

#[test]
fn what_fails_says_whether_its_base_does() {
    let (mut world, fib, json) = world();
    for cell in [&fib, &json] {
        world.solo(1, cell);
        weigh(&mut world, cell, Side::Base, 2, 20 * MIB);
    }
    for record in &mut world.records {
        let base = record.side == Side::Base;
        if record.cell == fib && !base {
            (record.outcome, record.reason) = (Outcome::Crashed, Some("killed by signal 11".to_owned()));
        }
        if record.cell == json && base {
            (record.outcome, record.reason) = (Outcome::Failed, Some("ImportError".to_owned()));
        }
    }
    let found = of_gate(&run(&world)).expect("changes");
    let said =
        |kind: ChangeKind| found.changes.iter().find(|one| one.kind == kind).expect("said").text.clone();
    assert_eq!(said(ChangeKind::Outcome), "killed by signal 11 (invocation 1); the base completes");
    assert_eq!(said(ChangeKind::Recovered), "the base fails: ImportError");
    assert_eq!((found.compared, found.ending()), (0, Ending::Failed));
    for record in world.records.iter_mut().filter(|record| record.cell == fib) {
        (record.outcome, record.reason) = (Outcome::Failed, Some("no".to_owned()));
    }
    let found = of_gate(&run(&world)).expect("changes");
    let text = &found.changes.iter().find(|one| one.kind == ChangeKind::Outcome).expect("said").text;
    assert_eq!(text, "no (invocation 1); the base fails, too: no");
}

#[test]
fn a_gil_that_came_back_is_told_from_a_crash() {
    let (mut world, fib, _) = world();
    weigh(&mut world, &fib, Side::New, 1, 20 * MIB);
    world.records[0].outcome = Outcome::GilMismatch;
    let found = of_gate(&run(&world)).expect("changes");
    assert!(found.changes.iter().any(|one| one.kind == ChangeKind::Gil && one.cell.contains("fib")));
}
